"""Whether it is known what became of an earlier try to send a message."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    is_unsure = sa.Boolean(create_constraint=False)
    op.add_column("outbox", sa.Column("is_unsure", is_unsure, nullable=False, server_default=sa.false()))
