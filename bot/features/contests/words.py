"""How contests speak of works, moments and places."""

from collections.abc import Sequence
from typing import Any

from bot.domain.messages import Text
from bot.engine import works
from bot.engine.voice import Label
from bot.features.contests.ballot import Outcome
from bot.features.contests.ranking import TieBreak

_EXCERPT = 120  # columns: a few lines on a phone


def excerpt(work: Any) -> list[str | Text]:
    return works.excerpt(work.text, len(work.files), _EXCERPT)


def vote_button(number: int, found: Any) -> Label:
    """It names its contest: pressed when that is over, it is no vote in the next one."""
    return Text(id="button.vote", values={"number": number}), f"vote {number} #{found.id}"


_TIES: dict[TieBreak, str] = {"grade": "contest.tie_by_grade", "earlier": "contest.tie_by_time"}


def ties(ways: Sequence[TieBreak]) -> Text:
    """What happens where works have equally many votes."""
    decides = [Text(id=_TIES[way]) for way in ways[: [*ways, "shared"].index("shared")]]
    return Text(id="contest.ties", values={"ways": decides}) if decides else Text(id="contest.ties_shared")


def place_line(place: int, one: Outcome) -> Text:
    """`1. Ada (No. 3): 12 votes`; of a duel, in which one, and how many of all that were given there."""
    values: dict[str, Any] = {"place": place, "number": one.number, "count": one.votes}
    if one.is_praised:
        values["name"] = one.pseudonym or one.name
    if not one.duel:
        return Text(id="contest.place" if one.is_praised else "contest.place_unnamed", values=values)
    id = "contest.place_in_duel" if one.is_praised else "contest.place_in_duel_unnamed"
    return Text(id=id, values=values | {"duel": one.duel, "given": one.given})
