"""Who is asked to share next: by declared rules, of what members showed in the last two weeks.

Featured works count most, by how many there are; then the share that was liked best, if it was liked at all; of equals
whoever showed it last. Who was asked in these weeks, does not want to be asked or to be named, is not.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select

from bot.domain.ids import MemberId
from bot.engine.context import Context
from bot.engine.roster import praised_names
from bot.engine.telling import Ear, ears_of
from bot.engine.works import Work
from bot.features.sharing import speakers
from bot.features.sharing.offered import works as own_works
from storage.among import among
from storage.tables import member

_GOOD_FOR = timedelta(days=14)
_LIKED = 2  # others, from whom on a share was liked


class Choice(NamedTuple):
    """Somebody who may be asked, and because of what."""

    member: MemberId
    ear: Ear
    work: Work
    is_featured: bool


class _Record(NamedTuple):
    """What one person has shown."""

    featured: tuple[Work, ...] = ()
    liked: tuple[tuple[int, Work], ...] = ()  # how many liked it

    @property
    def rank(self) -> tuple[Any, ...]:
        """The best first."""
        return -len(self.featured), -max((count for count, _ in self.liked), default=0), -self.work.at.timestamp()

    @property
    def work(self) -> Work:
        """What they are asked for: the newest that was featured, else what was liked best."""
        if self.featured:
            return max(self.featured, key=lambda one: one.at)
        return max(self.liked, key=lambda pair: (pair[0], pair[1].at))[1]


def choose(ctx: Context, call: Any, now: datetime, wanted: int, *, but: Collection[int]) -> list[Choice]:
    """So many at most, the best first; `but` are asked no more."""
    records = _records(ctx, call, now)
    asked = speakers.asked_since(ctx.db, ctx.course.id, now - _GOOD_FOR)
    fitting = records.keys() - set(but) - asked
    fitting &= praised_names(ctx.db, fitting).keys() & _students(ctx, fitting)
    fitting -= speakers.never_asked(ctx.db, fitting)
    ranked = sorted(fitting, key=lambda who: (*records[who].rank, who))
    ears = ears_of(ctx, ranked)
    found = [Choice(who, ears[who], records[who].work, bool(records[who].featured)) for who in ranked if who in ears]
    return found[:wanted]


def _students(ctx: Context, members: Collection[MemberId]) -> set[MemberId]:
    query = select(member.c.id).where(among(member.c.id, "members"), member.c.role == "student")
    return set(ctx.db.execute(query, {"members": list(members)}).scalars())


def _records(ctx: Context, call: Any, now: datetime) -> Mapping[MemberId, _Record]:
    shown = [work for work in _works(ctx, now) if _is_known(ctx, call, work)]
    own = set(own_works(ctx.db, ctx.course.id, now - _GOOD_FOR, now))
    featured = [work for work in shown if work not in own]
    liked = list(_liked(ctx, [work for work in shown if work in own]))
    persons = {work.member for work in featured} | {work.member for _, work in liked}
    return {
        who: _Record(
            tuple(work for work in featured if work.member == who),
            tuple((count, work) for count, work in liked if work.member == who),
        )
        for who in persons
    }


def _works(ctx: Context, now: datetime) -> list[Work]:
    found: list[Work] = ctx.ask_each("works", ctx.course.id, now - _GOOD_FOR, now)
    return found


def _is_known(ctx: Context, call: Any, work: Work) -> bool:
    """Where sessions are held in several spaces, what was shown in one of them is for those who are there."""
    ritual = ctx.course.ritual(call.ritual)
    return ritual is None or len(ritual.spaces) == 1 or work.space == call.space


def _liked(ctx: Context, shares: Sequence[Work]) -> Iterator[tuple[int, Work]]:
    """By how many others: who put a reaction under it, and who thanked its member on that day."""
    if not shares:
        return
    reactions = ctx.ask("reactions_on", [work.message for work in shares if work.message])
    days = {work: ctx.course.date_at(work.at) for work in shares}
    thanks = ctx.ask("thanks_on", ctx.course.id, min(days.values()), max(days.values()))
    for work in shares:
        count = reactions.get(work.message, 0) + thanks.get((work.member, days[work]), 0)
        if count >= _LIKED:
            yield count, work
