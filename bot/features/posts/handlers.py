"""The action `post`: a text in its turn, with what goes with it, and a poll behind it."""

from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.course import Course
from bot.domain.events import CommandInvoked, OccurrenceDue, PollVoted
from bot.domain.messages import Localised, Template, Text, Words
from bot.domain.rituals import Occurrence
from bot.engine.context import Context
from bot.engine.excerpts import excerpt
from bot.engine.feature import Feature
from bot.features.posts import polls, store
from bot.features.posts.options import CLOSE_POLL, PostOptions, asked_by, options_of, steps_of
from storage.personal import Personal

feature = Feature("posts")
feature.fact(polls.VOTED, ritual="text")
feature.personal(Personal(store.vote))


def _preview(course: Course, occurrence: Occurrence) -> Words:
    options = options_of(course, occurrence.ritual)
    if options is None or occurrence.step == CLOSE_POLL:
        return Text(id="preview.poll_closes")
    if options.say and len(options.say) > 1:
        return Text(id="preview.post_one_of", values={"count": len(options.say)})
    if options.say:
        return Text(id="preview.post", values={"text": excerpt(options.say[0])})
    if options.attached:
        return Text(id="preview.post_files", values={"files": [file.name for file in options.attached]})
    assert options.poll, "a post says something"
    return Text(id="preview.poll", values={"question": options.poll.question})


@feature.action("post", PostOptions, preview=_preview, steps=steps_of)
def post(ctx: Context, due: OccurrenceDue) -> None:
    options = options_of(ctx.course, due.ritual)
    if due.step == CLOSE_POLL:
        polls.close_poll(ctx, due)
    elif options and ctx.space:
        pin_as = due.ritual if options.pin else None
        if options.has_words:
            _post(ctx, due, options, pin_as=None if options.poll else pin_as)
        if options.poll:
            polls.open_poll(ctx, due, options.poll, pin_as=pin_as)


@feature.command("poll", is_listed=False)
def vote(ctx: Context, cmd: CommandInvoked) -> None:
    polls.vote(ctx, cmd)


@feature.on(PollVoted)
def voted(ctx: Context, event: PollVoted) -> None:
    polls.take_vote(ctx, event)


def _post(ctx: Context, due: OccurrenceDue, options: PostOptions, *, pin_as: str | None) -> None:
    text = _in_turn(ctx, due, options)
    values = {name: _value(ctx.course, due, name) for name in asked_by(text)} if text else {}
    if lacking := sorted(name for name, value in values.items() if value is None):
        ctx.tell_staff(Text(id="post.gap", values={"ritual": due.ritual, "date": due.local_date, "names": lacking}))
        return
    assert ctx.space, "a post has a place"
    button = (Text(id="button.checkin"), f"checkin {due.local_date.isoformat()}")
    ctx.say(
        ctx.space,
        *([Template(text=text, values=values)] if text else []),
        key=due.key,
        buttons=[button] if options.checkin_button else [],
        files=options.attached,
        pin_as=pin_as,
    )


def _in_turn(ctx: Context, due: OccurrenceDue, options: PostOptions) -> Localised | None:
    """Each text once, before the first comes again."""
    texts = options.say or ()
    if len(texts) <= 1:
        return next(iter(texts), None)
    return texts[store.times_before(ctx.db, due, len(steps_of(options))) % len(texts)]


def _value(course: Course, due: OccurrenceDue, name: str) -> Any:
    """What a placeholder stands for; None where the calendar does not hold it."""
    match name:
        case "day":
            return course.day_number(due.local_date)
        case "date":
            return due.local_date
        case "title":
            day = course.day(due.local_date)
            return day.title if day else None
        case "time":
            ritual = course.ritual(due.ritual)
            zone = ZoneInfo(ritual.zone) if ritual else course.tzinfo
            return f"{due.due_at.astimezone(zone):%H:%M}"
        case _:  # a lesson, a deadline
            here = (anchor for anchor in course.anchors if anchor.kind == name and anchor.date == due.local_date)
            return next((f"{anchor.at:%H:%M}" for anchor in here), None)
