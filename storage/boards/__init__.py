"""The boards' projection: who stands where, by board and period, kept up with the ledger in the same transaction.

A member's place is counted from how many members have each number of points, in steps: single points, 128 of them, …
All of it can be rebuilt from the ledger.
"""

from storage.boards.keeping import add, relist
from storage.boards.reading import (
    Place,
    Standing,
    count,
    leaders,
    neighbours,
    place_of,
    points_of,
    points_of_each,
    standings_of,
    top,
)
from storage.boards.rebuilding import rebuild, recount, wrong
from storage.boards.tables import (
    ALWAYS,
    BOARDS,
    PERIODS,
    Board,
    Period,
    Where,
    month_of,
    period_of,
    score,
    score_count,
    week_of,
)

__all__ = [
    "ALWAYS",
    "BOARDS",
    "PERIODS",
    "Board",
    "Period",
    "Place",
    "Standing",
    "Where",
    "add",
    "count",
    "leaders",
    "month_of",
    "neighbours",
    "period_of",
    "place_of",
    "points_of",
    "points_of_each",
    "rebuild",
    "recount",
    "relist",
    "score",
    "score_count",
    "standings_of",
    "top",
    "week_of",
    "wrong",
]
