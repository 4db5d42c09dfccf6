"""What admins do with completions: withdraw one with a reason, restore it, or make out another certificate.

All of it is audited, and holds for all accounts of a person.
"""

import re
from collections.abc import Sequence

from bot.domain.errors import UserError
from bot.domain.messages import Button, Text, Words
from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.names import clean_line
from bot.features.completion import store
from bot.features.completion.declared import COMPLETED, OBJECT
from bot.features.completion.evaluating import announce
from bot.features.completion.making import make_out
from bot.features.completion.news import certificate_button, whisper
from bot.features.completion.store import Completed, Reached
from bot.features.completion.wording import name_in

_WITHDRAW = frozenset(("withdraw", "撤回", "撤销"))
_RESTORE = frozenset(("restore", "恢复"))
_REISSUE = frozenset(("reissue", "补发", "重发"))
_COUNT = frozenset(("count", "人数"))
_ASKED = re.compile(rf"({'|'.join(_WITHDRAW | _RESTORE | _REISSUE)})\s+(\S+)\s*(.*)", re.DOTALL | re.IGNORECASE)
_LONGEST_REASON = 300  # characters


def is_meant(said: str) -> bool:
    """Whether it begins with something that only staff do."""
    first, _, _ = said.partition(" ")
    return first.casefold() in _WITHDRAW | _RESTORE | _REISSUE | _COUNT


def command(ctx: Context, said: str) -> None:
    """`withdraw @member REASON`, `restore @member [NAME]`, `reissue @member [NAME]`; else how many there are."""
    if not said or said.casefold() in _COUNT:
        done, gone, made = store.counts(ctx.db, ctx.course.id)
        ctx.reply("certificate.counts", done=done, gone=gone, made=made)
        return
    found = _ASKED.fullmatch(said)
    if found is None:
        raise UserError("certificate.staff_usage")
    if ctx.member.role != "admin":
        raise UserError("certificate.admins_only")
    who, verb, rest = ctx.find_member(found[2]), found[1].casefold(), found[3].strip()
    rows = store.all_of_person(ctx.db, ctx.course.id, who.id, lock=True)
    if not rows:
        raise UserError("certificate.has_not_completed", name=who.name)
    if verb in _WITHDRAW:
        _withdraw(ctx, who, [row for row in rows if row.withdrawn_at is None], clean_line(rest)[:_LONGEST_REASON])
    elif verb in _RESTORE:
        _restore(ctx, who, rows, rest)
    else:
        _reissue(ctx, who, rows[0], rest)


def _withdraw(ctx: Context, who: Member, standing: Sequence[Completed], reason: str) -> None:
    """What rules gave for it goes, too."""
    if not reason:
        raise UserError("certificate.why")
    if not standing:
        raise UserError("certificate.is_withdrawn", name=who.name)
    for row in standing:
        store.change(ctx.db, row.id, withdrawn_at=ctx.now, reason=reason)
    store.end(ctx.db, who.id, ctx.now, is_replaced=False)
    ctx.retract(COMPLETED, OBJECT, member=who)
    ctx.audit("certificate_withdraw", member=f"#{who.id}", reason=reason)
    line = Text(id="certificate.was_withdrawn", values={"course": ctx.course.title, "reason": reason})
    whisper(ctx, [who.id], line, key=f"certificate_withdrawn:{ctx.event.key}")
    ctx.reply("certificate.withdrawn_done", name=who.name)


def _restore(ctx: Context, who: Member, rows: Sequence[Completed], said: str) -> None:
    """What was withdrawn holds again, with a new certificate where it is known which name it bears."""
    name = name_in(said) if said else rows[0].name
    if rows[0].withdrawn_at is None:
        raise UserError("certificate.is_not_withdrawn", name=who.name)
    for row in rows:
        store.change(ctx.db, row.id, withdrawn_at=None, reason=None)
    reached = Reached(who.id, rows[0].checkins, rows[0].homework)
    announce(ctx, {who.id: who}, [reached], ctx.today)
    ctx.audit("certificate_restore", member=f"#{who.id}")
    line = Text(id="certificate.holds_again", values={"course": ctx.course.title})
    ctx.reply("certificate.holds_again_done", name=who.name)
    if name is None:  # they confirm it themselves
        whisper(ctx, [who.id], line, key=f"certificate_again:{ctx.event.key}", buttons=[certificate_button()])
        return
    _make_another(ctx, who, rows[0], name, line)


def _reissue(ctx: Context, who: Member, row: Completed, said: str) -> None:
    """The one before is good no longer. Without a name, it bears the same as before; nothing is restored by it."""
    if row.withdrawn_at is not None:
        restore = Button(label="button.certificate_restore", command=f"certificate restore #{who.id} {said}".rstrip())
        raise UserError("certificate.reissue_withdrawn", name=who.name, reason=row.reason or "", buttons=[restore])
    good = store.good_one(ctx.db, who.id)
    name = name_in(said) if said else good.name if good else row.name
    if name is None:
        raise UserError("certificate.is_not_made", name=who.name)
    ctx.audit("certificate_reissue", member=f"#{who.id}")
    _make_another(ctx, who, row, name)


def _make_another(ctx: Context, who: Member, row: Completed, name: str, *lines: Words) -> None:
    store.end(ctx.db, who.id, ctx.now, is_replaced=True)
    made = make_out(ctx, store.change(ctx.db, row.id, name=name), name)
    line = Text(id="certificate.again", values={"name": name, "serial": made.serial})
    whisper(ctx, [who.id], *lines, line, key=f"certificate_again:{ctx.event.key}")
    ctx.reply("certificate.reissued_done", name=who.name, serial=made.serial)
