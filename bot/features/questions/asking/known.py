"""What is known already of what somebody asks."""

from collections.abc import Sequence
from typing import NamedTuple

from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.known import Found
from bot.features.questions.meant import asker_of
from bot.features.questions.store.questions import Question

_SIMILAR = 3


class Offer(NamedTuple):
    """What may be shown to who asks."""

    sure: Found | None = None  # the answer, in full
    similar: Sequence[Found] = ()  # at most three more, by their titles

    @property
    def all(self) -> list[Found]:
        return [*([self.sure] if self.sure else []), *self.similar]


def known_to(ctx: Context, row: Question) -> Offer:
    """Nothing where the course does not want it."""
    if not ctx.course.answering.offers:
        return Offer()
    found = _found(ctx, row)
    sure = next((one for one in found if one.is_sure), None)
    return Offer(sure, [one for one in found if one is not sure][:_SIMILAR])


def one_of(ctx: Context, row: Question, id: str) -> Found | None:
    """What was shown under this id, if it is still known."""
    return next((one for one in _found(ctx, row) if one.id == id), None)


def _found(ctx: Context, row: Question) -> Sequence[Found]:
    """In the language of who asks."""
    language = asker_of(ctx, row).language or ctx.course.language
    found: list[Found] = ctx.ask("handbook.find", ctx.course, row.text, _SIMILAR + 2, language)
    return [one for one in found if one.id != f"question:{row.id}"]


def source_of(found: Found) -> Text:
    """Where it stands: an entry of the handbook, or an earlier question."""
    kind, _, number = found.id.partition(":")
    if kind == "live":
        return Text(id="question.source_live")
    return Text(
        id="question.source_entry" if kind == "entry" else "question.source_question", values={"number": number}
    )
