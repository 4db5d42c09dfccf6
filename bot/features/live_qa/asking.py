"""`/ask live`: a question for the next session, or for the one that is on."""

import re
from typing import NamedTuple

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, FormSubmitted, MessageDeleted
from bot.domain.messages import Text, Topic, Words
from bot.domain.places import Member
from bot.domain.text import visible_length
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.forms import open_form
from bot.engine.forms_shape import FormField
from bot.engine.messages import message_object
from bot.engine.names import clean_line
from bot.engine.parameters import text
from bot.engine.roster import member_of
from bot.engine.telling import tell
from bot.engine.transaction import Belonging
from bot.engine.voice import Utterance
from bot.features.live_qa import store
from bot.features.live_qa.coming import next_session
from bot.features.live_qa.declared import feature
from bot.features.live_qa.quoting import quoted_question, source_of
from storage.personal import Person

_WORD = "直播提问"
_FOR_LIVE = re.compile(r"(?:live|直播)(?:[\s:：]+(.*))?", re.DOTALL | re.IGNORECASE)
_DROP = re.compile(r"(?:drop|撤回|收回|删除)\s*#?([0-9]{1,9})(?:\s+of\s+([0-9]{1,15}))?", re.IGNORECASE)
_TITLE = 60  # columns
_MOST = 10  # questions of one member that wait for the same session
_LONGEST = 500  # characters
_TOO_LONG_TO_CLEAN = 10 * _LONGEST


class Drop(NamedTuple):
    """A question that is taken back; of which session, where a button says it."""

    number: int
    session: int | None


@feature.command("ask", words=(_WORD,), by_link=True, parameters=(text("question"),), on_message="menu.ask")
def ask(ctx: Context, cmd: CommandInvoked) -> None:
    is_bare = _is_bare(cmd)
    if is_bare and (quoted := quoted_question(cmd)):
        source = source_of(ctx, cmd, quoted)
        _ask(ctx, _checked(quoted.text), source.author, made_from=source.object)
        return
    if is_bare or cmd.via == "link":
        _collecting(ctx)  # where no session is to come, nobody is asked for anything
        open_form(ctx, "ask")
        return
    asked = _for_live(cmd)
    if drop := _drop_in(asked):
        _drop(ctx, drop)
    else:
        _ask(ctx, _checked(asked), ctx.member)


@feature.form("ask", fields=(FormField(id="question", max_length=_LONGEST),))
def asked_by_form(ctx: Context, form: FormSubmitted) -> None:
    _ask(ctx, _checked(form.fields["question"]), ctx.member)


def _is_bare(cmd: CommandInvoked) -> bool:
    """Whether nothing is asked yet."""
    found = _FOR_LIVE.fullmatch(cmd.text.strip())
    return not visible_length((found[1] or "") if found else cmd.text)


def _for_live(cmd: CommandInvoked) -> str:
    """What is asked for a live session. Raises UserError where it is not for one."""
    found = _FOR_LIVE.fullmatch(cmd.text.strip())
    has_box = cmd.via == "slash" and cmd.interaction is not None  # a platform's own, which asks for the question
    is_all = cmd.name == _WORD or (has_box and not found)
    asked = cmd.text if is_all else found[1] if found else None
    if not asked:
        raise UserError("ask.usage")
    return asked.strip()


def _drop_in(asked: str) -> Drop | None:
    found = _DROP.fullmatch(asked)
    return Drop(int(found[1]), int(found[2]) if found[2] else None) if found else None


def _checked(asked: str) -> str:
    question = clean_line(asked[:_TOO_LONG_TO_CLEAN])
    if len(question) > _LONGEST:
        raise UserError("live.too_long", most=_LONGEST)
    if not question:
        raise UserError("ask.usage")
    return question


