"""The receipt: what became of a work, said to its author alone; and the one post that counts them all."""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from bot.domain.course import Course
from bot.domain.homework import Homework
from bot.domain.messages import Reaction, Text, Words
from bot.domain.places import Space
from bot.engine.context import Context
from bot.engine.telling import ears_of, tell
from bot.engine.voice import Label, Utterance, Where
from bot.features.homework.assignments import deadline_for_all
from bot.features.homework.audience import spaces_of
from bot.features.homework.handing.handing_in import Receipt
from bot.features.homework.handing.without_words import Wordless, wordless
from bot.features.homework.posts.describing import rough, until
from bot.features.homework.store import hand_ins, shown
from bot.features.homework.store.hand_ins import HandIn

_NAMES = 6
_TICK = "✅"


class Slip(NamedTuple):
    """A receipt in words."""

    lines: list[Words]
    buttons: list[Label]


def slip(ctx: Context, receipt: Receipt) -> Slip:
    found = wordless(ctx, receipt)
    return Slip([*_lines(ctx.course, receipt, found)], [*_buttons(receipt, found)])


def _lines(course: Course, receipt: Receipt, found: Wordless | None) -> Iterator[Words]:
    """Number, version, time, how long before the deadline or what lateness costs, which version counts, points."""
    named = {"homework": receipt.homework.title, "number": receipt.number, "version": receipt.version}
    yield Text(id="homework.received_before" if receipt.is_known else "homework.received", values=named)
    yield _when(course, receipt)
    if receipt.is_late and (percent := receipt.homework.late.loss(-receipt.left)):
        yield Text(id="homework.received_loses", values={"percent": percent})
    if receipt.counts != receipt.version:
        id = "homework.received_too_late" if receipt.is_late else "homework.received_not_chosen"
        yield Text(id=id, values={"counts": receipt.counts})
    if found and found.whole:
        yield Text(id="homework.received_wordless_again", values={"whole": found.whole})
    elif found:
        yield Text(id="homework.received_wordless")
    if receipt.points:
        yield Text(id="points.plus", values={"points": receipt.points})


def _when(course: Course, receipt: Receipt) -> Text:
    at = course.wall_time(receipt.at)
    if receipt.is_late:
        return Text(id="homework.received_late", values={"at": at, "by": rough(-receipt.left)})
    if receipt.left.total_seconds() < 0:
        return Text(id="homework.received_in_grace", values={"at": at})
    if not receipt.left:
        return Text(id="homework.received_at_last", values={"at": at})
    return Text(id="homework.received_in_time", values={"at": at, "left": rough(receipt.left)})


def _buttons(receipt: Receipt, found: Wordless | None) -> Iterator[Label]:
    number = receipt.number
    other = receipt.version if receipt.counts != receipt.version and not receipt.is_late else None
    if version := found.whole if found else other:
        yield Text(id="button.version_counts", values={"version": version}), f"homework {number} use {version}"
    yield Text(id="button.hand_in_show", values={"number": number}), f"homework {number}"


def hand_over(ctx: Context, space: Space, message: str, receipt: Receipt) -> None:
    """The receipt of a post, to its author alone.

    Who can't be written to yet sees a sign under the post, and finds the receipt in their private chat with the bot as
    soon as they open it.
    """
    said = slip(ctx, receipt)
    what = Utterance(lines=said.lines, buttons=said.buttons, is_kept=True, is_confidential=True)
    ear = ears_of(ctx, [ctx.member.id], have_asked=True).get(ctx.member.id)
    user, there = (ear.user, ear.space) if ear else (ctx.actor.user, space)
    ctx.whisper(user, there, what, key=f"receipt:{ctx.event.key}", language=ctx.language)
    if ear is None:
        _tick(ctx, message)


def _tick(ctx: Context, message: str) -> None:
    """Under the post, where the platform has that."""
    act = Utterance(lines=(), act=Reaction(message=message, emoji=_TICK), policy="replaceable")
    where = Where(address=ctx.actor_address)
    ctx.writes.say(ctx.engine.voice.queue(f"tick:{ctx.event.key}", act, where, ctx.course.language, ctx.now))


def count_up(ctx: Context, homework: Homework) -> None:
    """Keep the one post up to date that says how many there are, and who was last; it stands quietly and is edited."""
    ctx.once_afterwards(f"homework:{homework.id}", partial(_post_counter, homework=homework))


def _post_counter(ctx: Context, homework: Homework) -> None:
    count, _ = shown.in_time(ctx.db, ctx.course.id, homework.id)
    last = shown.last_handed_in(ctx.db, ctx.course.id, homework.id, _NAMES)
    names = [
        Text(id="homework.counter_name", values={"number": row.number, "name": row.name, "version": row.version})
        for row in last
    ]
    lines: list[Words] = [Text(id="homework.counter", values={"homework": homework.title, "count": count})]
    if names:
        lines.append(Text(id="homework.counter_last", values={"names": names}))
    lines += until(ctx.course, deadline_for_all(ctx, homework))
    for space in spaces_of(ctx, homework):
        ctx.keep_posted(space, *lines, key=f"homework:{ctx.course.id}:{homework.id}:counter:{space.id}")


def tell_grader(ctx: Context, row: HandIn) -> None:
    """Who is looking at it right now hears that another version counts; what they have noted stays."""
    values = {"number": row.id, "version": row.counts}
    _tell_grader(ctx, row, Text(id="homework.changed_meanwhile", values=values))


def tell_grader_it_is_gone(ctx: Context, row: HandIn) -> None:
    """Who is looking at it right now need not go on."""
    _tell_grader(ctx, row, Text(id="homework.withdrawn_meanwhile", values={"number": row.id}))


def _tell_grader(ctx: Context, row: HandIn, words: Words) -> None:
    grader = hand_ins.grader_of(ctx.db, row.draft) if row.draft else None
    if grader is not None:
        tell(ctx, grader, words)
