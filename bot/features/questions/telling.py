"""What is said to single people about a question: to who asked, to who asked the same, and to who helped."""

from collections.abc import Iterable, Iterator, Sequence

from bot.domain.messages import Text, Words
from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.roster import member_of
from bot.engine.transaction import Outcome
from bot.engine.voice import Label
from bot.features.questions.given import Given
from bot.features.questions.meant import asker_of
from bot.features.questions.news import at_last, to_asker, to_member
from bot.features.questions.store import answers, questions
from bot.features.questions.store.answers import Answer
from bot.features.questions.store.questions import Question

__all__ = ["to_asker", "to_member"]

_EXCERPT = 60  # columns of a question that is spoken of
_STARS = range(1, 6)


def about(row: Question) -> dict[str, object]:
    """What every such message says first: which question it is."""
    return {"number": row.id, "question": shorten(" ".join(row.text.split()), _EXCERPT)}


def points(ctx: Context, row: Question, who: Member, outcome: Outcome) -> None:
    """What somebody earned, in the same message as all else that they are told."""
    if outcome.points:
        at_last(ctx, who.id, Text(id="points.plus", values={"points": outcome.points}), row=row)


# --- answers ----------------------------------------------------------------------------------------------------------


def answered(ctx: Context, row: Question, given: Answer) -> None:
    """To who asked, and to all who asked the same: the answer, and what they may do with it."""
    for one in _waiting_for(ctx, row, given):
        lines = [Text(id="question.you_are_answered", values=about(one)), answer_line(ctx, given)]
        _bring(ctx, one, lines, buttons=verdict(row, given) if one.id == row.id else _on_its_own(one), of=given)


def answer_noted(ctx: Context, row: Question, by: Member, given: Answer) -> None:
    """To a classmate who has answered where all can read it: its number, and that it was seen."""
    undo = Text(id="button.answer_undo"), f"question Q{row.id} withdraw A{given.id}"
    to_member(ctx, by.id, [Text(id="answer.noted", values={"answer": given.id})], buttons=[undo])


def answer_line(ctx: Context, given: Answer) -> Words:
    """An answer, and whose it is."""
    name = member_of(ctx.db, given.member).name
    id = "question.answer_of_staff" if given.is_staff else "question.answer_of_peer"
    return Text(id=id, values={"answer": given.id, "name": name, "text": given.text})


def verdict(row: Question, given: Answer) -> Iterator[Label]:
    """What who asked may say to an answer."""
    yield Text(id="button.question_solved"), f"question Q{row.id} accept A{given.id}"
    yield not_yet(row)


def not_yet(row: Question) -> Label:
    """It makes staff look at it again, and asks for more words."""
    return Text(id="button.question_more"), f"question Q{row.id} more"


def reopening(row: Question) -> Label:
    return Text(id="button.question_reopen"), f"question Q{row.id} reopen"


def _on_its_own(row: Question) -> list[Label]:
    """For who asked the same, but is not helped by the same answer."""
    return [(Text(id="button.question_more"), f"question Q{row.id} reopen")]


def _waiting_for(ctx: Context, row: Question, given: Answer) -> Iterator[Question]:
    """The question and those merged into it, one for each person; nobody is told of their own answer."""
    told = {member_of(ctx.db, given.member).id}
    for one in (row, *questions.merged_into(ctx.db, row.id)):
        if (who := asker_of(ctx, one).id) not in told:
            told.add(who)
            yield one


def asked_back(ctx: Context, row: Question, given: Given) -> None:
    buttons = [(Text(id="button.question_reply"), f"question Q{row.id} more")]
    _bring(ctx, row, [asked_back_line(row, given.text)], buttons=buttons)


def asked_back_line(row: Question, text: str) -> Words:
    """What staff want to know of the asker."""
    return Text(id="question.you_are_asked_back", values=about(row) | {"text": text})


def answer_withdrawn(ctx: Context, row: Question, given: Answer) -> None:
    """Nobody goes on believing it, also after the question was closed."""
    for one in _waiting_for(ctx, row, given):
        id = "question.answer_withdrawn" if given.note else "question.answer_gone"
        lines = [Text(id=id, values=about(one) | {"note": given.note})]
        if row.state == "waiting":
            lines.append(Text(id="question.waits_again", values={"due": ctx.course.wall_time(row.due_at)}))
        _bring(ctx, one, lines, buttons=_if_settled(row) if one.id == row.id else ())


