"""Which question, and which answer, somebody means; and where what is said of one is posted."""

import re

from bot.domain.course import Course
from bot.domain.errors import UserError
from bot.domain.messages import Text, Words
from bot.domain.places import Member, Space
from bot.engine.context import Context
from bot.engine.pace import Pace
from bot.engine.roster import member_of
from bot.features.questions.store import answers, questions
from bot.features.questions.store.answers import Answer
from bot.features.questions.store.questions import Question

_QUESTION = re.compile(r"[#＃]?(?:q|问题?|問題?)?\s?#?([0-9]{1,9})", re.IGNORECASE)
_ANSWER = re.compile(r"[#＃]?(?:a|回答|答)?\s?#?([0-9]{1,9})", re.IGNORECASE)


def number_in(word: str) -> int | None:
    """Of a question: `Q12`, `#12`, `12`, `问题12`."""
    found = _QUESTION.fullmatch(word.strip())
    return int(found[1]) if found else None


def question_called(ctx: Context, word: str) -> Question:
    """The question that is meant, locked. Raises UserError."""
    number = number_in(word)
    row = questions.by_number(ctx.db, ctx.course.id, number, lock=True) if number is not None else None
    if row is None or row.state == "drafted":
        raise UserError("question.unknown", said=word[:40])
    return row


def answer_called(ctx: Context, row: Question, word: str) -> Answer:
    """The answer to this question that is meant, locked. Raises UserError."""
    found = _ANSWER.fullmatch(word.strip())
    given = answers.by_number(ctx.db, ctx.course.id, int(found[1])) if found else None
    if given is None or given.question != row.id or given.withdrawn_at is not None:
        raise UserError("answer.unknown", said=word[:40], number=row.id)
    return given


def asker_of(ctx: Context, row: Question) -> Member:
    """Who asks. Of an anonymous question nobody may read a word of it but themselves."""
    return member_of(ctx.db, row.member)


def is_asker(ctx: Context, row: Question) -> bool:
    """Whether the member in context has asked it."""
    return ctx.member.id == asker_of(ctx, row).id


def asker_words(ctx: Context, row: Question) -> Words | str:
    """What an asker is called where others read it."""
    return Text(id="question.somebody") if row.is_anonymous else asker_of(ctx, row).name


def pace_of(course: Course) -> Pace:
    """The clock of questions: everything at its exact minute."""
    return Pace(course.answering, course.zone)


# --- posts ------------------------------------------------------------------------------------------------------------


def post_key(row: Question) -> str:
    """Of the post that everybody reads; what is said below it is heard."""
    return f"question:{row.course}:{row.id}"


def staff_key(row: Question) -> str:
    """Of the post in the staff room."""
    return f"{post_key(row)}:staff"


def number_of_post(key: str) -> int | None:
    """The question that a post is about."""
    parts = key.split(":")
    return int(parts[2]) if len(parts) > 2 and parts[2].isdigit() else None


def homes(ctx: Context) -> list[Space]:
    """Where questions are posted: on each platform its places for questions, else its main groups."""
    spaces = ctx.live.spaces_of(ctx.course.id, kind="questions")
    served = {space.address.platform for space in spaces}
    others = ctx.live.spaces_of(ctx.course.id, kind="main")
    return [*spaces, *(space for space in others if space.address.platform not in served)]
