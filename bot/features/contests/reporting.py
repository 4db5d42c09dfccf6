"""What staff read when the votes are counted: of each work how many count, and of all together why others do not.

Never whose; and at a work not why, either: beside the names of two authors "each other" would say who voted for whom.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.features.contests.ballot import Outcome
from bot.features.contests.discounting import Reason
from bot.features.contests.found import title_of

_LINES = 30

_WHY: dict[Reason, str] = {
    "only_votes": "contest.why_only_votes",
    "flood": "contest.why_flood",
    "mutual": "contest.why_ring",
    "ring": "contest.why_ring",
    "loyal": "contest.why_loyal",
}


def report(ctx: Context, found: Any, ones: Sequence[Outcome]) -> None:
    ctx.tell_staff(*_lines(ctx, found, ones), key=f"contest:{found.id}:report")


def _lines(ctx: Context, found: Any, ones: Sequence[Outcome]) -> Iterator[Words]:
    all_votes, counted = sum(one.all_votes for one in ones), sum(one.votes for one in ones)
    head = {"title": title_of(ctx, found), "contest": found.id, "count": all_votes, "counted": counted}
    yield Text(id="contest.report", values=head)
    most_first = sorted(ones, key=lambda one: (one.all_votes == one.votes, -one.all_votes))
    yield from map(line_of, most_first[:_LINES])
    if (more := len(ones) - _LINES) > 0:
        yield Text(id="contest.staff_more", values={"count": more})
    if counted < all_votes:
        yield Text(id="contest.report_why", values={"why": _why(ones)})
        yield Text(id="contest.report_discounted")
    yield Text(id="contest.report_what_to_do", values={"contest": found.id})


def line_of(one: Outcome) -> Words:
    """`No. 3, Ada: 12 votes`, and how many of them count."""
    values = {"number": one.number, "name": one.name, "count": one.all_votes}
    if not one.discounted:
        return Text(id="contest.staff_work", values=values)
    return Text(id="contest.staff_work_discounted", values={**values, "counted": one.votes})


def _why(ones: Sequence[Outcome]) -> list[Text]:
    """Pairs and rings under one word: how many there are of a kind might tell who they are."""
    counts = Counter[str]()
    for one in ones:
        for reason, count in one.discounted.items():
            counts[_WHY[reason]] += count
    return [Text(id=id, values={"count": count}) for id, count in sorted(counts.items())]
