"""`/missing HOMEWORK`: how far a homework has come, who has not handed in, and one button that reminds them."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time
from typing import NamedTuple

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.homework import Homework
from bot.domain.ids import MemberId
from bot.domain.messages import Template, Text, Words
from bot.domain.moments import moment_of
from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.parameters import text
from bot.engine.telling import ears_of
from bot.engine.voice import Utterance
from bot.features.homework.assignments import deadline_for_all, homework_called
from bot.features.homework.audience import students_for
from bot.features.homework.deadlines import deadline_of
from bot.features.homework.declared import feature
from bot.features.homework.store import answers, times

_REMIND = ("remind", "提醒", "提醒一下")
_NAMES = 60  # that are listed
_BUTTONS = 5
_STATES = {
    "waiting": "missing.waiting",
    "graded": "missing.graded",
    "returned": "missing.returned",
    "withdrawn": "missing.withdrawn",
    "none": "missing.nothing",
}


class Missing(NamedTuple):
    """How far a homework has come."""

    students: int
    states: Counter[str]  # `none` where there is no hand-in
    absent: Sequence[Member]  # who has handed in nothing that counts


@feature.command(
    "missing",
    words=("谁没交",),
    roles=("assistant", "admin"),
    area="homework",
    places=("staff",),
    parameters=(text("homework", suggests="homework"), text("remind")),
)
def missing(ctx: Context, cmd: CommandInvoked) -> None:
    said, is_asked = _asked(cmd.text.strip())
    if not said:
        _which(ctx)
        return
    homework = _homework(ctx, said)
    found = _found(ctx, homework)
    if is_asked:
        _remind(ctx, homework, found.absent)
    else:
        _show(ctx, homework, found)


def _asked(said: str) -> tuple[str, bool]:
    """The homework, and whether those who are missing are to be reminded."""
    first, _, last = said.rpartition(" ")
    return (first.strip(), True) if first and last.casefold() in _REMIND else (said, False)


def _which(ctx: Context) -> None:
    """Of those that have opened, the newest."""
    known = ctx.course.book.homework.values()
    those = [one for one in known if one.opens.moment(ctx.course.zone) <= ctx.now][-_BUTTONS:]
    if not those:
        raise UserError("missing.none_open")
    ctx.reply("missing.which")
    ctx.reply_buttons((Template(text=one.title), f"missing {one.id}") for one in those)


def _homework(ctx: Context, said: str) -> Homework:
    """Raises UserError where there is none of this name, or it has not opened."""
    homework = homework_called(ctx, said)
    opens = homework.opens.moment(ctx.course.zone)
    if ctx.now < opens:
        raise UserError("homework.not_open", homework=homework.title, at=ctx.course.wall_time(opens))
    return homework


def _found(ctx: Context, homework: Homework) -> Missing:
    states = answers.states(ctx.db, ctx.course.id, homework.id)
    students = students_for(ctx, homework)
    absent = [who for who in students if states.get(who.id, "none") in ("none", "withdrawn")]
    return Missing(len(students), Counter(states.get(who.id, "none") for who in students), absent)


def _show(ctx: Context, homework: Homework, found: Missing) -> None:
    due = ctx.course.wall_time(deadline_for_all(ctx, homework).due_at)
    ctx.reply("missing.title", homework=homework.title, at=due, students=found.students)
    counts: list[Words] = [
        Text(id=id, values={"count": found.states[state]}) for state, id in _STATES.items() if found.states[state]
    ]
    if counts:
        ctx.reply("missing.counts", counts=counts)
    if not found.absent:
        if found.students:
            ctx.reply("missing.nobody")
        return
    names = [who.name for who in found.absent[:_NAMES]]
    ctx.reply("missing.names", names=names)
    if more := len(found.absent) - len(names):
        ctx.reply("missing.more", count=more)
    ctx.reply_buttons([(Text(id="button.missing_remind"), f"missing {homework.id} remind")])


def _remind(ctx: Context, homework: Homework, absent: Sequence[Member]) -> None:
    """Each of them alone, once a day, while they can still hand in."""
    if answers.reminded_since(ctx.db, ctx.course.id, homework.id, moment_of(ctx.today, time(), ctx.course.zone)):
        raise UserError("missing.reminded_today")
    until = _still(ctx, homework, absent)
    if not until:
        raise UserError("missing.nobody_to_remind")
    ears = ears_of(ctx, list(until), have_asked=True)
    for who, ear in ears.items():
        id = "missing.reminder_quiz" if homework.is_quiz else "missing.reminder"
        line = Text(id=id, values={"homework": homework.title, "at": until[who].astimezone(ctx.course.tzinfo)})
        what = Utterance(lines=[line], is_notice=True, policy="at_most_once")
        key = f"missing:{ctx.course.id}:{homework.id}:{who}:{ctx.today}"
        ctx.whisper(ear.user, ear.space, what, key=key, language=ear.language)
    ctx.audit("remind_missing", homework=homework.id, count=len(ears))
    ctx.reply("missing.reminded", count=len(ears))
    if unreached := len(until) - len(ears):
        ctx.reply("missing.unreached", count=unreached)


def _still(ctx: Context, homework: Homework, absent: Sequence[Member]) -> dict[MemberId, datetime]:
    """Who can still hand in, and until when that is asked of them."""
    common, own = deadline_for_all(ctx, homework), times.extended(ctx.db, ctx.course.id, homework.id)
    deadlines = {
        who.id: deadline_of(homework, ctx.course.zone, extended=max(common.due_at, own.get(who.id, common.due_at)))
        for who in absent
    }
    return {who: one.due_at for who, one in deadlines.items() if not one.is_closed(ctx.now)}