def answer_corrected(ctx: Context, row: Question, given: Answer) -> None:
    """The same for one that says something else now; `given` is as it is now."""
    for one in _waiting_for(ctx, row, given):
        lines = [Text(id="question.answer_corrected", values=about(one) | {"text": given.text})]
        _bring(ctx, one, lines, buttons=_after(row, given) if one.id == row.id else _on_its_own(one), of=given)


def _after(row: Question, given: Answer) -> Iterable[Label]:
    return _if_settled(row) or verdict(row, given)


def _if_settled(row: Question) -> list[Label]:
    return [reopening(row)] if row.state == "closed" else []


def accepted_corrected(ctx: Context, row: Question, given: Answer) -> None:
    """To staff: nobody else looks at what a settled question says from then on."""
    values = {"number": row.id, "answer": given.id, "text": shorten(" ".join(given.text.split()), _EXCERPT)}
    see = Text(id="button.question_number", values={"number": row.id}), f"question Q{row.id}"
    ctx.tell_staff(Text(id="answer.accepted_corrected", values=values), buttons=[see])


def accepted(ctx: Context, row: Question, by: Member, outcome: Outcome) -> None:
    """To who has helped."""
    to_member(ctx, by.id, [Text(id="question.yours_accepted", values={"number": row.id})])
    points(ctx, row, by, outcome)


# --- settled ----------------------------------------------------------------------------------------------------------


def late(ctx: Context, row: Question) -> None:
    """What was promised was not kept: they hear it from us, alone. Nothing in a group says so to who asked."""
    due = ctx.course.wall_time(row.due_at)
    to_asker(ctx, row, [Text(id="question.late", values=about(row) | {"due": due})])


def closed(ctx: Context, row: Question, *, is_just_answered: bool = False) -> None:
    """One tap says how satisfied the asker is; who was never answered is asked nothing of the kind.

    `is_just_answered`: the answer that settled it stands in the same message.
    """
    if answers.of_question(ctx.db, row.id):
        id = "question.and_done" if is_just_answered else "question.you_are_done"
        _bring(ctx, row, [Text(id=id, values=about(row))], buttons=[*_stars(row), reopening(row)])
        return
    id = "question.you_are_done_helped" if row.helped_by else "question.closed_unanswered"
    _bring(ctx, row, [Text(id=id, values=about(row))], buttons=[reopening(row)])
    for one in _others(ctx, row):
        lines = [Text(id="question.same_closed", values=about(one) | {"into": row.id})]
        _bring(ctx, one, lines, buttons=[reopening(one)])


def _stars(row: Question) -> list[Label]:
    return [
        (Text(id="button.question_rate", values={"number": number}), f"question Q{row.id} rate {number}")
        for number in _STARS
    ]


def _others(ctx: Context, row: Question) -> Iterator[Question]:
    """Those merged into it, of everybody else; one for each person."""
    told = {asker_of(ctx, row).id}
    for one in questions.merged_into(ctx.db, row.id):
        if (who := asker_of(ctx, one).id) not in told:
            told.add(who)
            yield one


def not_heard(ctx: Context, row: Question) -> None:
    """What the asker writes below a question that is settled is read by nobody who is to answer it."""
    _bring(ctx, row, [Text(id="question.not_heard", values=about(row))], buttons=[reopening(row)])


def reopened(ctx: Context, row: Question) -> None:
    due = ctx.course.wall_time(row.due_at)
    _bring(ctx, row, [Text(id="question.reopened", values=about(row) | {"due": due})])


def merged(ctx: Context, row: Question, into: Question) -> None:
    """What is known there already, they hear at once."""
    values = about(row) | {"into": into.id}
    known = answer_that_counts(ctx, into)
    if known is None:
        _bring(ctx, row, [Text(id="question.you_are_merged", values=values)], buttons=[_other(row)])
        return
    lines = [Text(id="question.you_are_merged_answered", values=values), answer_line(ctx, known)]
    _bring(ctx, row, lines, buttons=_on_its_own(row), of=known)


def _other(row: Question) -> Label:
    return Text(id="button.question_differs"), f"question Q{row.id} reopen"


def answer_that_counts(ctx: Context, row: Question) -> Answer | None:
    """What was accepted, else the newest by staff, else the newest."""
    known = answers.of_question(ctx.db, row.id)
    return max(known, key=lambda one: (one.id == row.accepted, one.is_staff, one.id), default=None)


def _bring(
    ctx: Context, row: Question, lines: Sequence[Words], *, buttons: Iterable[Label] = (), of: Answer | None = None
) -> None:
    to_asker(ctx, row, lines, buttons=buttons, of=of, is_called=True)
