"""The one thing that a report suggests, by rules that stand here in their order. Pure.

1. Nothing at all was done: one small beginning.
2. Homework of that time is missing and still taken: the easiest tier first, and how much.
3. Something has become less than it was, by a quarter at least: what has shrunk most against one's own past.
4. Nothing was asked: a question.
5. Else: go on like this.

On the last day of the course and after it, there is nothing else to begin: homework that is still taken, or a good bye.
"""

from collections.abc import Sequence

from bot.domain.messages import Text
from bot.features.growth.counted import Figure

_BY_MACHINE = "base"  # the tier that is graded at once: nobody reads it
_WORTH = 3  # as many there must have been before, so that less of it says anything
_LEFT = 75  # percent of what there was before; more than that is no decline


def suggestion(figures: Sequence[Figure], *, is_over: bool = False) -> Text:
    """With why."""
    if not is_over and not any(one.now for one in figures):
        return Text(id="growth.suggest_start")
    for one in figures:
        if one.open:
            id = "growth.suggest_quiz" if one.name == _BY_MACHINE else "growth.suggest_homework"
            return Text(id=id, values={"what": one.label, "count": one.open})
    if is_over:
        return Text(id="growth.suggest_over")
    shrunk = [one for one in figures if _has_shrunk(one)]
    if shrunk:
        most = min(shrunk, key=lambda one: (one.now / (one.before or 1), figures.index(one)))
        values = {"what": most.label, "now": most.now, "before": most.before}
        return Text(id="growth.suggest_less", values=values)
    if not any(one.now for one in figures if one.name == "questions"):
        return Text(id="growth.suggest_ask")
    return Text(id="growth.suggest_go_on")


def _has_shrunk(one: Figure) -> bool:
    """Of what one does: points follow from it, and homework has been looked at."""
    before = one.before or 0
    is_done = one.kind in ("checkin", "together")
    return is_done and before >= _WORTH and 100 * one.now <= _LEFT * before
