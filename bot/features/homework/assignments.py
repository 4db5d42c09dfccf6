"""The homework of one member: which there is for them, until when, and what they have handed in."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from bot.domain.errors import UserError
from bot.domain.homework import Homework
from bot.domain.ids import MemberId
from bot.domain.places import Member
from bot.engine.context import Context
from bot.features.homework.deadlines import Deadline, deadline_of
from bot.features.homework.store import hand_ins, times
from bot.features.homework.store.hand_ins import HandIn


class Assignment(NamedTuple):
    """A homework as it stands for one member."""

    homework: Homework
    opens_at: datetime
    deadline: Deadline
    hand_in: HandIn | None
    is_extended: bool

    def is_open(self, at: datetime) -> bool:
        """Whether something may be handed in at this moment."""
        return self.opens_at <= at and not self.deadline.is_closed(at)

    @property
    def state(self) -> str:
        """What has become of it: `none`, or as the hand-in has it."""
        return "none" if self.hand_in is None else self.hand_in.state


def assignments_of(ctx: Context, who: Member) -> list[Assignment]:
    """All homework that is for a member and has opened, in the order in which it is due."""
    mine = hand_ins.all_of_member(ctx.db, ctx.course.id, who.id)
    extended = times.extensions_of(ctx.db, ctx.course.id, who.id)
    opened = (one for one in ctx.course.book.homework.values() if one.opens.moment(ctx.course.zone) <= ctx.now)
    theirs = (one for one in opened if one.id in mine or is_in_audience(ctx, who, one))
    found = [_assignment(ctx, one, mine.get(one.id), extended.get(one.id)) for one in theirs]
    return sorted(found, key=lambda one: (one.deadline.due_at, one.homework.id))


def assignment_of(ctx: Context, homework: Homework, who: MemberId) -> Assignment:
    """One homework of a member, whoever it is for."""
    mine = hand_ins.of_member(ctx.db, ctx.course.id, homework.id, who)
    until = times.extensions_of(ctx.db, ctx.course.id, who).get(homework.id)
    return _assignment(ctx, homework, mine, until)


def deadline_for_all(ctx: Context, homework: Homework) -> Deadline:
    """The one that posts speak of: it moves where everybody is given more time."""
    return deadline_of(homework, ctx.course.zone, extended=times.for_all(ctx.db, ctx.course.id, homework.id))


def _assignment(ctx: Context, homework: Homework, mine: HandIn | None, until: datetime | None) -> Assignment:
    deadline = deadline_of(
        homework,
        ctx.course.zone,
        extended=until,
        revised=mine.revise_until if mine else None,
        was_late=mine.is_late if mine else False,
    )
    return Assignment(homework, homework.opens.moment(ctx.course.zone), deadline, mine, until is not None)


def for_member(ctx: Context, who: Member, those: Iterable[Homework]) -> Iterator[Homework]:
    """Those that are for this member."""
    return (one for one in those if is_for(ctx, who, one))


def is_for(ctx: Context, who: Member, homework: Homework) -> bool:
    """Whether a homework is for a member: who has handed in goes on with it, whatever level they reach by that."""
    if is_in_audience(ctx, who, homework):
        return True
    return hand_ins.of_member(ctx.db, ctx.course.id, homework.id, who.id) is not None


def is_in_audience(ctx: Context, who: Member, homework: Homework) -> bool:
    """Whether a member is by now among those whom a homework is for."""
    audience = homework.audience
    level = who.level or (ctx.course.levels[0].id if ctx.course.levels else "")
    if audience.levels and level not in audience.levels:
        return False
    if audience.tags and not audience.tags & set(who.tags):
        return False
    return not audience.groups or times.is_in_groups(ctx.db, who.id, audience.groups)


def called(ctx: Context, said: str) -> Homework | None:
    """The homework with exactly this id or title."""
    known: Mapping[str, Homework] = ctx.course.book.homework
    wanted = said.strip().casefold()
    for one in known.values():
        if wanted == one.id.casefold() or wanted in {title.casefold() for title in one.title.by_language.values()}:
            return one
    return None


def homework_called(ctx: Context, said: str) -> Homework:
    """The homework that a person means by its id or its title. Raises UserError with those there are."""
    found = called(ctx, said)
    if found is None:
        raise UserError("homework.unknown", said=said.strip()[:40], known=[*ctx.course.book.homework][:20])
    return found
