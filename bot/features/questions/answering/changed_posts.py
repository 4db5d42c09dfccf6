"""Messages that answers stand in, changed or deleted by their authors; and posts of ours that are gone."""

from bot.domain.events import MessageDeleted, MessageEdited
from bot.domain.messages import Text
from bot.domain.text import visible_length
from bot.engine.context import Context
from bot.engine.messages import message_object
from bot.engine.names import clean_lines
from bot.features.questions import flow
from bot.features.questions.answering import giving
from bot.features.questions.declared import feature
from bot.features.questions.meant import number_of_post, post_key
from bot.features.questions.store import answers, questions
from bot.features.questions.store.answers import Answer
from bot.features.questions.store.questions import OPEN, Question
from storage.outbox import lose


def _standing_in(ctx: Context, event: MessageEdited | MessageDeleted) -> tuple[Question, Answer] | None:
    """The answer in this message, and its question, locked in the order in which everybody locks them."""
    if ctx.space is None:
        return None
    found = answers.from_message(ctx.db, ctx.course.id, message_object(event.address, event.message))
    row = questions.by_number(ctx.db, ctx.course.id, found.question, lock=True) if found else None
    given = answers.by_number(ctx.db, ctx.course.id, found.id) if found else None
    return (row, given) if row and given and given.withdrawn_at is None else None


@feature.on(MessageEdited)
def edited(ctx: Context, event: MessageEdited) -> None:
    """Who asked reads what it says now."""
    found = _standing_in(ctx, event)
    text = clean_lines(event.text[: giving.LONGEST])
    if found and visible_length(text) and text.strip() != found[1].text.strip():
        row, given = found
        flow.correct_answer(ctx, row, given, text, is_seen=True)


@feature.on(MessageDeleted)
def deleted(ctx: Context, event: MessageDeleted) -> None:
    """What somebody has taken out of the group is an answer no more. The staff's own room may be tidied up."""
    if ctx.space is None:
        return
    lost = lose(ctx.db, event.address, event.message)
    if lost:
        _lost(ctx, lost.rpartition("@")[0])
    found = _standing_in(ctx, event) if ctx.space.kind != "staff" else None
    if found:
        note = ctx.engine.voice.texts.say(ctx.course.language, "answer.deleted")
        flow.withdraw_answer(ctx, *found, note, is_seen=True)


def _lost(ctx: Context, key: str) -> None:
    """A question outlives its post: staff are told, and what is said of it next is posted anew."""
    number = number_of_post(key) if key.startswith("question:") else None
    row = questions.by_number(ctx.db, ctx.course.id, number) if number is not None else None
    if row is None or key != post_key(row) or row.state not in OPEN:
        return
    button = Text(id="button.question_repost"), f"question Q{row.id} post"
    ctx.tell_staff(
        Text(id="question.post_is_gone", values={"number": row.id}),
        key=f"{post_key(row)}:gone:{ctx.event.key}",
        buttons=[button],
    )
