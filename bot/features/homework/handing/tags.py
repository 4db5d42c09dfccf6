"""Posts with #作业 or #homework: they are handed in where they stand."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.domain.errors import UserError
from bot.domain.events import MessagePosted, PlainMessage
from bot.domain.homework import Homework
from bot.domain.messages import Text
from bot.domain.places import Space
from bot.engine.context import Context, MessageBatch
from bot.features.homework.declared import feature
from bot.features.homework.handing.meant import named
from bot.features.homework.handing.receipts import count_up, hand_over
from bot.features.homework.handing.submitting import PLACES, ask_which, hand_in_checked, only_one, take, work_of
from storage.database import savepoint

_TAG = re.compile(r"(?<!\w)[#＃](?:作业|交作业|homework)(?!\w)[#＃]?", re.IGNORECASE)


class Tagged(NamedTuple):
    """A text that is handed in: what stands around the tag."""

    before: str
    after: str


def tagged(text: str) -> Tagged | None:
    """None where it carries no tag. Pure."""
    if "#" not in text and "＃" not in text:
        return None
    found = _TAG.search(text)
    return Tagged(text[: found.start()].strip(), text[found.end() :].strip()) if found else None


@feature.watch_messages
def collect(batch: MessageBatch, messages: Sequence[PlainMessage]) -> None:
    """However many come at once, they are counted once."""
    counted: dict[str, tuple[Context, Homework]] = {}
    for message, said in _handed_in(messages):
        ctx = batch.context_for(message)
        try:
            with savepoint(batch.db):
                homework = _take(ctx, message.event, message.space, said)
        except UserError as mistake:  # nothing of it is kept
            ctx.reply_words(mistake.text)
            ctx.reply_buttons((Text(id=button.label), button.command) for button in mistake.buttons)
            homework = None
        if homework:
            counted[homework.id] = ctx, homework
    for ctx, homework in counted.values():
        count_up(ctx, homework)


@feature.in_private(lambda text: tagged(text) is not None)
def written(ctx: Context, event: MessagePosted) -> None:
    """To the bot alone: the answer is the receipt."""
    said = tagged(event.text)
    if said is None or ctx.member.role != "student":
        raise UserError("homework.for_students")
    wanted = named(ctx, said.after)
    take(ctx, wanted.homework, work_of(event, without_tag(said.before, wanted.rest)))


def _handed_in(messages: Sequence[PlainMessage]) -> Iterator[tuple[PlainMessage, Tagged]]:
    for message in messages:
        said = tagged(message.event.text)
        if said and message.member.role == "student" and message.space.kind in PLACES:
            yield message, said


def _take(ctx: Context, event: MessagePosted, space: Space, said: Tagged) -> Homework | None:
    """For which homework there is one more version now, if for any."""
    wanted = named(ctx, said.after)
    work = work_of(event, without_tag(said.before, wanted.rest))
    homework = wanted.homework or only_one(ctx, work)
    if homework is None:
        ask_which(ctx, work)
        return None
    receipt = hand_in_checked(ctx, homework, work)
    hand_over(ctx, space, event.message, receipt)
    return None if receipt.is_known else homework


def without_tag(before: str, after: str) -> str:
    return "\n".join(part for part in (before, after) if part)
