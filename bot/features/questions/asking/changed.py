"""The message that holds a question is edited or deleted: before an answer the question goes along, after it stays."""

from bot.domain.errors import UserError
from bot.domain.events import MessageDeleted, MessageEdited, MessagePosted
from bot.domain.messages import Text
from bot.domain.text import visible_length
from bot.engine.context import Context
from bot.engine.messages import message_object
from bot.engine.roster import member_of, present_member
from bot.engine.transaction import Belonging
from bot.features.questions import flow, posts, telling
from bot.features.questions.asking.by_tag import PLACES, asked_in, take_post
from bot.features.questions.asking.said import LONGEST, TAG, Asked, bare_words, check
from bot.features.questions.asking.taking import sorted_as
from bot.features.questions.declared import DRAFT_ALARM, feature
from bot.features.questions.given import Given
from bot.features.questions.store import answers, asked, heard, questions
from bot.features.questions.store.questions import OPEN, Question
from storage import alarms


def _there(ctx: Context, row: Question) -> Context | None:
    """In the course of the question; nobody is known to have caused it. It has to be finished."""
    course = ctx.live.courses.get(row.course)
    return Context(ctx.tx, ctx.event, Belonging(course=course, space=ctx.space), writes=ctx.writes) if course else None


def _is_untouched(ctx: Context, row: Question) -> bool:
    """Whether nobody has answered it yet."""
    return row.state in ("waiting", "asked_back") and not answers.of_question(ctx.db, row.id)


# --- edited -----------------------------------------------------------------------------------------------------------


@feature.on(MessageEdited)
def edited(ctx: Context, event: MessageEdited) -> None:
    object = message_object(event.address, event.message)
    heard.change(ctx.db, object, event.text)
    row = questions.from_message(ctx.db, object)
    if row is None:
        _ask_first(ctx, event)
        return
    there, words = _there(ctx, row), bare_words(event.text)
    if there is None or not visible_length(words) or words == row.text:
        return
    _reword(there, row, words)
    there.finish()


def _ask_first(ctx: Context, event: MessageEdited) -> None:
    """As a post of its author, who has just put the tag into it. Files that came with it nobody tells us of again."""
    if ctx.space is None or ctx.space.kind not in PLACES or TAG.tagged(event.text) is None:
        return
    if answers.from_message(ctx.db, ctx.course.id, message_object(event.address, event.message)):
        return  # an answer already, below another one's question
    author = present_member(ctx.db, ctx.course.id, event.actor)
    if author is None or author.role != "student":
        return
    posted = MessagePosted(
        key=event.key,
        at=event.at,
        actor=event.actor,
        address=event.address,
        message=event.message,
        text=event.text,
    )
    take_post(ctx, author, asked_in(posted))


def _reword(ctx: Context, row: Question, words: str) -> None:
    if row.state == "drafted":
        _change_draft(ctx, row, words)
    elif len(words) > LONGEST or not _is_untouched(ctx, row):
        _keep_words(ctx, row)
    else:
        _change_words(ctx, row, words)


def _change_draft(ctx: Context, row: Question, words: str) -> None:
    """What is far too long can't be asked, however it came to be so."""
    try:
        check(Asked(words))
    except UserError as mistake:
        telling.to_asker(ctx, row, [mistake.text])
    else:
        sorted_ = {} if row.is_sorted else sorted_as(ctx, words)
        questions.change(ctx.db, row.id, text=words, **sorted_)


def _change_words(ctx: Context, row: Question, words: str) -> None:
    """It is another question now; the clock goes on. Where staff have asked back, that is what they get."""
    before = {"question": row.id, "member": row.member, "at": ctx.now, "kind": "before", "text": row.text}
    answers.add_remark(ctx.db, before | {"files": [], "object": None})
    sorted_ = {} if row.is_sorted else sorted_as(ctx, words)
    row = questions.change(ctx.db, row.id, text=words, **sorted_)
    posts.show(ctx, row)
    if row.state == "asked_back":
        author = Belonging(course=ctx.course, space=ctx.space, member=member_of(ctx.db, row.member))
        flow.add(Context(ctx.tx, ctx.event, author, writes=ctx.writes), row, Given(words, object=row.object))
    telling.to_asker(ctx, row, [Text(id="question.reworded", values=telling.about(row))])


def _keep_words(ctx: Context, row: Question) -> None:
    """Who reads the answers is to know what they answer."""
    if row.state in ("withdrawn", "helped"):
        return
    telling.to_asker(ctx, row, [Text(id="question.keeps_words", values=telling.about(row))])
    if row.state in OPEN:
        ctx.tell_staff(Text(id="question.edited_since", values={"number": row.id}))


# --- deleted ----------------------------------------------------------------------------------------------------------


@feature.on(MessageDeleted)
def deleted(ctx: Context, event: MessageDeleted) -> None:
    object = message_object(event.address, event.message)
    heard.forget(ctx.db, object)
    row = questions.from_message(ctx.db, object)
    there = _there(ctx, row) if row else None
    if row is None or there is None:
        return
    if row.state == "drafted":
        alarms.drop(ctx.db, row.course, DRAFT_ALARM, [str(row.id)])
        asked.drop_draft(ctx.db, row.id)
    elif _is_untouched(ctx, row):
        flow.withdraw(there, row)
        telling.to_asker(there, row, [Text(id="question.deleted", values=telling.about(row))])
    elif row.state in OPEN:
        there.tell_staff(Text(id="question.deleted_but_kept", values={"number": row.id}))
    there.finish()
