"""`/battle`: what is on and how one did; what the buttons say; `/battle cancel` for staff."""

import re
import unicodedata

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Localised, Text
from bot.engine.context import Context
from bot.engine.parameters import choice
from bot.features.battles import answering, ending, store
from bot.features.battles.declared import feature
from bot.features.battles.own import own_lines
from bot.features.battles.scene import scene_of
from bot.features.battles.store import Battle

_NUMBERS = re.compile(r"([0-9]{1,15})(?:\s+([0-9]{1,3}))?(?:\s+([0-9]{1,3}))?")
_CANCEL = re.compile(r"(?:cancel|取消)(?:\s+([0-9]{1,15}))?", re.IGNORECASE)


@feature.command("battle", is_private=True, words=("抢答赛", "quiz battle"), parameters=(choice("battle", "cancel"),))
def battle(ctx: Context, cmd: CommandInvoked) -> None:
    said = unicodedata.normalize("NFKC", cmd.text).strip()
    if found := _CANCEL.fullmatch(said):
        _cancel(ctx, int(found[1]) if found[1] else None)
    elif found := _NUMBERS.fullmatch(said):
        _pressed(ctx, *(int(one) if one else None for one in found.groups()))
    elif said:
        raise UserError("usage.battle")
    else:
        _show(ctx)


def _pressed(ctx: Context, number: int | None, place: int | None, option: int | None) -> None:
    """An answer, what one has answered, or how one did in all."""
    assert number is not None, "the expression has one"
    if place is not None and option is not None:
        answering.answer(ctx, number, place, option)
    elif place is not None:
        answering.show_own(ctx, number, place)
    else:
        found = store.shared(ctx.db, ctx.course.id, number)
        if found is None:
            raise UserError("battle.no_such_battle")
        if found.state == "on":
            _show_state(ctx, found)
        else:
            _show_mine(ctx, found)


# --- how it stands ----------------------------------------------------------------------------------------------------


def _show(ctx: Context) -> None:
    on, last = store.on_now(ctx.db, ctx.course.id), store.last_over(ctx.db, ctx.course.id)
    if not on:
        ctx.reply("battle.none")
    for one in on:
        _show_state(ctx, one)
    if not on and last is not None and ctx.member.role == "student":
        _show_mine(ctx, last)


def _show_state(ctx: Context, found: Battle) -> None:
    title, count = Localised(found.title), len(found.questions)
    if found.asked:
        ctx.reply("battle.is_on", title=title, number=found.asked, of=count)
    else:
        ctx.reply("battle.is_about_to_start", title=title, at=_clock(ctx, found), count=count)
    if ctx.member.role != "student":
        if found.asked:
            asked = store.asked_as(ctx.db, found.id, found.asked)
            assert asked is not None, "it was asked"
            ctx.reply("battle.answered_so_far", count=sum(store.counts(ctx.db, asked).values()))
        ctx.reply_buttons([(Text(id="button.battle_cancel"), f"battle cancel {found.id}")])
    elif found.asked:
        _show_mine(ctx, found)


def _clock(ctx: Context, found: Battle) -> str:
    return f"{found.next_at.astimezone(ctx.course.tzinfo):%H:%M:%S}"


def _show_mine(ctx: Context, found: Battle) -> None:
    if found.state == "cancelled":
        raise UserError("battle.was_cancelled")
    # All answers, not only one's own: the place depends on them.
    answers, asked = store.answers_in(ctx.db, found.id), store.asked_in(ctx.db, found.id)
    if not any(one.closed_at for one in asked):
        return
    for line in own_lines(found, asked, answers, ctx.member.id, is_over=found.state == "over"):
        ctx.reply_words(line)


# --- staff ------------------------------------------------------------------------------------------------------------


def _cancel(ctx: Context, number: int | None) -> None:
    if ctx.member.role == "student":
        raise UserError("battle.for_staff")
    on = [one for one in store.on_now(ctx.db, ctx.course.id) if number in (None, one.id)]
    if not on:
        raise UserError("battle.nothing_to_cancel")
    if len(on) > 1:
        buttons = [(Text(id="button.battle_cancel_in", values={"space": one.space}), one.id) for one in on]
        ctx.reply("battle.cancel_which", buttons=[(label, f"battle cancel {id}") for label, id in buttons])
        return
    found = store.locked(ctx.db, on[0].id)
    if found is None or found.state != "on":  # another was quicker
        raise UserError("battle.nothing_to_cancel")
    _call_off(ctx, found)


def _call_off(ctx: Context, found: Battle) -> None:
    if scene := scene_of(ctx, found):
        ending.cancel(scene)
    else:
        store.end(ctx.db, found.id, "cancelled", at=ctx.now)
    ctx.audit("battle_cancel", ritual=found.ritual)
    ctx.reply("battle.cancel_done", title=Localised(found.title))
