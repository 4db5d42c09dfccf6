"""Who is on duty, and who is told when somebody waits for too long: rung by rung, up to the admins."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, or_, select

from bot.domain.ids import CourseId, MemberId, Role
from bot.domain.messages import Text, Words
from bot.domain.moments import moment_of, zone_of
from bot.domain.response import Area, ResponseClock, Rung, Shift
from bot.engine.context import Context
from bot.engine.ladder import Step
from bot.engine.roster import members_by_id
from bot.engine.telling import ears_of
from bot.engine.voice import NOTICE_LIFE, Label, Utterance
from storage import assistants
from storage.assistants import WeeklyShift
from storage.persons import is_of
from storage.tables import account, member

_DAY = timedelta(days=1)
_WORDS: dict[Rung, str] = {
    "on_duty": "clock.rung_on_duty",
    "assistants": "clock.rung_assistants",
    "admins": "clock.rung_admins",
}


# --- the rota ---------------------------------------------------------------------------------------------------------


class OnDuty(NamedTuple):
    """Who is on duty at a moment."""

    members: tuple[MemberId, ...]
    is_everybody: bool


def accounts_on_duty(clock: ResponseClock, zone: str, now: datetime) -> tuple[str, ...]:
    """Whom the rota names for a moment, as YAML names them; nobody where it has a hole."""
    today = now.astimezone(zone_of(zone)).date()
    shifts = ((day, shift) for day in (today - _DAY, today) for shift in clock.duty.get(day.weekday(), ()))
    return tuple(dict.fromkeys(shift.account for day, shift in shifts if _is_on(shift, day, zone, now)))


def _is_on(shift: Shift | WeeklyShift, day: date, zone: str, now: datetime) -> bool:
    """Whether the shift of a date is on at a moment."""
    begins, ends = shift.begins or time(), shift.ends or time()
    last = day if ends > begins else day + _DAY
    return moment_of(day, begins, zone) <= now < moment_of(last, ends, zone)


def on_duty(ctx: Context, clock: ResponseClock) -> OnDuty:
    """Now, by the rota; where it names none of the staff who are here, all assistants, or the admins if there are none.

    So a mistyped account, or one who has left, does not leave an hour to nobody.
    """
    accounts = accounts_on_duty(clock, ctx.course.zone, ctx.now)
    named = _members_called(ctx.db, ctx.course.id, accounts) if accounts else []
    grown = assistants.of_course(ctx.db, ctx.course.id)
    named += _grown_on_duty(grown, clock, ctx.course.zone, ctx.now)
    if named:
        return OnDuty(tuple(sorted(set(named))), is_everybody=False)
    everybody = _assistants(ctx.db, ctx.course.id, clock.area, grown)
    return OnDuty(tuple(everybody or _staff_of(ctx.db, ctx.course.id, "admin")), is_everybody=True)


def _grown_on_duty(grown: Sequence[Row[Any]], clock: ResponseClock, zone: str, now: datetime) -> list[MemberId]:
    """Who grew out of the students, and has a place in the rota that is on."""
    today = now.astimezone(zone_of(zone)).date()
    return [
        row.person
        for row in grown
        if clock.area in row.areas
        and any(
            shift.weekday == day.weekday() and _is_on(shift, day, zone, now)
            for shift in assistants.shifts_of(row)
            for day in (today - _DAY, today)
        )
    ]


def duty_words(ctx: Context, clock: ResponseClock) -> Words | list[str]:
    """Who is on duty, for staff to read."""
    found = on_duty(ctx, clock)
    if found.is_everybody:
        return Text(id="clock.everybody")
    known = members_by_id(ctx.db, found.members)
    return [known[who].name for who in found.members]


# --- the ladder -------------------------------------------------------------------------------------------------------


def told_words(rungs: Iterable[Rung]) -> Words:
    """Who was told in private, for staff to read."""
    told = [Text(id=_WORDS[rung]) for rung in rungs]
    return Text(id="clock.told_them", values={"told": told}) if told else Text(id="clock.told_nobody")


def escalate(
    ctx: Context,
    clock: ResponseClock,
    told: Sequence[Step],
    say: Callable[[Sequence[Row[Any]]], tuple[Words, Sequence[Label]]],
) -> list[Rung]:
    """Tell the people of these rungs in private: one message for each, of everything that is theirs to look at.

    The rungs of which somebody could be told.
    """
    rungs = dict.fromkeys(rung for step in told for rung in step.rungs)
    people = {rung: _people(ctx, clock, rung) for rung in rungs}
    theirs: dict[MemberId, list[Row[Any]]] = {}
    for step in told:
        for who in dict.fromkeys(who for rung in step.rungs for who in people[rung]):
            theirs.setdefault(who, []).append(step.row)
    ears = ears_of(ctx, list(theirs), have_asked=True)
    for who, ear in ears.items():
        line, buttons = say(theirs[who])
        what = Utterance(lines=[line], buttons=buttons, life=NOTICE_LIFE, is_notice=True)
        ctx.whisper(ear.user, ear.space, what, key=f"{ctx.event.key}:told:{who}", language=ear.language)
    return [rung for rung in rungs if not ears.keys().isdisjoint(people[rung])]


def _people(ctx: Context, clock: ResponseClock, rung: Rung) -> tuple[MemberId, ...]:
    if rung == "on_duty":
        return on_duty(ctx, clock).members
    if rung == "assistants":
        grown = assistants.of_course(ctx.db, ctx.course.id)
        return tuple(_assistants(ctx.db, ctx.course.id, clock.area, grown))
    return tuple(_staff_of(ctx.db, ctx.course.id, "admin"))


# --- rows -------------------------------------------------------------------------------------------------------------


def _assistants(db: Connection, course: CourseId, area: Area, grown: Sequence[Row[Any]]) -> list[MemberId]:
    """Those who are here and look after this."""
    elsewhere = {row.person for row in grown if area not in row.areas}
    return [who for who in _staff_of(db, course, "assistant") if who not in elsewhere]


def _staff_of(db: Connection, course: CourseId, role: Role) -> list[MemberId]:
    """Those who have this role and are here."""
    here = member.c.left_at.is_(None) & member.c.merged_into.is_(None)
    query = select(member.c.id).where(member.c.course == course, member.c.role == role, here).order_by(member.c.id)
    return list(db.execute(query).scalars())


def _members_called(db: Connection, course: CourseId, accounts: Collection[str]) -> list[MemberId]:
    """The staff behind accounts as YAML writes them, who have been seen and are here."""
    named = or_(
        *((account.c.platform == p) & (account.c.user == u) for p, _, u in (one.partition(":") for one in accounts))
    )
    query = select(member.c.id).join_from(account, member, is_of(account.c.member))
    mine = (account.c.course == course) & member.c.left_at.is_(None) & (member.c.role != "student")
    return sorted(set(db.execute(query.where(mine, named)).scalars()))
