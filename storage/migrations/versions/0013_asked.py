"""What somebody asks in private before they have said of which course."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "private_asked",
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("user", sa.String(length=128), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("by_link", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "user", name=op.f("pk_private_asked")),
    )
