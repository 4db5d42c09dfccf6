"""`/items QUIZ`: what the answers of many say about its questions, for staff."""

from collections.abc import Iterator, Sequence

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.homework import Homework, Question
from bot.domain.messages import Template, Text, Words
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.names import clean_line
from bot.engine.parameters import text
from bot.features.homework.assignments import homework_called
from bot.features.homework.declared import feature
from bot.features.homework.quizzes.items import MIN_SITTINGS, Answered, Item, Sitting, analysed
from bot.features.homework.quizzes.judging import fingerprint, plain
from bot.features.homework.store import quizzes
from bot.features.homework.store.quizzes import Answer

_COLUMNS = 30  # of an answer in words
_NOTHING = "–"


@feature.command(
    "items",
    words=("题目分析",),
    roles=("assistant", "admin"),
    area="homework",
    places=("staff",),
    parameters=(text("quiz", suggests="quiz"),),
)
def items(ctx: Context, cmd: CommandInvoked) -> None:
    if not cmd.text.strip():
        _ask_which(ctx)
        return
    homework = homework_called(ctx, cmd.text)
    if not homework.is_quiz:
        raise UserError("quiz.not_one", homework=homework.title)
    sittings = [_sitting(homework, rows) for rows in _first(ctx, homework)]
    if not sittings:
        raise UserError("items.nobody", title=homework.title)
    found = analysed([one.id for one in homework.questions], sittings)
    ctx.reply("items.title", title=homework.title, count=len(sittings))
    for line in _remarks(homework, found, len(sittings)):
        ctx.reply_words(line)
    ctx.reply_table(_rows(found), numbers=frozenset({0, 1, 2, 3, 4}))


def _ask_which(ctx: Context) -> None:
    opened = (one for one in ctx.course.book.homework.values() if one.opens.moment(ctx.course.zone) <= ctx.now)
    there = [one for one in opened if one.is_quiz]
    if not there:
        raise UserError("items.none")
    ctx.reply("items.which", buttons=[(Template(text=one.title), f"items {one.id}") for one in there])


def _first(ctx: Context, homework: Homework) -> Sequence[Sequence[Answer]]:
    return list(quizzes.first_sittings(ctx.db, ctx.course.id, homework.id).values())


def _sitting(homework: Homework, rows: Sequence[Answer]) -> Sitting:
    """Answers to what is not asked any more, or not in these words, say nothing."""
    asked = {fingerprint(one): one for one in homework.questions}
    return {asked[row.asked].id: _answered(asked[row.asked], row) for row in rows if row.asked in asked}


def _answered(question: Question, row: Answer) -> Answered:
    given = tuple(plain(one) if isinstance(one, str) else one for one in row.given)
    return Answered(given, row.is_right, question.points if row.is_right else 0, row.seconds)


# --- what is shown ----------------------------------------------------------------------------------------------------


def _rows(found: Sequence[Item]) -> list[tuple[Words | str, ...]]:
    heads: tuple[Words | str, ...] = tuple(
        Text(id=id) for id in ("items.number", "items.share", "items.upper_lower", "items.correlation", "items.time")
    )
    return [heads, *(_row(number, item) for number, item in enumerate(found, 1))]


def _row(number: int, item: Item) -> tuple[str, ...]:
    share = _NOTHING if item.share is None else f"{item.share:.0%}"
    seconds = _NOTHING if item.seconds is None else f"{item.seconds:.0f}"
    return str(number), share, _figure(item.discrimination), _figure(item.correlation), seconds


def _figure(value: float | None) -> str:
    return _NOTHING if value is None else f"{value:+.2f}"


def _remarks(homework: Homework, found: Sequence[Item], sittings: int) -> Iterator[Words]:
    if sittings < MIN_SITTINGS:
        yield Text(id="items.too_few", values={"least": MIN_SITTINGS})
    for number, (question, item) in enumerate(zip(homework.questions, found, strict=True), 1):
        if item.advice:
            yield Text(id=_ADVICE[item.advice], values={"number": number})
        if item.wrong:
            given, count = item.wrong
            yield Text(id="items.wrong", values={"number": number, "answer": _shown(question, given), "count": count})
    yield Text(id="items.legend")


_ADVICE = {"key": "items.key", "hard": "items.hard", "easy": "items.easy", "flat": "items.flat"}


def _shown(question: Question, given: Sequence[int | str]) -> str | list[Words]:
    """An answer in words; options that are there no more say nothing."""
    if question.kind == "fill":
        return shorten(clean_line(str(given[0])), _COLUMNS)
    options = question.options
    known = [options[number] for number in given if isinstance(number, int) and number < len(options)]
    return [Template(text=one) for one in known] or _NOTHING
