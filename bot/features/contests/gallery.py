"""The works as they are shown for the vote: without names, some a post, each with its button; in duels, two by two."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Literal

from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.voice import Utterance
from bot.features.contests import entries, store
from bot.features.contests.declared import options_in
from bot.features.contests.found import space_of, title_of
from bot.features.contests.ranking import blind_order, duels
from bot.features.contests.voters import who_may
from bot.features.contests.words import excerpt, ties, vote_button

State = Literal["open", "over", "missed"]
"""Whether one can vote; could; or nobody could, because the bot was away."""

_PAGE = 10  # works in one post, each with its button; a duel is never parted


def number_works(ctx: Context, found: Any, works: Sequence[Any]) -> None:
    """Give the works the numbers, and the duels, under which they are voted for."""
    order = blind_order(found.salt, [work.id for work in works])
    is_duel = options_in(ctx.course, found).mode == "duel"
    entries.give_numbers(ctx.db, order, duels(len(order)) if is_duel else None)


def post(ctx: Context, found: Any, *, is_missed: bool) -> None:
    """When the time for the vote has passed, the works are only shown."""
    space = space_of(ctx, found)
    for key, what in _pages(ctx, found, "missed" if is_missed else "open"):
        if space:
            ctx.say(space, *what.lines, key=key, buttons=what.buttons)


def correct(ctx: Context, found: Any) -> None:
    """What was posted is what stands now; when the vote is over, nobody is asked for one any more."""
    space = space_of(ctx, found)
    for key, what in _pages(ctx, found, "open" if found.closed_at is None else "over"):
        if space:
            ctx.keep(space, what, key=key, is_correction=True)


def _pages(ctx: Context, found: Any, state: State) -> Iterator[tuple[str, Utterance]]:
    works = entries.shown(ctx.db, found.id)
    standing = [work for work in works if not _is_out(work, found)]
    of_duel = Counter(work.duel for work in standing)
    pages = list(_in_pages(works))
    for page, shown in enumerate(pages):
        lines: list[Words] = []
        if page == 0:
            lines.append(_head(ctx, found, len(works), state))
        lines += _lines(shown, found, of_duel)
        if page == len(pages) - 1 and state == "open":
            lines += _foot(ctx, found)
        choices = [work for work in shown if work in standing and not (work.duel and of_duel[work.duel] == 1)]
        buttons = [vote_button(work.number, found) for work in choices if state == "open"]
        yield f"contest:{found.id}:gallery:{page}", Utterance(lines=lines, buttons=buttons)


def _is_out(work: Any, found: Any) -> bool:
    """Whether it was taken out, or its author left before the end."""
    has_left = work.left_at is not None and (found.closed_at is None or work.left_at <= found.closed_at)
    return work.removed_at is not None or has_left


def _in_pages(works: Sequence[Any]) -> Iterator[list[Any]]:
    page: list[Any] = []
    for _, together in groupby(works, key=lambda work: work.duel or -work.number):
        group = list(together)
        if page and len(page) + len(group) > _PAGE:
            yield page
            page = []
        page += group
    if page:
        yield page


def _lines(works: Sequence[Any], found: Any, of_duel: Mapping[int, int]) -> Iterator[Words]:
    for duel, together in groupby(works, key=lambda work: work.duel):
        if duel:
            yield Text(id="contest.duel_of_one" if of_duel[duel] == 1 else "contest.duel", values={"number": duel})
        yield from (_line(work, found) for work in together)


def _line(work: Any, found: Any) -> Words:
    if _is_out(work, found):
        return Text(id="contest.work_removed", values={"number": work.number})
    return Text(id="contest.work", values={"number": work.number, "work": excerpt(work)})


def _head(ctx: Context, found: Any, count: int, state: State) -> Words:
    is_duel = options_in(ctx.course, found).mode == "duel"
    asks = "contest.gallery_of_duels" if is_duel else "contest.gallery"
    id = {"open": asks, "over": "contest.gallery_over", "missed": "contest.missed"}[state]
    return Text(id=id, values={"title": title_of(ctx, found), "count": count})


def _foot(ctx: Context, found: Any) -> Iterator[Words]:
    options = options_in(ctx.course, found)
    until = ctx.course.wall_time(store.votes_end(ctx.db, found))
    yield Text(id=_HOW[options.mode], values={"until": until})
    if (may := who_may(ctx, found)) is not None:
        yield may
    if options.discount:
        yield Text(id="contest.whose_votes_count")
    yield ties(options.tie_break)


_HOW = {"gallery": "contest.how_to_vote", "duel": "contest.how_to_duel"}
