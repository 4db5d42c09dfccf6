"""What staff do with entries: publish, write anew, retire, bring back. Each takes a row that is locked."""

from typing import Any

from bot.domain.errors import UserError
from bot.engine.context import Context
from bot.engine.known import Settled
from bot.features.handbook.noticing import number_in
from bot.features.handbook.seeding import GONE, faq_behind, is_of_faq
from bot.features.handbook.store import entries
from bot.features.handbook.store.entries import Entry
from bot.features.handbook.words import Said, of_faq, of_question, of_version


def settled_behind(ctx: Context, row: Entry) -> Settled | None:
    """The question that an entry was made of, where that is settled still."""
    number = number_in(row.source)
    found = ctx.ask("questions.settled", ctx.course.id, [number]) if number is not None else []
    return found[0] if found else None


def digest_of(ctx: Context, one: Settled) -> str:
    """Of what a question and its answer say."""
    return of_question(one, ctx.course.language).digest


def said_by(ctx: Context, row: Entry) -> Said | None:
    """What an entry says; of a draft, what its question says. None where that is not to be had any more."""
    version = entries.newest_version(ctx.db, row)
    if version is not None:
        return of_version(version)
    one = settled_behind(ctx, row)
    return of_question(one, ctx.course.language) if one else None


def publish(ctx: Context, row: Entry, said: Said, *, note: str = "", **changes: Any) -> Entry:
    """These words are what everybody reads from now on. Raises UserError where they are read already.

    Where they are those of faq.yaml, the file leads from now on: it is nobody's version.
    """
    version = entries.newest_version(ctx.db, row)
    if version is not None and row.state in entries.READ and of_version(version).plain == said.plain:
        raise UserError("handbook.same", number=row.id)
    by = None if said.is_styled else ctx.member.id
    made = entries.add_version(ctx.db, row, said, ctx.now, member=by, note=note)
    changes = _not_of_file(ctx, row) | changes
    kind: entries.Kind = "published" if version is None else "restored" if row.state == "retired" else "changed"
    row = entries.change_to(ctx.db, row, kind, ctx.now, version=made, state="published", **changes)
    ctx.audit("handbook_publish", number=row.id, version=made)
    return row


def add(ctx: Context, said: Said, *, tag: str | None) -> Entry:
    """An entry that staff write themselves."""
    row = entries.add(ctx.db, ctx.course.id, f"staff:{ctx.event.key}"[:64], "draft", tag=tag)
    return publish(ctx, row, said)


def retire(ctx: Context, row: Entry, reason: str) -> Entry:
    """Nobody reads it any more; it can be brought back."""
    version = entries.newest_version(ctx.db, row)
    if version is None or row.state not in entries.READ:
        raise UserError("handbook.not_published", number=row.id)
    said = of_version(version).plain
    made = entries.add_version(ctx.db, row, said, ctx.now, member=ctx.member.id, note=reason)
    kept = {"origin": said.digest} if is_of_faq(row) and row.origin == GONE else {}  # the file does not bring it back
    row = entries.change_to(ctx.db, row, "retired", ctx.now, version=made, state="retired", **kept)
    ctx.audit("handbook_retire", number=row.id, reason=reason or "–")
    return row


def restore(ctx: Context, row: Entry) -> Entry:
    """It is read again, as it was; what was dropped waits for a decision again."""
    if row.state == "dropped":
        back = settled_behind(ctx, row) is not None
        row = entries.change_to(ctx.db, row, "noted", ctx.now, state="draft" if back else "reopened")
    elif row.state == "retired":
        row = entries.change_to(ctx.db, row, "restored", ctx.now, state="published", **_as_in_file(ctx, row))
    else:
        raise UserError("handbook.not_retired", number=row.id)
    ctx.audit("handbook_restore", number=row.id)
    return row


def _as_in_file(ctx: Context, row: Entry) -> dict[str, Any]:
    """Where it still says what faq.yaml does, it is the file's again."""
    version, faq = entries.newest_version(ctx.db, row), faq_behind(ctx.course, row)
    said = of_faq(faq) if faq else None
    if version is None or said is None or of_version(version).plain != said.plain:
        return _not_of_file(ctx, row)
    return {"version": entries.add_version(ctx.db, row, said, ctx.now), "origin": said.digest}


def _not_of_file(ctx: Context, row: Entry) -> dict[str, Any]:
    """Where faq.yaml has it no more, it is read because staff want it: the next reload leaves it as it is."""
    return {"origin": GONE} if is_of_faq(row) and faq_behind(ctx.course, row) is None else {}


def drop(ctx: Context, row: Entry) -> Entry:
    """A draft that is not for the handbook: it does not come again, and is offered to nobody."""
    if row.state not in ("draft", "reopened"):
        raise UserError("handbook.no_draft", number=row.id)
    ctx.audit("handbook_drop", number=row.id)
    return entries.change_to(ctx.db, row, "noted", ctx.now, state="dropped")


def keep(ctx: Context, row: Entry) -> Entry:
    """It is right as it is, whatever has become of its question."""
    if row.state != "doubted":
        raise UserError("handbook.not_doubted", number=row.id)
    one = settled_behind(ctx, row)
    origin = {"origin": digest_of(ctx, one)} if one else {}
    ctx.audit("handbook_keep", number=row.id)
    return entries.change_to(ctx.db, row, "noted", ctx.now, state="published", **origin)


def sort(ctx: Context, row: Entry, **about: Any) -> Entry:
    """Where it belongs."""
    ctx.audit("handbook_sort", number=row.id)
    return entries.change_to(ctx.db, row, "noted", ctx.now, **about)
