"""Invitations to the evening's sharing, who wants none; when a post of a share was edited."""

import sqlalchemy as sa
from alembic import op

from storage.columns import LocalDate, Moment

revision = "0023"
down_revision = "0022"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "speaker_call",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("ritual", sa.String(length=48), nullable=False),
        sa.Column("space", sa.String(length=32), nullable=False),
        sa.Column("local_date", LocalDate(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("opens_at", Moment(), nullable=False),
        sa.Column("session", ID, nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["session"], ["sharing_session.id"], name=op.f("fk_speaker_call_session")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker_call")),
        sa.UniqueConstraint(
            "course",
            "ritual",
            "space",
            "local_date",
            "number",
            name=op.f("uq_speaker_call_course_ritual_space_local_date_number"),
        ),
    )
    op.create_index(op.f("ix_speaker_call_course_ended_at"), "speaker_call", ["course", "ended_at"])
    op.create_index(op.f("ix_speaker_call_session"), "speaker_call", ["session"])
    op.create_table(
        "speaker_invitation",
        sa.Column("call", ID, nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["call"], ["speaker_call.id"], name=op.f("fk_speaker_invitation_call")),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_speaker_invitation_member")),
        sa.PrimaryKeyConstraint("call", "member", name=op.f("pk_speaker_invitation")),
    )
    op.create_index(op.f("ix_speaker_invitation_member"), "speaker_invitation", ["member"])
    op.create_table(
        "speaker_never",
        sa.Column("member", ID, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_speaker_never_member")),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_speaker_never")),
    )
    op.add_column("share_post", sa.Column("edited_at", Moment(), nullable=True))
    op.create_index(op.f("ix_reaction_member_at"), "reaction", ["member", "at"])
