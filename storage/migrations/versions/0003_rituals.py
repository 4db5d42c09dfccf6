"""Why occurrences were skipped, what staff moved, rituals on hold, signs of life."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment

revision = "0003"
down_revision = "0002"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("occurrence", sa.Column("reason", sa.String(length=16), nullable=True))
    op.add_column("occurrence", sa.Column("is_moved", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "ritual_pause",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("ritual", sa.String(length=48), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_ritual_pause"),
    )
    op.create_index("ix_ritual_pause_course_ended_at", "ritual_pause", ["course", "ended_at"])
    op.create_table(
        "heartbeat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_heartbeat"),
    )
    _number_sessions()


def _number_sessions() -> None:
    """A ritual may take place several times on a date."""
    with op.batch_alter_table("sharing_session") as table:
        table.add_column(sa.Column("number", sa.Integer(), server_default=sa.text("0"), nullable=False))
        table.drop_constraint("uq_sharing_session_course_ritual_space_local_date", type_="unique")
        table.create_unique_constraint(
            "uq_sharing_session_course_ritual_space_local_date_number",
            ["course", "ritual", "space", "local_date", "number"],
        )
