"""The contest's three steps: works are asked for, shown without names for the vote, and placed."""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.domain.course import Course
from bot.domain.events import OccurrenceDue
from bot.domain.messages import Text, Words
from bot.domain.rituals import Occurrence, Step
from bot.engine.context import Context
from bot.engine.roster import members_by_id
from bot.features.contests import ballot, store
from bot.features.contests.ballot import Outcome
from bot.features.contests.declared import WON, ContestOptions, feature, options_of
from bot.features.contests.found import object_of, title_of
from bot.features.contests.ranking import blind_order, places
from bot.features.contests.words import excerpt, vote_button

_PAGE = 10  # works in one post, each with its button
_SHOWN = 20  # winners; there are more only where many share a place

_PREVIEWS = ("preview.contest", "preview.contest_vote", "preview.contest_closes")


def _steps(options: ContestOptions) -> tuple[Step, ...]:
    vote_at = options.enter_for
    return Step(), Step(after=vote_at, is_needed=True), Step(after=vote_at + options.vote_for, is_needed=True)


def _preview(course: Course, occurrence: Occurrence) -> Words:
    return Text(id=_PREVIEWS[occurrence.step], values={"title": options_of(course, occurrence.ritual).title})


@feature.action("contest", ContestOptions, preview=_preview, steps=_steps)
def contest(ctx: Context, due: OccurrenceDue) -> None:
    if due.step == store.CLOSE:
        _close(ctx, due)
    elif due.step == store.VOTE:
        _show_gallery(ctx, due)
    else:
        _open(ctx, due)


def _say(ctx: Context, due: OccurrenceDue, *lines: Words) -> None:
    if ctx.space:
        ctx.say(ctx.space, *lines, key=due.key)


# --- works are asked for ----------------------------------------------------------------------------------------------


def _open(ctx: Context, due: OccurrenceDue) -> None:
    options = options_of(ctx.course, due.ritual)
    entries_until = due.due_at + options.enter_for
    votes_until = entries_until + options.vote_for
    store.open_contest(ctx.db, due, entries_until=entries_until, votes_until=votes_until)
    _say(
        ctx,
        due,
        Text(id="contest.opens", values={"title": options.title, "until": ctx.course.wall_time(entries_until)}),
        Text(id="contest.how"),
        Text(id="contest.then", values={"until": ctx.course.wall_time(votes_until)}),
    )


# --- the vote ---------------------------------------------------------------------------------------------------------


def _show_gallery(ctx: Context, due: OccurrenceDue) -> None:
    """No more works are taken; where there are too few for a choice, that is the end of it."""
    found = store.take_no_more(ctx.db, due)
    if found is None:
        return
    works = store.works(ctx.db, found.id)
    if len(works) < options_of(ctx.course, due.ritual).min_entries:
        store.close(ctx.db, due)
        _say(ctx, due, _too_few(ctx, found, len(works)))
        return
    order = blind_order(object_of(found), [(work.id, f"{work.text}\n{work.files}") for work in works])
    store.give_numbers(ctx.db, order)
    by_id = {work.id: work for work in works}
    _post_gallery(ctx, due, found, [by_id[id] for id in order])


def _too_few(ctx: Context, found: Any, count: int) -> Text:
    id = "contest.too_few" if count else "contest.nobody"
    return Text(id=id, values={"title": title_of(ctx, found), "count": count})


def _post_gallery(ctx: Context, due: OccurrenceDue, found: Any, works: Sequence[Any]) -> None:
    """Some works a post, so that each has its button. When the time for the vote has passed, they are only shown."""
    until = store.votes_end(ctx.db, found)
    is_missed = due.at >= until
    if is_missed:
        store.close(ctx.db, due)
    head: list[Words] = [_head(ctx, found, len(works), is_missed=is_missed)]
    shown = ctx.course.wall_time(until)
    foot: list[Words] = [] if is_missed else [Text(id="contest.how_to_vote", values={"until": shown})]
    numbered = list(enumerate(works, 1))
    for first in range(0, len(works), _PAGE):
        page = numbered[first : first + _PAGE]
        is_last = first + _PAGE >= len(works)
        lines = [Text(id="contest.work", values={"number": n, "work": excerpt(work)}) for n, work in page]
        buttons = [] if is_missed else [vote_button(n, found) for n, _ in page]
        if ctx.space:
            key = f"{due.key}:{first}" if first else due.key
            said = [*(head if not first else ()), *lines, *(foot if is_last else ())]
            ctx.say(ctx.space, *said, key=key, buttons=buttons)


def _head(ctx: Context, found: Any, count: int, *, is_missed: bool) -> Text:
    id = "contest.missed" if is_missed else "contest.gallery"
    return Text(id=id, values={"title": title_of(ctx, found), "count": count})


# --- the places -------------------------------------------------------------------------------------------------------


def _close(ctx: Context, due: OccurrenceDue) -> None:
    """Everybody reads the places; the rules hear of those who have one."""
    found = store.close(ctx.db, due)
    if found is None:
        return
    entries = ballot.outcomes(ctx.db, found.id)
    winners = list(places(entries, options_of(ctx.course, due.ritual).top))
    _say(ctx, due, *_result(ctx, found, entries, winners))
    title = title_of(ctx, found).in_(ctx.course.language)
    members = members_by_id(ctx.db, [one.member for _, one in winners])
    facts = ((members[one.member], {"contest": title, "place": place}) for place, one in winners)
    ctx.announce_each(WON, object_of(found), facts, on=ctx.today)


def _result(
    ctx: Context, found: Any, entries: Sequence[Outcome], winners: Sequence[tuple[int, Outcome]]
) -> Iterator[Words]:
    yield Text(id="contest.result", values={"title": title_of(ctx, found)})
    if not winners:
        yield Text(id="contest.no_votes", values={"count": len(entries)})
        return
    for place, one in winners[:_SHOWN]:
        id = "contest.place" if one.is_praised else "contest.place_unnamed"
        shown = one.pseudonym or one.name
        yield Text(id=id, values={"place": place, "name": shown, "number": one.number, "count": one.votes})
    if more := len(winners) - len(winners[:_SHOWN]):
        yield Text(id="contest.more_places", values={"count": more})
    yield Text(id="contest.thanks", values={"works": len(entries), "votes": sum(one.votes for one in entries)})
