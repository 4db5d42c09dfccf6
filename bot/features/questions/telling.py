"""What is said to single people about a question: to who asked, to who asked the same, and to who helped."""

from collections.abc import Iterable, Iterator, Sequence

from bot.domain.ids import MemberId
from bot.domain.messages import Text, Words
from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.telling import ears_of, tell
from bot.engine.transaction import Outcome
from bot.engine.voice import NOTICE_LIFE, Label, Utterance
from bot.features.questions.given import Given
from bot.features.questions.meant import asker_of
from bot.features.questions.store import questions
from bot.features.questions.store.answers import Answer
from bot.features.questions.store.questions import Question

_EXCERPT = 60  # columns of a question that is spoken of


def points(ctx: Context, who: Member, outcome: Outcome) -> None:
    """What somebody earned."""
    if outcome.points:
        tell(ctx, who.id, Text(id="points.plus", values={"points": outcome.points}))


def answered(ctx: Context, row: Question, given: Answer) -> None:
    """To who asked, and to all who asked the same: the answer, and what they may do with it."""
    for one in (row, *questions.merged_into(ctx.db, row.id)):
        lines = [
            Text(id="question.you_are_answered", values=_about(one)),
            Text(id="question.answer_text", values={"answer": given.id, "text": given.text}),
        ]
        to_asker(ctx, one, lines, buttons=_verdict(row, given) if one is row else ())


def _verdict(row: Question, given: Answer) -> Iterator[Label]:
    yield Text(id="button.question_solved"), f"question Q{row.id} accept A{given.id}"
    yield Text(id="button.question_more"), f"question Q{row.id} more"


def asked_back(ctx: Context, row: Question, given: Given) -> None:
    lines = [Text(id="question.you_are_asked_back", values=_about(row) | {"text": given.text})]
    to_asker(ctx, row, lines, buttons=[(Text(id="button.question_reply"), f"question Q{row.id} more")])


def answer_withdrawn(ctx: Context, row: Question, given: Answer, note: str) -> None:
    to_asker(ctx, row, [Text(id="question.answer_withdrawn", values=_about(row) | {"note": note})])


def answer_corrected(ctx: Context, row: Question, given: Answer) -> None:
    to_asker(ctx, row, [Text(id="question.answer_corrected", values=_about(row) | {"text": given.text})])


def accepted(ctx: Context, row: Question, by: Member, outcome: Outcome) -> None:
    """To who has helped."""
    tell(ctx, by.id, Text(id="question.yours_accepted", values={"number": row.id}))
    points(ctx, by, outcome)


def closed(ctx: Context, row: Question) -> None:
    """One tap says how satisfied who asked it is."""
    stars: list[Label] = [
        (Text(id="button.question_rate", values={"number": number}), f"question Q{row.id} rate {number}")
        for number in range(1, 6)
    ]
    again: Label = (Text(id="button.question_reopen"), f"question Q{row.id} reopen")
    to_asker(ctx, row, [Text(id="question.you_are_done", values=_about(row))], buttons=[*stars, again])


def reopened(ctx: Context, row: Question) -> None:
    due = ctx.course.wall_time(row.due_at)
    to_asker(ctx, row, [Text(id="question.reopened", values=_about(row) | {"due": due})])


def merged(ctx: Context, row: Question, into: Question) -> None:
    to_asker(ctx, row, [Text(id="question.you_are_merged", values=_about(row) | {"into": into.id})])


def _about(row: Question) -> dict[str, object]:
    return {"number": row.id, "question": shorten(" ".join(row.text.split()), _EXCERPT)}


def to_asker(ctx: Context, row: Question, lines: Sequence[Words], *, buttons: Iterable[Label] = ()) -> None:
    """To them alone. Who can't be written to yet finds it in their private chat as soon as they open it."""
    asker = asker_of(ctx, row)
    if ctx.answers(asker.id):
        for line in lines:
            ctx.reply_words(line)
        ctx.reply_buttons(buttons)
        return
    to_member(ctx, asker.id, lines, buttons=buttons, what=f"Q{row.id}")


def to_member(
    ctx: Context, who: MemberId, lines: Sequence[Words], *, buttons: Iterable[Label] = (), what: str = ""
) -> None:
    """One message for each event and subject."""
    utterance = Utterance(
        lines=lines, buttons=list(buttons), life=NOTICE_LIFE, is_confidential=True, is_kept=True, is_notice=True
    )
    for ear in ears_of(ctx, [who], have_asked=True).values():
        key = f"question_told:{ctx.event.key}:{who}:{what}"
        ctx.whisper(ear.user, ear.space, utterance, key=key, language=ear.language)