def _ask(ctx: Context, question: str, author: Member, *, made_from: str | None = None) -> None:
    session, when = _collecting(ctx)
    mine = store.questions_by(ctx.db, session, author.id)
    same = next((one.number for one in mine if one.text.casefold() == question.casefold()), None)
    if same is not None:
        raise UserError("live.same_question", number=same)
    if len(mine) >= _MOST:
        raise UserError("live.too_many", most=_MOST)
    number = store.add_question(ctx.db, session, author.id, question, object=made_from, at=ctx.now)
    _confirm(ctx, session, number, author)
    ctx.reply_words(when)
    _file(ctx, session, number, question)
    object, length = _object(session, number), visible_length(question)
    outcome = ctx.announce("live.asked", object, member=author, text=question, length=length)
    if outcome.points:
        tell(ctx, author.id, Text(id="points.plus", values={"points": outcome.points}))


def _confirm(ctx: Context, session: int, number: int, author: Member) -> None:
    if ctx.answers(author.id):
        button = (Text(id="button.drop_question"), f"ask live drop {number} of {session}")
        ctx.reply("live.noted", number=number, buttons=[button])
    else:
        ctx.reply("live.noted_of", number=number, name=author.name)
        ctx.audit("ask", member=f"#{author.id}", number=number)
        tell(ctx, author.id, Text(id="live.noted_for_you", values={"number": number}))


def _file(ctx: Context, session: int, number: int, question: str) -> None:
    """Where the course has a place for questions, each gets a thread of its own; nobody reads who asked it."""
    tag = ctx.engine.voice.texts.say(ctx.course.language, "live.tag")
    topic = Topic(title=f"#{number} {shorten(question, _TITLE)}", tags=(tag,))
    filed = Text(id="live.filed", values={"question": question})
    ctx.keep("questions", Utterance(lines=[filed], topic=topic), key=_filed(session, number))


def _file_dropped(ctx: Context, session: int, number: int) -> None:
    """What was asked is to be read no more, in the thread's title neither."""
    dropped = Utterance(
        lines=[Text(id="live.filed_dropped", values={"number": number})], topic=Topic(title=f"#{number}")
    )
    ctx.keep("questions", dropped, key=_filed(session, number), is_correction=True)


def _filed(session: int, number: int) -> str:
    return f"live:{session}:question:{number}"


def _collecting(ctx: Context) -> tuple[int, Words]:
    """The session that a question asked now is for, and when that is. Raises UserError where there will be none."""
    for session in store.open_sessions(ctx.db, ctx.course.id, ctx.now):
        return session.id, Text(id="live.on_now")
    when = Text(id="live.next", values={"when": next_session(ctx).when})
    return store.collecting_session(ctx.db, ctx.course.id).id, when


def _drop(ctx: Context, drop: Drop) -> None:
    session = drop.session or _collecting(ctx)[0]
    if not store.drop_question(ctx.db, session, drop.number, ctx.member.id):
        raise UserError("live.not_yours", number=drop.number)
    ctx.retract("live.asked", _object(session, drop.number))
    _file_dropped(ctx, session, drop.number)
    ctx.reply("live.dropped", number=drop.number)


@feature.on(MessageDeleted)
def deleted(ctx: Context, event: MessageDeleted) -> None:
    """Who deletes what they asked takes the question back."""
    made = store.made_from(ctx.db, ctx.course.id, message_object(event.address, event.message)) if ctx.space else ()
    for row in made:
        store.drop_question(ctx.db, row.session, row.number, row.member)
        ctx.retract("live.asked", _object(row.session, row.number), member=member_of(ctx.db, row.member))
        _file_dropped(ctx, row.session, row.number)


@feature.before_forgetting
def take_back(ctx: Context, whose: Person, key: str) -> None:
    """What we have posted of their questions is read no more."""
    for row in store.asked_by(ctx.db, whose.members):
        if course := ctx.live.courses.get(row.course):
            there = Context(ctx.tx, ctx.event, Belonging(course=course), writes=ctx.writes)
            _file_dropped(there, row.session, row.number)


def _object(session: int, number: int) -> str:
    return f"live question {session}.{number}"
