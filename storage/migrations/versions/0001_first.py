"""The first schema."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, LocalDate, Moment

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "adapter_document",
        sa.Column("adapter", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=96), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("revision", ID, nullable=False),
        sa.Column("value", Json(), nullable=False),
        sa.PrimaryKeyConstraint("adapter", "kind", "key", name="pk_adapter_document"),
        sa.UniqueConstraint("adapter", "revision", name="uq_adapter_document_adapter_revision"),
    )
    op.create_index("ix_adapter_document_adapter_kind_revision", "adapter_document", ["adapter", "kind", "revision"])

    op.create_table(
        "binding",
        sa.Column("id", ID, nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("chat", sa.String(length=128), nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("space", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_binding"),
    )
    op.create_table(
        "claim_code",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.Column("used_by", sa.String(length=160), nullable=True),
        sa.PrimaryKeyConstraint("digest", name="pk_claim_code"),
    )
    op.create_table(
        "clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("now", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clock"),
    )
    op.create_table(
        "event_claim",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_event_claim"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_event_claim_at", "event_claim", ["at"])

    op.create_table(
        "horizon",
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("course", name="pk_horizon"),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(length=128), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )
    op.create_table(
        "member",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("joined_at", Moment(), nullable=False),
        sa.Column("left_at", Moment(), nullable=True),
        sa.Column("merged_into", ID, nullable=True),
        sa.ForeignKeyConstraint(["merged_into"], ["member.id"], name="fk_member_merged_into"),
        sa.PrimaryKeyConstraint("id", name="pk_member"),
    )
    op.create_index("ix_member_course_role", "member", ["course", "role"])

    op.create_table(
        "occurrence",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("ritual", sa.String(length=48), nullable=False),
        sa.Column("space", sa.String(length=32), nullable=False),
        sa.Column("local_date", LocalDate(length=10), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("state", sa.String(length=16), server_default=sa.text("'planned'"), nullable=False),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_occurrence"),
        sa.UniqueConstraint(
            "course", "ritual", "space", "local_date", "slot", name="uq_occurrence_course_ritual_space_local_date_slot"
        ),
    )
    op.create_index("ix_occurrence_state_due_at", "occurrence", ["state", "due_at"])

    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(length=240), nullable=False),
        sa.Column("lane", sa.String(length=240), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("message", Json(), nullable=False),
        sa.Column("edits", sa.String(length=240), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("not_before", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("retry_at", Moment(), nullable=True),
        sa.Column("sent_as", sa.String(length=128), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("is_notice", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
    )
    op.create_index("ix_outbox_state_lane_id", "outbox", ["state", "lane", "id"])
    op.create_index("ix_outbox_state_not_before", "outbox", ["state", "not_before"])
    op.create_index("ix_outbox_state_expires_at", "outbox", ["state", "expires_at"])

    op.create_table(
        "set_aside",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=True),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("event", Json(), nullable=True),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("replayed_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_set_aside"),
        sa.UniqueConstraint("key", name="uq_set_aside_key"),
    )
    op.create_table(
        "sharing_session",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("ritual", sa.String(length=48), nullable=False),
        sa.Column("space", sa.String(length=32), nullable=False),
        sa.Column("local_date", LocalDate(length=10), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("closes_at", Moment(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sharing_session"),
        sa.UniqueConstraint(
            "course", "ritual", "space", "local_date", name="uq_sharing_session_course_ritual_space_local_date"
        ),
    )
    op.create_index("ix_sharing_session_course_space_closes_at", "sharing_session", ["course", "space", "closes_at"])

    op.create_table(
        "snapshot",
        sa.Column("number", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("files", Json(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_snapshot"),
    )
    op.create_index("ix_snapshot_course_number", "snapshot", ["course", "number"])

    op.create_table(
        "staff_grant",
        sa.Column("id", ID, nullable=False),
        sa.Column("account", sa.String(length=160), nullable=False),
        sa.Column("course", sa.String(length=32), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff_grant"),
    )
    op.create_table(
        "account",
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("user", sa.String(length=128), nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name="fk_account_member"),
        sa.PrimaryKeyConstraint("course", "platform", "user", name="pk_account"),
    )
    op.create_index("ix_account_member", "account", ["member"])
    op.create_index("ix_account_user", "account", ["user"])

    op.create_table(
        "audit",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("course", sa.String(length=32), nullable=True),
        sa.Column("member", ID, nullable=True),
        sa.Column("account", sa.String(length=160), nullable=True),
        sa.Column("action", sa.String(length=48), nullable=False),
        sa.Column("details", Json(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name="fk_audit_member"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_table(
        "checkin",
        sa.Column("member", ID, nullable=False),
        sa.Column("local_date", LocalDate(length=10), nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("is_makeup", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name="fk_checkin_member"),
        sa.PrimaryKeyConstraint("member", "local_date", name="pk_checkin"),
    )
    op.create_index("ix_checkin_course_local_date_at", "checkin", ["course", "local_date", "at"])

    op.create_table(
        "fact",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("local_date", LocalDate(length=10), nullable=False),
        sa.Column("cause", sa.String(length=200), nullable=False),
        sa.Column("snapshot", ID, nullable=False),
        sa.Column("values", Json(), nullable=False),
        sa.Column("verdicts", Json(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name="fk_fact_member"),
        sa.PrimaryKeyConstraint("id", name="pk_fact"),
    )
    op.create_index("ix_fact_member_id", "fact", ["member", "id"])

    op.create_table(
        "ledger",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=48), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=200), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("local_date", LocalDate(length=10), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("('')"), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name="fk_ledger_member"),
        sa.PrimaryKeyConstraint("id", name="pk_ledger"),
        sa.UniqueConstraint("member", "rule", "object", "round", name="uq_ledger_member_rule_object_round"),
    )
    op.create_index("ix_ledger_course_member_local_date", "ledger", ["course", "member", "local_date"])

    op.create_table(
        "profile",
        sa.Column("member", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name="fk_profile_member"),
        sa.PrimaryKeyConstraint("member", name="pk_profile"),
    )
    op.create_table(
        "share",
        sa.Column("id", ID, nullable=False),
        sa.Column("session", ID, nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name="fk_share_member"),
        sa.ForeignKeyConstraint(["session"], ["sharing_session.id"], name="fk_share_session"),
        sa.PrimaryKeyConstraint("id", name="pk_share"),
        sa.UniqueConstraint("session", "member", name="uq_share_session_member"),
    )
    op.create_table(
        "share_text",
        sa.Column("share", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["share"], ["share.id"], name="fk_share_text_share"),
        sa.PrimaryKeyConstraint("share", name="pk_share_text"),
    )
    _forbid_changes_of("ledger")


def _forbid_changes_of(table: str) -> None:
    """The ledger is append-only: the database itself refuses anything else."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            f"create function {table}_is_append_only() returns trigger language plpgsql as "
            f"$$ begin raise exception '{table} is append-only: a correction is another entry'; end $$"
        )
        op.execute(
            f"create trigger {table}_no_change before update or delete on {table} "
            f"for each row execute function {table}_is_append_only()"
        )
        return
    for act in ("update", "delete"):
        op.execute(
            f"create trigger {table}_no_{act} before {act} on {table} "
            f"begin select raise(abort, '{table} is append-only: a correction is another entry'); end"
        )
