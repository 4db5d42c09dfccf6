"""The evening's nudge: who asked for it, and has not checked in, is reminded in private; at most once a day."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import Boolean, Column, Connection, ForeignKey, Table, bindparam, select, update

from bot.domain.course import Course
from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, OccurrenceDue
from bot.domain.ids import CourseId, MemberId
from bot.domain.messages import Text, Words
from bot.domain.rituals import Occurrence
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.parameters import choice
from bot.engine.telling import Ear, ears_of
from bot.engine.upcoming import next_time
from bot.engine.voice import Utterance
from rules.vocabulary import NoOptions, Uses
from storage.among import among
from storage.columns import LocalDate
from storage.database import insert
from storage.personal import Personal
from storage.tables import Id, member, metadata

feature = Feature("nudge", needs=("streaks",))

table = Table(
    "nudge",
    metadata,
    Column("member", Id, ForeignKey("member.id"), primary_key=True),
    Column("is_wanted", Boolean(create_constraint=False), nullable=False),
    Column("last_on", LocalDate),  # the date of the last one: there is never a second on the same
)

feature.personal(Personal(table, goes=True))

_ACTION = "nudge"
_DAY = timedelta(days=1)
_NEVER = (False, 0)  # checked in
_A_STREAK = 2  # days from which on it is worth a word
_ON = frozenset(("on", "yes", "开", "开启", "要"))
_OFF = frozenset(("off", "no", "关", "关闭", "不要"))


# --- the ritual -------------------------------------------------------------------------------------------------------


def _preview(course: Course, occurrence: Occurrence) -> Words:
    return Text(id="preview.nudge")


@feature.action(_ACTION, NoOptions, preview=_preview, uses=Uses(is_aside=True))
def nudge(ctx: Context, due: OccurrenceDue) -> None:
    """A few statements, however many students there are. What comes after midnight would speak of the wrong day."""
    today = ctx.course.date_at(due.due_at)
    if not ctx.course.is_on(today) or ctx.course.date_at(due.at) != today:
        return
    wanting = _wanting(ctx.db, ctx.course.id, today)
    streaks = ctx.ask("streaks", wanting, today, ctx.course.is_quiet)
    absent = [who for who in wanting if not streaks.get(who, _NEVER)[0]]
    ears = ears_of(ctx, absent, have_asked=True)
    for who in _mark(ctx.db, list(ears), today):
        _, streak = streaks.get(who, _NEVER)
        _whisper(ctx, ears[who], _line(streak), key=f"nudge:{who}:{today}", day=today, at=due.at)


def _line(streak: int) -> Text:
    if streak >= _A_STREAK:
        return Text(id="nudge.streak", values={"days": streak})
    return Text(id="nudge.line")


def _whisper(ctx: Context, ear: Ear, line: Text, *, key: str, day: date, at: datetime) -> None:
    """It is of use until the day ends, and nobody needs to hear that it could not be delivered."""
    midnight = datetime.combine(day + _DAY, time(), ctx.course.tzinfo)
    buttons = [
        (Text(id="button.checkin"), f"checkin {day.isoformat()}"),
        (Text(id="button.nudge_off"), "nudge off"),
    ]
    what = Utterance(
        lines=[line], buttons=buttons, policy="at_most_once", life=midnight - at, is_notice=True, is_kept=True
    )
    ctx.whisper(ear.user, ear.space, what, key=key, language=ear.language)


# --- who wants it -----------------------------------------------------------------------------------------------------


@feature.command("nudge", words=("提醒我打卡",), parameters=(choice("switch", "on", "off"),))
def choose(ctx: Context, cmd: CommandInvoked) -> None:
    if ctx.member.role != "student":
        raise UserError("nudge.staff")
    asked = "on" if cmd.via == "word" else cmd.text.strip().casefold()
    if not asked:
        _show(ctx)
    elif asked in _ON:
        _turn_on(ctx)
    elif asked in _OFF:
        _want(ctx.db, ctx.member.id, is_wanted=False)
        ctx.reply("nudge.off")
    else:
        raise UserError("nudge.usage")


def _show(ctx: Context) -> None:
    mine = select(table.c.is_wanted).where(table.c.member == ctx.member.id)
    if ctx.db.execute(mine).scalar_one_or_none():
        ctx.reply("nudge.on", at=_next_at(ctx), buttons=[(Text(id="button.nudge_off"), "nudge off")])
    else:
        ctx.reply("nudge.is_off", at=_next_at(ctx), buttons=[(Text(id="button.nudge_on"), "nudge on")])


def _turn_on(ctx: Context) -> None:
    at = _next_at(ctx)
    if not ears_of(ctx, [ctx.member.id], have_asked=True):
        raise UserError("nudge.nowhere")
    _want(ctx.db, ctx.member.id, is_wanted=True)
    ctx.reply("nudge.on", at=at)


def _next_at(ctx: Context) -> str:
    """The hour of the next one. Raises UserError where there is none, or none any more."""
    found = next_time(ctx.db, ctx.course, ctx.engine.library.schedule, _ACTION, ctx.now)
    if found is None:
        raise UserError("nudge.none")
    return f"{found.due_at.astimezone(ctx.course.tzinfo):%H:%M}"


# --- what is kept -----------------------------------------------------------------------------------------------------


def _want(db: Connection, who: MemberId, *, is_wanted: bool) -> None:
    row = insert(db, table).values(member=who, is_wanted=is_wanted)
    db.execute(row.on_conflict_do_update(index_elements=["member"], set_={"is_wanted": is_wanted}))


_NOT_TODAY = table.c.last_on.is_(None) | (table.c.last_on < bindparam("today", type_=LocalDate()))


def _wanting(db: Connection, course: CourseId, today: date) -> list[MemberId]:
    """The students who want it, are there, and have had none today."""
    students = (member.c.course == course) & (member.c.role == "student")
    here = member.c.left_at.is_(None) & member.c.merged_into.is_(None)
    query = select(table.c.member).join(member, member.c.id == table.c.member)
    query = query.where(students, here, table.c.is_wanted, _NOT_TODAY).order_by(table.c.member)
    return list(db.execute(query, {"today": today}).scalars())


def _mark(db: Connection, members: Sequence[MemberId], today: date) -> list[MemberId]:
    """Note that they get it now; those of them who had none before, whoever else is at it."""
    marked = update(table).where(among(table.c.member, "members"), _NOT_TODAY).values(last_on=today)
    found = db.execute(marked.returning(table.c.member), {"members": members, "today": today})
    return sorted(found.scalars())
