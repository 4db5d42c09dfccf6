"""What a question, and what it is about, is called in a list; and what can be done with each."""

from collections.abc import Iterator, Mapping, Sequence

from bot.domain.messages import Text, Words
from bot.domain.questions import Tag
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.names import clean_line
from bot.engine.voice import Label
from bot.features.questions.store.questions import Question

_LONGEST = 30  # columns
_FEW = 5  # that are named, and that have a button
_TAGS: Mapping[Tag | None, str] = {
    "content": "tag.content",
    "how_to": "tag.how_to",
    "beyond": "tag.beyond",
    None: "answers.no_tag",
}
_SHORT: Mapping[Tag | None, str] = {
    "content": "answers.short_content",
    "how_to": "answers.short_how_to",
    "beyond": "answers.short_beyond",
    None: "answers.short_no_tag",
}


def excerpt(row: Question) -> str:
    """How it begins, in one short line."""
    return shorten(clean_line(row.text), _LONGEST)


def tag_words(tag: Tag | None) -> Words:
    return Text(id=_TAGS[tag])


def short_tag(tag: Tag | None) -> Words:
    """For a narrow column."""
    return Text(id=_SHORT[tag])


def items_with_due(ctx: Context, rows: Sequence[Question]) -> list[Words]:
    """The first few, with when an answer is due."""
    shown: list[Words] = [
        Text(
            id="question_clock.item",
            values={"number": row.id, "question": excerpt(row), "at": ctx.course.wall_time(row.due_at)},
        )
        for row in rows[:_FEW]
    ]
    more = len(rows) - len(shown)
    return [*shown, Text(id="question_clock.more", values={"count": more})] if more > 0 else shown


def notice_key(ctx: Context, rows: Sequence[Question]) -> str:
    """Of news for staff: what they say below it answers the question, where it is about one alone."""
    number = rows[0].id if len(rows) == 1 else ""
    return f"question:{ctx.course.id}:{number}:clock:{ctx.event.key}"


def to_claim(rows: Sequence[Question]) -> Iterator[Label]:
    for row in rows[:_FEW]:
        if row.claimed_by is None:
            yield Text(id="button.question_claim_one", values={"number": row.id}), f"question Q{row.id} claim"


def see_all() -> Label:
    return Text(id="button.queue_questions"), "queue questions"
