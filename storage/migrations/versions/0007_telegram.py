"""Private chats, messages that are held, chats that moved."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment

revision = "0007"
down_revision = "0006"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "moved_space",
        sa.Column("id", ID, nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("old", sa.String(length=128), nullable=False),
        sa.Column("new", sa.String(length=128), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moved_space")),
        sa.UniqueConstraint("platform", "old", name=op.f("uq_moved_space_platform_old")),
    )
    op.create_table(
        "contact",
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("user", sa.String(length=128), nullable=False),
        sa.Column("is_open", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "user", name=op.f("pk_contact")),
    )
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("priority", sa.SmallInteger(), server_default=sa.text("2"), nullable=False))
