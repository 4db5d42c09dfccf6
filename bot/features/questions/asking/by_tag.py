"""Posts with #提问, #ask or #question: they are asked where they stand.

What is said otherwise is heard for a day, where somebody may put a ❓ under it.
"""

from collections.abc import Sequence

from bot.domain.errors import UserError
from bot.domain.events import MessagePosted, PlainMessage
from bot.domain.messages import Text
from bot.domain.places import Member, SpaceKind
from bot.domain.text import visible_length
from bot.engine.context import Context, MessageBatch
from bot.engine.messages import message_object
from bot.engine.pieces import pieces_of
from bot.features.questions import telling
from bot.features.questions.asking.marked import marked
from bot.features.questions.asking.quietly import quiet
from bot.features.questions.asking.said import LONGEST, TAG, Asked, bare_words
from bot.features.questions.asking.taking import again, check_all, check_student, take_at_once, take_slowly
from bot.features.questions.asking.unnamed import check_named, unclear
from bot.features.questions.declared import feature
from bot.features.questions.store import heard, questions

PLACES: tuple[SpaceKind, ...] = ("main", "interest", "questions", "homework")


@feature.watch_messages
def collect(batch: MessageBatch, messages: Sequence[PlainMessage]) -> None:
    mine = [message for message in messages if message.member.role == "student" and message.space.kind in PLACES]
    marked = [message for message in mine if batch.voice.takes_signs(message.event.address.platform)]
    heard.keep(batch.db, [_words(message) for message in marked if 0 < visible_length(message.event.text) <= LONGEST])
    for message in mine:
        if TAG.tagged(message.event.text) and not _is_known(batch, message.event):
            take_post(batch.context_for(message), message.member, asked_in(message.event))


def _is_known(batch: MessageBatch, event: MessagePosted) -> bool:
    """Whether it was asked already: that it was edited was told before that it was posted."""
    return questions.from_message(batch.db, message_object(event.address, event.message)) is not None


def _words(message: PlainMessage) -> heard.Words:
    event = message.event
    return heard.Words(
        object=message_object(event.address, event.message),
        course=message.space.course,
        member=message.member.id,
        at=event.at,
        user=event.actor.user,
        text=event.text,
        files=pieces_of(event.attachments, event.address.platform),
    )


def asked_in(event: MessagePosted) -> Asked:
    """What a post asks."""
    return Asked(
        text=bare_words(event.text),
        attachments=event.attachments,
        object=message_object(event.address, event.message),
        user=event.actor.user,
    )


def take_post(ctx: Context, whose: Member, said: Asked) -> None:
    """The group reads the question and nothing else; who asks is told alone what came of it."""
    try:
        check_named(ctx, said.text)
        same = check_all(ctx, whose, said)
    except UserError as mistake:
        there = quiet(ctx)
        ways = [(Text(id=button.label), button.command) for button in mistake.buttons]
        telling.to_member(there, whose.id, [mistake.text], buttons=ways)
    else:
        there = quiet(ctx)
        if same:
            again(there, same)
        else:
            take_at_once(there, whose, said)
    there.finish()


@feature.in_private(lambda text: TAG.tagged(text) is not None)
def written(ctx: Context, event: MessagePosted) -> None:
    """To the bot alone: the answer is the receipt, and a name may be left out."""
    check_student(ctx.member)
    said = asked_in(event)
    wish, words = marked(said.text)
    if wish == "unclear":
        raise unclear(ctx, words, has_files=bool(said.attachments))
    take_slowly(ctx, ctx.member, said._replace(text=words, is_anonymous=wish == "unnamed"))
