"""How soon questions are answered, and how many never are: `/answers`, and what reports may count."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection

from bot.domain.course import Course
from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.ids import MemberId
from bot.domain.messages import Text, Words
from bot.domain.questions import TAGS
from bot.engine.context import Context
from bot.engine.figures import Figure, Stretch
from bot.engine.parameters import choice, someone
from bot.engine.response_times import (
    NUMBERS,
    Cells,
    Period,
    hours,
    moments_in,
    moments_of,
    most_line,
    people_rows,
    period_in,
    speed,
    whose_figures,
)
from bot.features.questions.declared import feature
from bot.features.questions.pace.counting import counted, heat_of
from bot.features.questions.pace.naming import short_tag, tag_words
from bot.features.questions.store import figures
from bot.features.questions.store.figures import Answered, Asked

_LESSONS = ("lessons", "lesson", "课次", "每课")
_TITLES: dict[Period, str] = {"week": "answers.title_week", "course": "answers.title_course"}
_LESSON_TITLES: dict[Period, str] = {"week": "answers.lessons_week", "course": "answers.lessons_course"}
_HEAD: Cells = tuple(Text(id=id) for id in ("pace.who", "answers.number", "pace.median", "pace.in_time"))


@feature.command(
    "answers",
    words=("答疑数据",),
    roles=("assistant", "admin"),
    area="questions",
    is_private=True,
    parameters=(choice("period", "week", "course", "lessons"), someone()),
)
def answers(ctx: Context, cmd: CommandInvoked) -> None:
    """An admin sees everybody, an assistant themselves; both see what all of them do together."""
    first, _, rest = cmd.text.strip().partition(" ")
    if first.casefold() in _LESSONS:
        _show_lessons(ctx, rest)
        return
    period, name = period_in(cmd.text)
    who = whose_figures(ctx, name)
    times = moments_of(ctx.course, period, ctx.now)
    found, asked = figures.answered(ctx.db, ctx.course.id, *times), figures.asked(ctx.db, ctx.course.id, *times)
    if not (found or asked):
        raise UserError("answers.none")
    ctx.reply(_TITLES[period], within=ctx.course.answering.within)
    for line in _sums(asked):
        ctx.reply_words(line)
    if found:
        _show_answered(ctx, found, who, is_of_one=bool(name))


def _show_answered(ctx: Context, found: Sequence[Answered], who: MemberId | None, *, is_of_one: bool) -> None:
    responses = [one.response for one in found]
    ctx.reply_words(most_line(responses))
    for line in [] if is_of_one else _parts(found):
        ctx.reply_words(line)
    ctx.reply_table([_HEAD, *people_rows(ctx.db, responses, only=who)], numbers=NUMBERS)


def _sums(asked: Sequence[Asked]) -> Iterator[Words]:
    if not asked:
        return
    sums = counted(asked)._asdict()
    yield Text(id="answers.asked", values=sums)
    yield Text(id="answers.unanswered", values=sums)
    yield Text(id="answers.further", values=sums)
    if stars := [one.satisfaction for one in asked if one.satisfaction is not None]:
        yield Text(id="answers.satisfied", values={"mean": f"{sum(stars) / len(stars):.1f}", "count": len(stars)})


def _parts(found: Sequence[Answered]) -> Iterator[Words]:
    """The same figures for each tag and for each lesson."""
    by_tag = ((tag_words(tag), [one for one in found if one.tag == tag]) for tag in (*TAGS, None))
    yield from _group("answers.by_tag", by_tag)
    lessons = sorted({one.lesson for one in found if one.lesson is not None})
    by_lesson = (
        (Text(id="answers.lesson", values={"day": day}), [one for one in found if one.lesson == day]) for day in lessons
    )
    if lessons:
        yield from _group("answers.by_lesson", by_lesson)


def _group(title: str, parts: Iterable[tuple[Words, Sequence[Answered]]]) -> Iterator[Words]:
    yield Text(id=title)
    for label, those in parts:
        if sums := speed([one.response for one in those]):
            values = {"of": label, "number": sums.answers, "median": hours(sums.median), "in_time": sums.in_time}
            yield Text(id="answers.part", values=values)


# --- lessons ----------------------------------------------------------------------------------------------------------


def _show_lessons(ctx: Context, said: str) -> None:
    """What is asked about which lesson: where the course itself should be clearer."""
    period, further = period_in(said or "course")
    if further:
        raise UserError("answers.lessons_how")
    asked = figures.asked(ctx.db, ctx.course.id, *moments_of(ctx.course, period, ctx.now))
    if not asked:
        raise UserError("answers.none")
    heat = heat_of(asked)
    head: Cells = (Text(id="answers.day"), *(short_tag(tag) for tag in heat.tags))
    rows: list[Cells] = [(_day(day), *(str(count) if count else "" for count in counts)) for day, counts in heat.rows]
    ctx.reply(_LESSON_TITLES[period])
    ctx.reply_table([head, *rows], numbers=frozenset(range(1, len(head))))


def _day(day: int | None) -> Words | str:
    """For a narrow column."""
    return Text(id="answers.no_lesson") if day is None else str(day)


# --- for reports ------------------------------------------------------------------------------------------------------


@feature.offer("figures")
def for_reports(db: Connection, course: Course, stretches: Sequence[Stretch]) -> list[Figure]:
    """Of what was asked in each time: how much was answered, by staff in time, and the share that never was."""
    asked = [figures.asked(db, course.id, *moments_in(course, one)) for one in stretches]
    counts = [counted(those) for those in asked]
    in_time = [sum(one.is_in_time for one in those) for those in asked]
    return [
        Figure(Text(id="figure.questions_asked"), [one.asked for one in counts]),
        Figure(Text(id="figure.questions_answered"), [one.answered for one in counts]),
        Figure(Text(id="figure.questions_in_time"), in_time),
        Figure(Text(id="figure.questions_unanswered"), [one.percent for one in counts]),
    ]
