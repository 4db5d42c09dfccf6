"""Opens the review day with the week's works, and closes it with thanks."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.course import Course
from bot.domain.events import OccurrenceDue
from bot.domain.ids import MemberId
from bot.domain.messages import Text, Words
from bot.domain.places import Space
from bot.domain.rituals import Occurrence, Step
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.messages import message_object
from bot.engine.roster import praised_names
from bot.engine.works import Work, excerpt
from bot.features.review import store
from rules.fields import PositiveDuration
from rules.vocabulary import Uses

feature = Feature("review", needs=("reactions_on", "thanks_on"))

_WEEK = timedelta(days=7)
_EXCERPT = 100  # columns
_CLOSE = 1


class ReviewOptions(BaseModel):
    """How long one may comment, and how many works are shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    lasts: PositiveDuration = timedelta(hours=2)
    top: int = Field(default=5, ge=1, le=10, strict=True)


def _steps(options: ReviewOptions) -> tuple[Step, ...]:
    return Step(), Step(after=options.lasts, is_needed=True)


def _preview(course: Course, occurrence: Occurrence) -> Words:
    return Text(id="preview.review_closes" if occurrence.step == _CLOSE else "preview.review")


@feature.action("review", ReviewOptions, preview=_preview, steps=_steps, uses=Uses(is_session=True))
def review(ctx: Context, due: OccurrenceDue) -> None:
    if due.step == _CLOSE:
        _close(ctx, due)
    else:
        _open(ctx, due)


def _open(ctx: Context, due: OccurrenceDue) -> None:
    options = _options(ctx.course, due.ritual)
    store.open_session(ctx.db, due)
    if ctx.space is None:
        return
    until = (due.due_at + options.lasts).astimezone(ctx.course.tzinfo)
    mistakes: list[Words] = ctx.ask_each("mistakes", ctx.course, ctx.now - _WEEK, ctx.now)
    ctx.say(ctx.space, *_lines(_best(ctx, ctx.space, options.top), mistakes, until=until), key=due.key)


def _lines(works: Sequence["_Named"], mistakes: Sequence[Words], **when: object) -> Iterator[Words]:
    """The works, then what many missed this week, so that one talks about both."""
    if not works:
        yield Text(id="review.no_works", values=when)
        yield from mistakes
        return
    yield Text(id="review.opens")
    for number, one in enumerate(works, 1):
        work = excerpt(one.work.text, one.work.files, _EXCERPT)
        yield Text(id="review.work", values={"number": number, "name": one.name, "work": work})
    yield from mistakes
    yield Text(id="review.asks", values=when)


class _Named(NamedTuple):
    """A work, and the name that others read."""

    name: str
    work: Work


def _best(ctx: Context, space: Space, top: int) -> list[_Named]:
    """What others liked most of what was shown in this space, one of each member who likes to be praised and is here.

    What is shown in another space is for those who are in that one.
    """
    shown: list[Work] = ctx.ask_each("works", ctx.course.id, ctx.now - _WEEK, ctx.now)
    works = [work for work in shown if work.space == space.id]
    names = praised_names(ctx.db, {work.member for work in works})
    liked = _liked(ctx, works)
    ranked = sorted(works, key=lambda work: (-liked[work], -work.length, work.at, work.member))
    best: dict[MemberId, Work] = {}
    for work in ranked:
        best.setdefault(work.member, work)
    return [_Named(names[work.member], work) for work in best.values() if work.member in names][:top]


def _liked(ctx: Context, works: Sequence[Work]) -> Mapping[Work, int]:
    """How many have put a reaction under it, and how many have thanked its member on that day."""
    if not works:
        return {}
    reactions = ctx.ask("reactions_on", [work.message for work in works if work.message])
    days = {work: ctx.course.date_at(work.at) for work in works}
    thanks = ctx.ask("thanks_on", ctx.course.id, min(days.values()), max(days.values()))
    return {work: reactions.get(work.message, 0) + thanks.get((work.member, days[work]), 0) for work in works}


def _close(ctx: Context, due: OccurrenceDue) -> None:
    found = store.close_session(ctx.db, due)
    if found is None or ctx.space is None:
        return
    spaces = ctx.live.spaces_of(ctx.course.id, id=ctx.space.id)
    chats = [message_object(space.address, "") for space in spaces]
    count = store.commenters(ctx.db, found, chats, due.due_at)
    ctx.say(ctx.space, Text(id="review.closed" if count else "review.quiet", values={"count": count}), key=due.key)


def _options(course: Course, ritual: str) -> ReviewOptions:
    found = course.ritual(ritual)
    return found.options if found and isinstance(found.options, ReviewOptions) else ReviewOptions()
