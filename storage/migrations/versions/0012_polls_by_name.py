"""Polls in which everybody sees who chose what."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column(
        "poll", sa.Column("is_by_name", sa.Boolean(create_constraint=False), server_default=sa.false(), nullable=False)
    )
