"""Posts with #作业 or #homework: they are handed in where they stand."""

from collections.abc import Iterator, Sequence

from bot.domain.errors import UserError
from bot.domain.events import MessagePosted, PlainMessage
from bot.domain.homework import Homework
from bot.domain.messages import Text
from bot.domain.places import Space
from bot.engine.context import Context, MessageBatch
from bot.engine.telling import ears_of
from bot.engine.voice import NOTICE_LIFE, Utterance
from bot.features.homework.declared import feature
from bot.features.homework.handing.meant import meant
from bot.features.homework.handing.receipts import count_up, hand_over
from bot.features.homework.handing.submitting import PLACES, ask_which, hand_in_checked, only_one, take, work_of
from bot.features.homework.handing.tagging import Tagged, speaks_of_it, tagged, without_tag
from storage.database import savepoint


@feature.watch_messages
def collect(batch: MessageBatch, messages: Sequence[PlainMessage]) -> None:
    """However many come at once, they are counted once."""
    counted: dict[str, tuple[Context, Homework]] = {}
    for message, said in _handed_in(messages):
        ctx = batch.context_for(message)
        if homework := take_post(ctx, message.event, message.space, said):
            counted[homework.id] = ctx, homework
    for ctx, homework in counted.values():
        count_up(ctx, homework)
    for message in messages:
        if _may_hand_in(message) and speaks_of_it(message.event.text):
            _say_where_it_stands(batch.context_for(message))


@feature.in_private(lambda text: tagged(text) is not None)
def written(ctx: Context, event: MessagePosted) -> None:
    """To the bot alone: the answer is the receipt."""
    said = tagged(event.text)
    if said is None or ctx.member.role != "student":
        raise UserError("homework.for_students")
    wanted = meant(ctx, said.after)
    take(ctx, wanted.homework, work_of(event, without_tag(said.before, wanted.rest)))


def _handed_in(messages: Sequence[PlainMessage]) -> Iterator[tuple[PlainMessage, Tagged]]:
    for message in messages:
        said = tagged(message.event.text)
        if said and _may_hand_in(message):
            yield message, said


def _may_hand_in(message: PlainMessage) -> bool:
    return message.member.role == "student" and message.space.kind in PLACES


def _say_where_it_stands(ctx: Context) -> None:
    """To who may have meant to hand in, alone and once a day; nothing where they can't be reached."""
    line = Text(id="homework.tag_within")
    what = Utterance(lines=[line], life=NOTICE_LIFE, is_confidential=True)
    for who, ear in ears_of(ctx, [ctx.member.id], have_asked=True).items():
        key = f"homework:tag:{ctx.course.id}:{who}:{ctx.today:%Y-%m-%d}"
        ctx.whisper(ear.user, ear.space, what, key=key, language=ear.language)


def take_post(ctx: Context, event: MessagePosted, space: Space, said: Tagged) -> Homework | None:
    """For which homework there is one more version now, if for any; what is wrong is answered."""
    try:
        with savepoint(ctx.db):
            return _take(ctx, event, space, said)
    except UserError as mistake:  # nothing of it is kept
        ctx.reply_words(mistake.text)
        ctx.reply_buttons((Text(id=button.label), button.command) for button in mistake.buttons)
        return None


def _take(ctx: Context, event: MessagePosted, space: Space, said: Tagged) -> Homework | None:
    wanted = meant(ctx, said.after)
    work = work_of(event, without_tag(said.before, wanted.rest))
    homework = wanted.homework or only_one(ctx, work)
    if homework is None:
        ask_which(ctx, work)
        return None
    receipt = hand_in_checked(ctx, homework, work)
    hand_over(ctx, space, event.message, receipt)
    return None if receipt.is_known else homework
