"""The figures of each of many members, with their own past beside them: a few statements, however many they are."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from bot.domain.ids import MemberId
from bot.domain.messages import Text
from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.figures import Stretch
from bot.engine.growth import Grown, GrowthAsked, Kind

_DAY = timedelta(days=1)
NOT_THERE, NOT_DONE, DONE, MADE_UP = "-", "0", "1", "2"


class Figure(NamedTuple):
    """One number of one member; None: there is nothing to compare it with, or no telling how many there could be."""

    kind: Kind
    name: str
    label: Text
    now: int
    of: int | None
    before: int | None
    of_before: int | None
    said: Text  # the label where no heading says of what it is
    open: int = 0  # missing, and can still be done

    @property
    def is_empty(self) -> bool:
        return not (self.now or self.of or self.before or self.of_before)


class Own(NamedTuple):
    """What a stretch came to for one member."""

    member: Member
    stretch: Stretch
    before: Stretch | None
    days: str  # a mark for each date of the stretch
    figures: Sequence[Figure]


def counted(ctx: Context, members: Sequence[Member], stretch: Stretch, before: Stretch | None) -> list[Own]:
    """Who was not there for all of the time before is compared with nothing."""
    stretches = [stretch, *([before] if before else [])]
    asked = GrowthAsked(ctx.course, members, stretches, ctx.now)
    grown: list[Grown] = ctx.ask_each("growth", asked)
    days: Mapping[MemberId, Mapping[date, bool]] = ctx.ask("checkin_days", asked.ids, stretch)
    return [_own(ctx, one, stretch, before, grown, days.get(one.id, {})) for one in members]


def _own(
    ctx: Context,
    who: Member,
    stretch: Stretch,
    before: Stretch | None,
    grown: Sequence[Grown],
    days: Mapping[date, bool],
) -> Own:
    joined = ctx.course.date_at(who.joined_at) if who.joined_at else stretch.first
    past = before if before and joined <= before.first else None
    marks = "".join(_mark(day, joined, days) for day in dates_of(stretch))
    return Own(who, stretch, past, marks, [_figure(one, who.id, has_past=past is not None) for one in grown])


def _figure(one: Grown, who: MemberId, *, has_past: bool) -> Figure:
    counts, of = one.counts.get(who, (0, 0)), one.of.get(who)
    return Figure(
        kind=one.kind,
        name=one.name,
        label=one.label,
        now=counts[0],
        of=of[0] if of else None,
        before=counts[1] if has_past else None,
        of_before=of[1] if of and has_past else None,
        said=one.said or one.label,
        open=one.open.get(who, 0),
    )


def dates_of(stretch: Stretch) -> Iterator[date]:
    day = stretch.first
    while day <= stretch.last:
        yield day
        day += _DAY


def _mark(day: date, joined: date, days: Mapping[date, bool]) -> str:
    if day in days:
        return MADE_UP if days[day] else DONE
    return NOT_THERE if day < joined else NOT_DONE
