"""The contest's three steps: works are asked for, shown without names for the vote, and placed."""

from typing import Any

from bot.domain.course import Course
from bot.domain.events import OccurrenceDue
from bot.domain.messages import Text, Words
from bot.domain.rituals import Occurrence, Step
from bot.engine.context import Context
from bot.features.contests import blindness, counting, entries, files, gallery, inviting, store
from bot.features.contests.declared import ContestOptions, as_announced, feature, options_of
from bot.features.contests.doubtful import doubts
from bot.features.contests.found import title_of
from rules.vocabulary import Uses

_PREVIEWS = ("preview.contest", "preview.contest_vote", "preview.contest_closes")


def _steps(options: ContestOptions) -> tuple[Step, ...]:
    vote_at = options.enter_for
    return Step(), Step(after=vote_at, is_needed=True), Step(after=vote_at + options.vote_for, is_needed=True)


def _preview(course: Course, occurrence: Occurrence) -> Words:
    return Text(id=_PREVIEWS[occurrence.step], values={"title": options_of(course, occurrence.ritual).title})


@feature.action("contest", ContestOptions, preview=_preview, steps=_steps, uses=Uses(doubts=doubts))
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
    ends = {"entries_until": entries_until, "votes_until": votes_until}
    found = store.open_contest(ctx.db, due, **ends, options=as_announced(options))
    _say(
        ctx,
        due,
        Text(id="contest.opens", values={"title": options.title, "until": ctx.course.wall_time(entries_until)}),
        Text(id="contest.how"),
        Text(id="contest.then", values={"until": ctx.course.wall_time(votes_until)}),
    )
    if options.from_featured:
        inviting.ask(ctx, found)


# --- the vote ---------------------------------------------------------------------------------------------------------


def _show_gallery(ctx: Context, due: OccurrenceDue) -> None:
    """No more works are taken; where there are too few for a choice, that is the end of it."""
    found = store.take_no_more(ctx.db, due)
    if found is None:
        return
    works = entries.works(ctx.db, found.id)
    if len(works) < options_of(ctx.course, due.ritual).min_entries:
        store.close(ctx.db, due)
        _say(ctx, due, _too_few(ctx, found, len(works)))
        return
    gallery.number_works(ctx, found, works)
    is_missed = due.at >= store.votes_end(ctx.db, found)
    if is_missed:
        store.close(ctx.db, due)
    gallery.post(ctx, found, is_missed=is_missed)
    if not is_missed:
        shown = entries.shown(ctx.db, found.id)
        files.fetch(ctx, shown)
        blindness.tell_of_same(ctx, found, shown)


def _too_few(ctx: Context, found: Any, count: int) -> Text:
    id = "contest.too_few" if count else "contest.nobody"
    return Text(id=id, values={"title": title_of(ctx, found), "count": count})


# --- the places -------------------------------------------------------------------------------------------------------


def _close(ctx: Context, due: OccurrenceDue) -> None:
    found = store.close(ctx.db, due)
    if found is not None:
        counting.count(ctx, found)
        gallery.correct(ctx, found)
