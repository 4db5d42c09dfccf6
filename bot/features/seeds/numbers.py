"""The numbers behind a nomination, and who is nominated by them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from bot.domain.ids import MemberId
from bot.domain.places import Member
from bot.engine.activity import active_days
from bot.engine.context import Context
from bot.engine.roster import present_students
from bot.features.seeds.declared import SeedSettings
from rules.fold import RETRACTED
from storage.persons import is_of
from storage.tables import fact, ledger, member

_FEATURED = ("homework.featured", "message.featured")


class Numbers(NamedTuple):
    """What somebody has done so far."""

    member: Member
    scores: Sequence[int]  # of works that were graded, in percent
    active: int  # days on which they did something
    days: int  # that they could have
    help: int  # points for help that remain
    featured: int

    @property
    def average(self) -> int:
        """Percent; 0 where nothing was graded."""
        return round(sum(self.scores) / len(self.scores)) if self.scores else 0

    @property
    def share(self) -> int:
        """Of the days, in percent."""
        return 100 * self.active // self.days if self.days else 0

    @property
    def standing(self) -> tuple[int, int, int]:
        """What nominations are ordered by: quality and activity count alike, then help."""
        return self.average + self.share, self.help, -self.member.id


def nominated(numbers: Iterable[Numbers], asked: SeedSettings) -> list[Numbers]:
    """Who meets all that is asked, the best first."""
    met = [one for one in numbers if _meets(one, asked)]
    return sorted(met, key=lambda one: one.standing, reverse=True)[: asked.most]


def _meets(one: Numbers, asked: SeedSettings) -> bool:
    return len(one.scores) >= asked.works and one.average >= asked.score and one.share >= asked.active


def numbers_of(ctx: Context) -> list[Numbers]:
    """Of all students who are here. A few statements, however many they are."""
    students = present_students(ctx.db, ctx.course.id, ctx.now)
    last = min(ctx.today, ctx.course.ends)
    scores: Mapping[MemberId, list[int]] = ctx.ask("homework_scores", ctx.course)
    active = active_days(ctx.db, ctx.course, (ctx.course.starts, last))
    help_, featured = _help(ctx.db, ctx.course.id), _featured(ctx.db, ctx.course.id)
    return [
        Numbers(
            member=one,
            scores=scores.get(one.id, ()),
            active=active.get(one.id, 0),
            days=_days_since(max(ctx.course.starts, _joined(ctx, one)), last),
            help=help_.get(one.id, 0),
            featured=featured.get(one.id, 0),
        )
        for one in students
    ]


def _joined(ctx: Context, who: Member) -> date:
    return ctx.course.date_at(who.joined_at) if who.joined_at else ctx.course.starts


def _days_since(first: date, last: date) -> int:
    return max((last - first).days + 1, 0)


def _help(db: Connection, course: str) -> dict[MemberId, int]:
    query = select(member.c.id, func.sum(ledger.c.points)).join_from(ledger, member, is_of(ledger.c.member))
    mine = (ledger.c.course == course) & (ledger.c.category == "help")
    return {MemberId(who): int(points) for who, points in db.execute(query.where(mine).group_by(member.c.id))}


def _featured(db: Connection, course: str) -> Counter[MemberId]:
    """How many of their works and posts staff have featured, and not taken back."""
    query = select(member.c.id, fact.c.kind, fact.c.object, fact.c["values"]).join_from(
        fact, member, is_of(fact.c.member)
    )
    mine = (fact.c.course == course) & fact.c.kind.in_((*_FEATURED, RETRACTED))
    standing: set[tuple[int, str, str]] = set()
    for who, kind, object, values in db.execute(query.where(mine).order_by(fact.c.id)):
        if kind == RETRACTED:
            standing.discard((who, values.get("fact", ""), object))
        else:
            standing.add((who, kind, object))
    return Counter(MemberId(who) for who, _, _ in standing)
