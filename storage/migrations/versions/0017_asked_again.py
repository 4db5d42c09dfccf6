"""When to ask again for marks that were refused; the message that a question for a live session was made from."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("named_mark", sa.Column("again_at", Moment(), nullable=True))
    op.add_column("live_question", sa.Column("object", sa.String(length=200), nullable=True))
    op.create_index(op.f("ix_live_question_object"), "live_question", ["object"])
