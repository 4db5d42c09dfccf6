"""Who may have which reward now, and why not. Nothing here changes anything."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from bot.domain.course import Course
from bot.domain.errors import UserError
from bot.domain.ids import CourseId, MemberId
from bot.domain.places import Member
from bot.domain.rewards import Reward
from bot.engine.context import Context
from bot.features.rewards import pool, store
from storage import boards


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What there is of everything, for one person in one month."""

    balance: int  # points
    level: str
    taken: dict[str, int]
    free_codes: dict[str, int]
    this_month: dict[str, int]  # by reward: how many were had by all together
    had: frozenset[tuple[str, str]]  # reward and month of what this person has
    budget_left: int | None  # points; None: there is no limit
    worn: Mapping[str, date]  # by title, until when

    def left(self, reward: Reward) -> int | None:
        """How many there still are, never less than 0; None: as many as are wanted."""
        return _left(reward, self.taken, self.free_codes)


def _left(reward: Reward, taken: Mapping[str, int], free_codes: Mapping[str, int]) -> int | None:
    if reward.kind == "code":
        return free_codes.get(reward.id, 0)
    return None if reward.stock is None else max(0, reward.stock - taken.get(reward.id, 0))


def left_of(db: Connection, course: CourseId, reward: Reward) -> int | None:
    """How many there still are, as `Shelf.left` has it."""
    return _left(reward, store.taken_of(db, course), pool.free_of(db, course))


def shelf(ctx: Context, who: Member, month: str) -> Shelf:
    """As it is now; exact for whom and what is locked."""
    db, course = ctx.db, ctx.course
    budget, worn = course.rewards.budget, ctx.ask("title_ends", course, who.id, ctx.now)
    return Shelf(
        balance=boards.points_of(db, who.id),
        level=who.level or (course.levels[0].id if course.levels else ""),
        taken=store.taken_of(db, course.id),
        free_codes=pool.free_of(db, course.id),
        this_month=store.monthly(db, course.id, month),
        had=store.bought(db, course.id, MemberId(who.id)),
        worn=worn,
        budget_left=None if budget is None else budget - store.spent_in(db, course.id, month),
    )


def check_free(reward: Reward, found: Shelf) -> None:
    """Raises UserError where no more of it can be had by anybody, bought or given."""
    _raise_first(_none_left(reward, found))


def check(course: Course, reward: Reward, found: Shelf, month: str) -> None:
    """Raises UserError with the first reason why this person can't buy it now."""
    _raise_first(refusals(course, reward, found, month))


def refusals(course: Course, reward: Reward, found: Shelf, month: str) -> Iterator[UserError]:
    """Why this person can't buy it now, what matters most first; nothing where they can."""
    if not reward.is_for_sale:
        yield UserError("reward.only_given", title=reward.title)
    if reward.levels and found.level not in reward.levels:
        levels = [level.title for level in course.levels if level.id in reward.levels]
        yield UserError("reward.level", title=reward.title, levels=levels)
    if reward.once_per == "member" and any(had == reward.id for had, _ in found.had):
        yield UserError("reward.once", title=reward.title)
    if reward.once_per == "month" and (reward.id, month) in found.had:
        yield UserError("reward.once_a_month", title=reward.title)
    if reward.kind == "title" and reward.gives in found.worn:
        yield UserError("reward.worn", title=reward.title, until=found.worn[reward.gives])
    yield from _none_left(reward, found)
    if found.balance < reward.price:
        lacking = reward.price - found.balance
        yield UserError("reward.too_dear", price=reward.price, count=found.balance, lacking=lacking)


def _none_left(reward: Reward, found: Shelf) -> Iterator[UserError]:
    title = reward.title
    if found.left(reward) == 0:
        yield UserError("reward.sold_out", title=title)
    if reward.per_month is not None and found.this_month.get(reward.id, 0) >= reward.per_month:
        yield UserError("reward.month_is_full", title=title, count=reward.per_month)
    if found.budget_left is not None and found.budget_left < reward.price:
        yield UserError("reward.no_budget", title=title)


def _raise_first(refused: Iterator[UserError]) -> None:
    for reason in refused:
        raise reason
