"""The figures that a group has read in a growth report, so that none of the same dates are read twice."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, LocalDate, Moment

revision = "0028"
down_revision = "0027"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "growth_edition",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("first", LocalDate(), nullable=False),
        sa.Column("last", LocalDate(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("lines", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_growth_edition")),
        sa.UniqueConstraint("course", "first", "last", name=op.f("uq_growth_edition_course_first_last")),
    )
