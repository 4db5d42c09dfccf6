"""Which question, and which answer, somebody means; and where what is said of one is posted."""

import re
import unicodedata

from bot.domain.course import Course
from bot.domain.errors import UserError
from bot.domain.messages import Text, Words
from bot.domain.places import Member, Space
from bot.engine.areas import looks_after
from bot.engine.context import Context
from bot.engine.pace import Pace
from bot.engine.roster import member_of
from bot.features.questions.store import answers, questions
from bot.features.questions.store.answers import Answer
from bot.features.questions.store.questions import Question

_QUESTION = re.compile(r"[#＃]?(?:q|问题?|問題?)?\s?#?([0-9]{1,9})", re.IGNORECASE)
_ANSWER = re.compile(r"[#＃]?(?:a|回答|答)?\s?#?([0-9]{1,9})", re.IGNORECASE)
_ANSWER_FIRST = re.compile(r"[#＃]?(?:[aａ]|回答|答)\s?[#＃]?[0-9０-９]{1,9}(?![0-9０-９])", re.IGNORECASE)
_MARKS = ",，.。:：;；、!！"
"""What people write behind a number; some of it with no space before the next word."""
_GLUED = re.compile(
    rf"\s*([#＃]?(?:[qｑ]|问题?|問題?)\s?[#＃]?[0-9０-９]{{1,9}}[{_MARKS}]+)(?=[^\s{_MARKS}])", re.IGNORECASE
)
_WORDS = re.compile(r"\s*(\S*)\s*(.*)", re.DOTALL)


def number_in(word: str) -> int | None:
    """Of a question: `Q12`, `#12`, `12`, `问题12`, `Ｑ１２`, `Q12:`."""
    found = _QUESTION.fullmatch(_plain(word))
    return int(found[1]) if found else None


def answers_as_staff(ctx: Context) -> bool:
    """Whether the member in context answers as staff: an assistant who looks after other things is a classmate here."""
    return looks_after(ctx, "questions")


def question_called(ctx: Context, word: str) -> Question:
    """The question that is meant, locked. Raises UserError."""
    number = number_in(word)
    row = questions.by_number(ctx.db, ctx.course.id, number, lock=True) if number is not None else None
    if row is None or row.state == "drafted" or (row.state == "helped" and not is_asker(ctx, row)):
        raise UserError("question.unknown", said=word[:40])
    return row


def named_answer(said: str) -> tuple[str, str]:
    """What names an answer at the beginning of a text, and what follows it: `A7`, `a 7`, `回答 7`."""
    found = _ANSWER_FIRST.match(said)
    return (found[0], said[found.end() :].lstrip(_MARKS).strip()) if found else words_of(said)


def _plain(word: str) -> str:
    """In half width, without what is written behind it."""
    return unicodedata.normalize("NFKC", word).strip().rstrip(_MARKS)


def numbered(text: str) -> tuple[str, str]:
    """The word that names a question, with the marks behind it, and what follows it, with or without a space."""
    found = _GLUED.match(text)
    return (found[1], text[found.end() :]) if found else words_of(text)


def words_of(text: str) -> tuple[str, str]:
    """The first word, and all that follows it."""
    found = _WORDS.fullmatch(text)
    assert found, "any text is a word and a rest"
    return found[1], found[2]


def answer_called(ctx: Context, row: Question, word: str) -> Answer:
    """The answer to this question that is meant, locked. Raises UserError."""
    found = _ANSWER.fullmatch(_plain(word))
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
