"""What is said below a question's posts: answers, what the asker adds; in the staff room, what is to be said there."""

import re

from bot.domain.errors import UserError
from bot.domain.events import MessagePosted
from bot.domain.messages import Reaction, Text
from bot.engine.context import Context
from bot.engine.messages import message_object
from bot.engine.pieces import pieces_of
from bot.engine.voice import Utterance, Where
from bot.features.questions import telling
from bot.features.questions.answering import giving
from bot.features.questions.answering.small_talk import is_no_help, is_nothing, is_thanks
from bot.features.questions.asking.by_tag import PLACES
from bot.features.questions.asking.said import TAG
from bot.features.questions.declared import feature
from bot.features.questions.given import Given
from bot.features.questions.meant import answers_as_staff, is_asker, number_of_post
from bot.features.questions.store import questions
from bot.features.questions.store.questions import OPEN, UNFILED, Question

_TICK = "✅"
_ASKS_BACK = re.compile(r"\s*(?:[?？]+|追问)\s*[:：,，]?\s*(.+)", re.DOTALL)


@feature.below("question")
def heard(ctx: Context, event: MessagePosted, key: str) -> None:
    """Of a question that is settled, nothing is heard in the open; staff are told."""
    number = number_of_post(key)
    row = questions.by_number(ctx.db, ctx.course.id, number, lock=True) if number is not None else None
    is_among_staff = ctx.space is not None and ctx.space.kind == "staff"
    if row is None and is_among_staff:
        _of_several(ctx, event)
    if row is None or row.state in UNFILED or _is_asked(ctx, event):
        return
    row = _meant(ctx, row)
    if is_among_staff:
        _among_staff(ctx, row, event)
    elif row.state in OPEN:
        _in_the_open(ctx, row, event)
    elif row.state == "closed" and is_asker(ctx, row) and not row.is_anonymous and not is_thanks(event.text):
        telling.not_heard(ctx, row)


def _meant(ctx: Context, row: Question) -> Question:
    """What staff say of one that was merged is an answer to all who ask the same."""
    if row.state != "merged" or not answers_as_staff(ctx):
        return row
    return questions.by_number(ctx.db, ctx.course.id, row.merged_into, lock=True) or row


def _is_asked(ctx: Context, event: MessagePosted) -> bool:
    """Whether it is a question of its own, wherever it stands."""
    is_asker = ctx.member.role == "student" and ctx.space is not None and ctx.space.kind in PLACES
    return is_asker and TAG.tagged(event.text) is not None


def _given(event: MessagePosted, text: str) -> Given:
    pieces = pieces_of(event.attachments[: giving.MOST_FILES], event.actor.platform)
    return Given(text, pieces, object=message_object(event.address, event.message))


# --- in the open ------------------------------------------------------------------------------------------------------


def _in_the_open(ctx: Context, row: Question, event: MessagePosted) -> None:
    """Who has asked without a name is a classmate like any other here."""
    if is_asker(ctx, row) and not row.is_anonymous:
        _more_from_asker(ctx, row, event)
    elif answers_as_staff(ctx):
        _from_staff(ctx, row, event)
    elif event.attachments or not is_no_help(event.text):
        telling.answer_noted(ctx, row, ctx.member, giving.give(ctx, row, _given(event, event.text)))


def _more_from_asker(ctx: Context, row: Question, event: MessagePosted) -> None:
    """While staff have asked back, a word is enough; after an answer, thanks add nothing."""
    is_heard = bool(event.text.strip()) if row.state == "asked_back" else not is_thanks(event.text)
    if event.attachments or is_heard:
        giving.add(ctx, row, _given(event, event.text))


def _from_staff(ctx: Context, row: Question, event: MessagePosted) -> None:
    asks = _ASKS_BACK.fullmatch(event.text)
    if asks:
        giving.ask_back(ctx, row, _given(event, asks[1]))
    elif event.attachments or not is_nothing(event.text):
        giving.give(ctx, row, _given(event, event.text))
    else:
        return
    _tick(ctx, event.message)


def _tick(ctx: Context, message: str) -> None:
    """Under the message, where the platform has that: nobody else has to read a receipt."""
    act = Utterance(lines=(), act=Reaction(message=message, emoji=_TICK), policy="replaceable")
    where = Where(address=ctx.actor_address)
    ctx.writes.say(ctx.engine.voice.queue(f"tick:{ctx.event.key}", act, where, ctx.course.language, ctx.now))


# --- among staff ------------------------------------------------------------------------------------------------------


def _of_several(ctx: Context, event: MessagePosted) -> None:
    """Below news of several questions nobody can say which one is answered. Raises UserError."""
    if answers_as_staff(ctx) and not is_nothing(event.text):
        raise UserError("answer.which")


def _not_theirs(ctx: Context, event: MessagePosted) -> None:
    """An assistant who looks after other things is told so, or they would wait. Raises UserError."""
    if ctx.member.role == "assistant" and not is_nothing(event.text):
        raise UserError("answer.not_your_area", area=Text(id="area.questions"))


def _among_staff(ctx: Context, row: Question, event: MessagePosted) -> None:
    """What is said in reply to the staff's post is posted below the one that everybody reads."""
    if not answers_as_staff(ctx):
        _not_theirs(ctx, event)
        return
    asks = _ASKS_BACK.fullmatch(event.text)
    if asks:
        giving.ask_back(ctx, row, _given(event, asks[1]))
        ctx.reply("question.asked_back_now", number=row.id)
    elif event.attachments or not is_nothing(event.text):
        giving.confirm(ctx, row, giving.give(ctx, row, _given(event, event.text)))
