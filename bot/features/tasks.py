"""The day's task: posted by ritual, shown by `/task`."""

from datetime import date

from pydantic import BaseModel, ConfigDict

from bot.domain.course import Course, Day, Occurrence
from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, OccurrenceDue
from bot.domain.messages import Template, Text, Words
from bot.engine.context import Context
from bot.engine.feature import Feature

feature = Feature("tasks")


class NoOptions(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


@feature.command("task", words=("今日任务", "任务"))
def task(ctx: Context, cmd: CommandInvoked) -> None:
    if ctx.today < ctx.course.starts:
        raise UserError("course.not_yet", date=ctx.course.starts)
    if ctx.today > ctx.course.ends:
        raise UserError("course.over", date=ctx.course.ends)
    day = ctx.course.day(ctx.today)
    if day is None:
        raise UserError("task.none_today")
    for line in _lines(day, ctx.today):
        ctx.reply_words(line)


def _preview(course: Course, occurrence: Occurrence) -> Words:
    day = course.day(occurrence.local_date)
    if day is None:
        return Text(id="preview.no_task", values={"day": course.day_number(occurrence.local_date)})
    return Text(id="preview.task", values={"day": day.number, "title": day.title})


@feature.action("post_task", NoOptions, preview=_preview)
def post_task(ctx: Context, due: OccurrenceDue) -> None:
    day = ctx.course.day(due.local_date)
    if day is None:
        ctx.tell_staff(Text(id="task.gap", values={"date": due.local_date}))
        return
    button = (Text(id="button.checkin"), f"checkin {due.local_date.isoformat()}")
    if ctx.space:
        ctx.say(ctx.space, *_lines(day, due.local_date), key=due.key, buttons=[button])


def _lines(day: Day, today: date) -> list[Words]:
    head = Text(id="task.head", values={"day": day.number, "date": today, "title": day.title})
    lines: list[Words] = [head, Template(text=day.task)]
    if day.material:
        lines += [Text(id="task.material"), Template(text=day.material)]
    return lines
