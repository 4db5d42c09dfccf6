"""`/seeds`: who is suggested and why; for admins, making them assistants, and what becomes of those who are."""

import re
from collections.abc import Callable, Iterator, Mapping

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Text
from bot.domain.places import Member
from bot.domain.response import AREAS, Area
from bot.engine.context import Context
from bot.engine.parameters import someone, text
from bot.engine.roster import member_of
from bot.engine.voice import Label
from bot.features.seeds import flow
from bot.features.seeds.declared import feature
from bot.features.seeds.numbers import numbers_of
from bot.features.seeds.shifts import shifts_in
from bot.features.seeds.words import nomination_lines, numbers_line
from rules.fields import WEEKDAYS
from storage import assistants
from storage.assistants import WeeklyShift

_WHO = re.compile(r"(?P<who><@[^\s<>]+>|#\d+|@\S+)\s*(?P<rest>.*)", re.DOTALL)
_AREAS: Mapping[str, tuple[Area, ...]] = {
    **dict.fromkeys(("both", "all", "全部", "都管"), AREAS),
    **dict.fromkeys(("questions", "question", "答疑", "问题"), ("questions",)),
    **dict.fromkeys(("homework", "作业", "批改"), ("homework",)),
}
_NOBODY = frozenset(("none", "off", "不值班", "无"))
_FILLERS = frozenset(("and", "for", "scope", "areas", "范围", "负责"))
_WORD = re.compile(r"[\s,，、;；/+&和与及]*([^\s,，、;；/+&和与及]+)[\s,，、;；/+&和与及]*")
_PRESENT = frozenset(("", "confirm", "yes", "确认", "任命"))
"""The steps that are for those who are here: all others are possible with who has left, too."""
_LIST = frozenset(("list", "current", "名单", "助教"))
_RESIGN = frozenset(("resign", "step down", "卸任", "退出"))


@feature.command(
    "seeds",
    words=("种子学员",),
    roles=("assistant", "admin"),
    is_private=True,
    parameters=(someone(), text("step"), text("details")),
)
def seeds(ctx: Context, cmd: CommandInvoked) -> None:
    """One may step down anywhere; the rest is for the staff room."""
    said = cmd.text.strip()
    if said.casefold() in _RESIGN:
        _resign(ctx)
    elif ctx.space is not None and ctx.space.kind != "staff":
        raise UserError("seeds.in_staff_room")
    elif not said:
        _nominations(ctx)
    elif said.casefold() in _LIST:
        _current(ctx)
    else:
        _about(ctx, said)


def _nominations(ctx: Context) -> None:
    for line in nomination_lines(ctx):
        ctx.reply_words(line)
    if assistants.with_those_who_left(ctx.db, ctx.course.id):
        ctx.reply_buttons([(Text(id="button.seeds_list"), "seeds list")])


def _current(ctx: Context) -> None:
    rows = assistants.with_those_who_left(ctx.db, ctx.course.id)
    if not rows:
        raise UserError("seeds.nobody_yet")
    ctx.reply("seeds.current", count=len(rows))
    for row in rows:
        values = {
            "number": row.person,
            "name": member_of(ctx.db, row.person).name,
            "since": ctx.course.date_at(row.at),
            "areas": flow.areas_shown(row.areas),
            "duty": flow.duty_shown(assistants.shifts_of(row)),
        }
        ctx.reply_words(Text(id="seeds.one_left" if row.left_at else "seeds.one", values=values))
    ctx.reply("seeds.how_to_change")


def _resign(ctx: Context) -> None:
    """Nobody has to be one."""
    is_student = flow.end(ctx, ctx.member, "")
    ctx.tell_staff(Text(id="seeds.resigned", values={"name": ctx.member.name}))
    ctx.reply("seeds.resigned_now" if is_student else "seeds.still_staff", name=ctx.member.name)


# --- one of them ------------------------------------------------------------------------------------------------------


