"""What is known already, shown to who asks before anybody else is asked; and what they say to it.

A question that was drafted files itself after ten minutes, so that nobody waits for an answer who only did not look.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.domain.errors import UserError
from bot.domain.events import AlarmsDue, CommandInvoked
from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.known import Found
from bot.engine.voice import Label
from bot.features.questions import flow, telling
from bot.features.questions.asking import pictures, receipts
from bot.features.questions.asking.known import Offer, known_to, one_of, source_of
from bot.features.questions.command import acts_as_asker
from bot.features.questions.declared import DRAFT_ALARM, feature
from bot.features.questions.own.heirs import pass_on
from bot.features.questions.store import asked, offers, own, questions
from bot.features.questions.store.questions import OPEN, Question
from storage import alarms

_PATIENCE = timedelta(minutes=10)
_SHOW, _HELPED, _ANYWAY = "show", "helped", "anyway"


# --- shown ------------------------------------------------------------------------------------------------------------


def offer_first(ctx: Context, row: Question) -> bool:
    """Show what is known before the question is filed; False where nothing is."""
    known = known_to(ctx, row)
    if not known.all:
        return False
    offers.add(ctx.db, row.id, known.all)
    alarms.put(ctx.db, ctx.course.id, DRAFT_ALARM, [(str(row.id), row.at + _PATIENCE)])
    show(ctx, row, known)
    return True


def show(ctx: Context, row: Question, known: Offer) -> None:
    """What was found, with what can be said to it."""
    telling.to_asker(ctx, row, [*_lines(row, known)], buttons=[*_buttons(row, known), _anyway(row)])


def file(ctx: Context, row: Question, *, before: Sequence[Words] = ()) -> Question:
    """From now on it waits for an answer, and who asks gets a receipt."""
    row = flow.file(ctx, row)
    pictures.show_all(ctx, row)
    receipts.give(ctx, row, before=before)
    return row


def file_and_offer(ctx: Context, row: Question) -> Question:
    """The same; an answer that is sure stands with the receipt."""
    row = flow.file(ctx, row)
    sure = known_to(ctx, row).sure
    if sure is None:
        receipts.give(ctx, row)
    else:
        offers.add(ctx.db, row.id, [sure])
        receipts.give(ctx, row, after=[Text(id="question.found_besides"), _answer(sure)], buttons=[_helps(row, sure)])
    return row


def _lines(row: Question, known: Offer) -> Iterator[Words]:
    if known.sure:
        yield Text(id="question.found_sure")
        yield _answer(known.sure)
    if known.similar:
        yield Text(id="question.found_others" if known.sure else "question.found_similar")
    for place, one in enumerate(known.similar, 1):
        yield Text(id="question.found_line", values={"place": place, "title": one.title, "source": source_of(one)})
    yield Text(id="question.found_or_ask", values={"minutes": int(_PATIENCE.total_seconds() / 60)})


def _answer(one: Found) -> Text:
    values = {"title": one.title, "answer": one.answer, "source": source_of(one)}
    return Text(id="question.found_answer", values=values)


def _buttons(row: Question, known: Offer) -> Iterator[Label]:
    if known.sure:
        yield _helps(row, known.sure)
    for place, one in enumerate(known.similar, 1):
        yield Text(id="button.question_show_one", values={"place": place}), f"asked {row.id} {_SHOW} {one.id}"


def _helps(row: Question, one: Found) -> Label:
    return Text(id="button.question_helped"), f"asked {row.id} {_HELPED} {one.id}"


def _anyway(row: Question) -> Label:
    return Text(id="button.question_anyway"), f"asked {row.id} {_ANYWAY}"


# --- what is said to it -----------------------------------------------------------------------------------------------


@feature.command("asked", is_private=True, is_listed=False)
def said(ctx: Context, cmd: CommandInvoked) -> None:
    """What the buttons below it say; they are for who has asked."""
    number, _, rest = cmd.text.partition(" ")
    word, _, id = rest.partition(" ")
    act = _ACTS.get(word)
    is_number = number.isascii() and number.isdecimal() and len(number) < _DIGITS
    row = questions.by_number(ctx.db, ctx.course.id, int(number), lock=True) if is_number else None
    if row is None or act is None or not acts_as_asker(ctx, cmd, row):
        raise UserError("ask.draft_gone")
    if row.state != "drafted" and row.state not in OPEN:
        raise UserError("ask.is_over", number=row.id)
    act(ctx, row, id)


def _ask_anyway(ctx: Context, row: Question, id: str) -> None:
    offers.say(ctx.db, row.id, None)
    if row.state == "drafted":
        file(ctx, row)
    else:
        receipts.give(ctx, row)


def _read(ctx: Context, row: Question, id: str) -> None:
    one = one_of(ctx, row, id)
    if one is None:
        raise UserError("ask.found_gone")
    ctx.reply_words(_answer(one))
    ctx.reply_buttons([_helps(row, one), *([_anyway(row)] if row.state == "drafted" else [])])


def _settle(ctx: Context, row: Question, id: str) -> None:
    """It was all that they wanted to know: nobody has to answer."""
    if id not in offers.ids_of(ctx.db, row.id):
        raise UserError("ask.found_gone")
    offers.say(ctx.db, row.id, id)
    if row.state == "drafted":
        alarms.drop(ctx.db, ctx.course.id, DRAFT_ALARM, [str(row.id)])
        questions.change(ctx.db, row.id, state="helped", helped_by=id, closed_at=ctx.now)
        ctx.reply("question.helped")
    else:
        pass_on(ctx, row)
        flow.close(ctx, questions.change(ctx.db, row.id, helped_by=id))


_ACTS = {_SHOW: _read, _HELPED: _settle, _ANYWAY: _ask_anyway}
_DIGITS = 16


@feature.alarm(DRAFT_ALARM)
def nothing_was_said(ctx: Context, due: AlarmsDue) -> None:
    for one in due.alarms:
        row = questions.by_number(ctx.db, ctx.course.id, int(one.object), lock=True)
        if row is None or row.state != "drafted":
            continue
        if own.has_left(ctx.db, row.member):
            asked.drop_draft(ctx.db, row.id)
        else:
            file(ctx, row, before=[Text(id="question.filed_by_itself")])
