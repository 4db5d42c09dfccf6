"""`/ask live`: a question for the next session, or for the one that is on."""

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, FormSubmitted
from bot.domain.messages import Text, Words
from bot.domain.places import Member
from bot.domain.text import visible_length
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.forms import open_form
from bot.engine.forms_shape import FormField
from bot.engine.names import clean_line
from bot.engine.quoting import quoted_question, source_of
from bot.engine.telling import tell
from bot.features.live_qa.coming import next_session
from bot.features.live_qa.declared import feature, object_of
from bot.features.live_qa.filed import show
from bot.features.live_qa.listing import Listed, ranked
from bot.features.live_qa.meant import Meant, collecting, meant_by
from bot.features.live_qa.similar import are_same, most_similar
from bot.features.live_qa.store import questions, sessions
from bot.features.live_qa.store.questions import First
from bot.features.live_qa.withdrawing import drop

LONGEST = 500
"""Characters of a question."""

_MOST = 10  # questions of one member that wait for the same session
_TOO_LONG_TO_CLEAN = 10 * LONGEST
_EXCERPT = 200  # columns
_DROPS = ("drop", "撤回", "收回", "删除")
_ANYWAY = "anyway "


@feature.branch("ask", "live", "直播")
def ask(ctx: Context, cmd: CommandInvoked) -> None:
    ask_words(ctx, cmd, cmd.text)


def ask_words(ctx: Context, cmd: CommandInvoked, said: str) -> None:
    """What follows the command; where nothing does, the message that it answers, else a form."""
    is_bare = not visible_length(said)
    if is_bare and (quoted := quoted_question(cmd)):
        source = source_of(ctx, cmd, quoted)
        take(ctx, checked(quoted.text), source.author, made_from=source.object)
    elif is_bare or cmd.via == "link":
        _collecting(ctx)  # where no session is to come, nobody is asked for anything
        open_form(ctx, "live_ask")
    elif meant := _dropped_in(said.strip()):
        drop(ctx, meant)
    else:
        _ask(ctx, checked(said))


@feature.command("live_ask", words=("直播提问",), is_listed=False)
def live_ask(ctx: Context, cmd: CommandInvoked) -> None:
    """What the word means, what opens the form again, and what the button says below what is asked already."""
    if cmd.via == "button" and cmd.text.startswith(_ANYWAY):
        take(ctx, checked(cmd.text.removeprefix(_ANYWAY)), ctx.member)
    else:
        ask_words(ctx, cmd, cmd.text)


@feature.form("live_ask", fields=(FormField(id="question", max_length=LONGEST),))
def asked_by_form(ctx: Context, form: FormSubmitted) -> None:
    _ask(ctx, checked(form.fields["question"]))


def _dropped_in(said: str) -> Meant | None:
    word = next((word for word in _DROPS if said.casefold().startswith(word)), None)
    return meant_by(said[len(word) :]) if word else None


def checked(asked: str) -> str:
    """On one line. Raises UserError."""
    question = clean_line(asked[:_TOO_LONG_TO_CLEAN])
    if len(question) > LONGEST:
        raise UserError("live.too_long", most=LONGEST)
    if not question:
        raise UserError("ask.usage")
    return question


# --- asked already ----------------------------------------------------------------------------------------------------


def _ask(ctx: Context, question: str) -> None:
    """A member's own; where somebody asks much the same, they choose."""
    session = collecting(ctx)
    others = [one for one in ranked(ctx.db, session) if _may_vote(ctx, one)] if session is not None else []
    similar = most_similar(question, others)
    if session is None or similar is None:
        take(ctx, question, ctx.member)
        return
    _check(ctx, _collecting(ctx)[0], question, ctx.member)
    values = {"number": similar.number, "text": shorten(similar.text, _EXCERPT), "votes": similar.votes}
    mine_too = (Text(id="button.live_also"), f"live also {similar.number} of {session}")
    anyway = (Text(id="button.live_anyway"), f"live_ask {_ANYWAY}{question}")
    ctx.reply("live.asked_already", buttons=[mine_too, anyway], **values)


def _may_vote(ctx: Context, listed: Listed) -> bool:
    return listed.answer is None and not listed.is_asked_by(ctx.member.id)


# --- taken ------------------------------------------------------------------------------------------------------------


def take(ctx: Context, question: str, author: Member, *, made_from: str | None = None) -> None:
    """Put it on the list. Raises UserError."""
    session, when = _collecting(ctx)
    _check(ctx, session, question, author)
    number = questions.add(ctx.db, session, author.id, question, object=made_from, at=ctx.now)
    _confirm(ctx, session, number, author)
    ctx.reply_words(when)
    show(ctx, session, number)
    object, length = object_of(First(session, number)), visible_length(question)
    outcome = ctx.announce("live.asked", object, member=author, text=question, length=length)
    if outcome.points:
        tell(ctx, author.id, Text(id="points.plus", values={"points": outcome.points}))


def _check(ctx: Context, session: int, question: str, author: Member) -> None:
    mine = questions.of_member(ctx.db, session, author.id)
    same = next((one.number for one in mine if are_same(one.text, question)), None)
    if same is not None:
        raise UserError("live.same_question", number=same)
    if sum(one.first_session is None for one in mine) >= _MOST:
        raise UserError("live.too_many", most=_MOST)


def _confirm(ctx: Context, session: int, number: int, author: Member) -> None:
    if ctx.answers(author.id):
        button = (Text(id="button.drop_question"), f"ask live drop {number} of {session}")
        ctx.reply("live.noted", number=number, buttons=[button])
    else:
        ctx.reply("live.noted_of", number=number, name=author.name)
        ctx.audit("ask", member=f"#{author.id}", number=number)
        tell(ctx, author.id, Text(id="live.noted_for_you", values={"number": number}))


def _collecting(ctx: Context) -> tuple[int, Words]:
    """The session that a question asked now is for, and when that is. Raises UserError where there will be none."""
    for session in sessions.open_sessions(ctx.db, ctx.course.id, ctx.now):
        return session.id, Text(id="live.on_now")
    when = Text(id="live.next", values={"when": next_session(ctx).when})
    return sessions.collecting_session(ctx.db, ctx.course.id).id, when