def _about(ctx: Context, said: str) -> None:
    asked = _WHO.fullmatch(said)
    if asked is None:
        raise UserError("seeds.usage")
    step, _, rest = asked["rest"].strip().partition(" ")
    who = ctx.find_member(asked["who"], is_present=step.casefold() in _PRESENT)
    if not step:
        _card(ctx, who)
        return
    if ctx.member.role != "admin":
        raise UserError("seeds.admins_only")
    act = _STEPS.get(step.casefold())
    if act is None:
        raise UserError("seeds.usage")
    act(ctx, who, rest.strip())


def _card(ctx: Context, who: Member) -> None:
    if who.role != "student":
        raise UserError("seeds.is_staff", name=who.name)
    found = next((one for one in numbers_of(ctx) if one.member.id == who.id), None)
    if found is None:
        raise UserError("seeds.is_staff", name=who.name)
    ctx.reply_words(numbers_line(found))
    if ctx.member.role == "admin":
        ctx.reply("seeds.which_areas", name=who.name, buttons=list(_area_buttons(who)))


def _area_buttons(who: Member) -> Iterator[Label]:
    for word in ("both", *reversed(AREAS)):
        yield Text(id=f"button.seeds_{word}"), f"seeds #{who.id} confirm {word}"


def _confirm(ctx: Context, who: Member, rest: str) -> None:
    if who.role != "student":
        raise UserError("seeds.is_staff", name=who.name)
    areas, rest = _areas_in(rest)
    flow.confirm(ctx, who, areas or AREAS, shifts := _shifts_said(rest))
    values = {"name": who.name, "areas": flow.areas_shown(areas or AREAS), "duty": flow.duty_shown(shifts)}
    ctx.reply("seeds.confirmed", **values, buttons=[_revoke_button(who)])
    if not shifts:
        ctx.reply("seeds.which_day", name=who.name, number=who.id, buttons=list(_day_buttons(who)))


def _day_buttons(who: Member) -> Iterator[Label]:
    for day in WEEKDAYS:
        yield Text(id=f"weekday.{day}"), f"seeds #{who.id} duty {day}"


def _revoke_button(who: Member) -> Label:
    return Text(id="button.seeds_revoke"), f"seeds #{who.id} revoke"


def _areas_in(said: str) -> tuple[frozenset[Area], str]:
    """What they look after, as far as that is said first; and what else was."""
    found, rest = frozenset[Area](), said
    while word := _WORD.match(rest):
        named = _AREAS.get(word[1].casefold())
        if named is None and word[1].casefold() not in _FILLERS:
            break
        found |= frozenset(named or ())
        rest = rest[word.end() :]
    return found, rest.strip()


def _shifts_said(said: str) -> tuple[WeeklyShift, ...]:
    """Raises UserError that says what may be written there: it may have been meant as an area, too."""
    try:
        return shifts_in(said)
    except UserError as error:
        if error.text.id != "seeds.no_shift":
            raise
        raise UserError("seeds.not_understood", said=error.text.values["said"]) from error


def _change_areas(ctx: Context, who: Member, said: str) -> None:
    areas, rest = _areas_in(said)
    if rest or not areas:
        raise UserError("seeds.no_area", said=(rest or said)[:40])
    flow.change_areas(ctx, who, areas)
    ctx.reply("seeds.areas_changed", name=who.name, areas=flow.areas_shown(areas))


def _change_duty(ctx: Context, who: Member, said: str) -> None:
    if not said:
        raise UserError("seeds.no_shift", said="")
    shifts = () if said.casefold() in _NOBODY else shifts_in(said)
    flow.change_duty(ctx, who, shifts)
    ctx.reply("seeds.duty_changed", name=who.name, duty=flow.duty_shown(shifts))


def _revoke(ctx: Context, who: Member, reason: str) -> None:
    is_student = flow.end(ctx, who, reason)
    ctx.reply("seeds.revoked" if is_student else "seeds.still_staff", name=who.name)


Step = Callable[[Context, Member, str], None]
_STEPS: Mapping[str, Step] = {
    **dict.fromkeys(("confirm", "yes", "确认", "任命"), _confirm),
    **dict.fromkeys(("scope", "areas", "范围", "负责"), _change_areas),
    **dict.fromkeys(("duty", "值班", "排班"), _change_duty),
    **dict.fromkeys(("revoke", "end", "撤销", "卸任", "收回"), _revoke),
}
