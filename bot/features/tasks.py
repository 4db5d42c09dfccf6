"""What the calendar holds for a day, posted by rituals: its task, its material, its reminder; `/task` shows it."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.course import Course, Day
from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, OccurrenceDue
from bot.domain.messages import Template, Text, Words
from bot.domain.rituals import Occurrence
from bot.engine.context import Context
from bot.engine.excerpts import excerpt
from bot.engine.feature import Feature
from rules.vocabulary import CalendarPart, Uses

feature = Feature("tasks")


class DayOptions(BaseModel):
    """Whether the post is pinned, in the place of the one before it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    pin: bool = Field(default=False, strict=True)


class TaskOptions(DayOptions):
    """Where the material has a ritual of its own, it need not come with the task."""

    with_material: bool = Field(default=True, strict=True)


@feature.command("task", words=("今日任务", "任务"))
def task(ctx: Context, cmd: CommandInvoked) -> None:
    if ctx.today < ctx.course.starts:
        raise UserError("course.not_yet", date=ctx.course.starts)
    if ctx.today > ctx.course.ends:
        raise UserError("course.over", date=ctx.course.ends)
    day = ctx.course.day(ctx.today)
    if day is None:
        raise UserError("task.none_today")
    for line in (*_task(day, ctx.today), *_material(day)):
        ctx.reply_words(line)


# --- the task ---------------------------------------------------------------------------------------------------------


def _preview_task(course: Course, occurrence: Occurrence) -> Words:
    day = course.day(occurrence.local_date)
    if day is None:
        return Text(id="preview.no_task", values={"day": course.day_number(occurrence.local_date)})
    return Text(id="preview.task", values={"day": day.number, "title": day.title})


def _takes(options: TaskOptions) -> tuple[CalendarPart, ...]:
    return ("task", "material") if options.with_material else ("task",)


@feature.action("post_task", TaskOptions, preview=_preview_task, uses=Uses(takes=_takes, needs="task"))
def post_task(ctx: Context, due: OccurrenceDue) -> Literal["gap"] | None:
    day = ctx.course.day(due.local_date)
    if day is None:
        ctx.tell_staff(Text(id="task.gap", values={"date": due.local_date}))
        return "gap"
    options = _options(ctx.course, due)
    has_material = not isinstance(options, TaskOptions) or options.with_material
    lines = [*_task(day, due.local_date), *(_material(day) if has_material else ())]
    button = (Text(id="button.checkin"), f"checkin {due.local_date.isoformat()}")
    if ctx.space:
        ctx.say(ctx.space, *lines, key=due.key, buttons=[button], pin_as=due.ritual if options.pin else None)
    return None


def _task(day: Day, today: date) -> Iterator[Words]:
    yield Text(id="task.head", values={"day": day.number, "date": today, "title": day.title})
    yield Template(text=day.task)


def _material(day: Day) -> Iterator[Words]:
    if day.material:
        yield Text(id="task.material")
        yield Template(text=day.material)


# --- the material and the reminder ------------------------------------------------------------------------------------


def _preview_material(course: Course, occurrence: Occurrence) -> Words:
    day = course.day(occurrence.local_date)
    if day is None or day.material is None:
        return Text(id="preview.no_material", values={"day": course.day_number(occurrence.local_date)})
    return Text(id="preview.material", values={"day": day.number, "title": day.title})


_MATERIAL = Uses(takes=lambda options: ("material",), needs="material")


@feature.action("post_material", DayOptions, preview=_preview_material, uses=_MATERIAL)
def post_material(ctx: Context, due: OccurrenceDue) -> None:
    """A day without material posts none."""
    day = ctx.course.day(due.local_date)
    if day and day.material:
        head = Text(id="material.head", values={"day": day.number, "title": day.title})
        _say(ctx, due, head, Template(text=day.material))


def _preview_reminder(course: Course, occurrence: Occurrence) -> Words:
    day = course.day(occurrence.local_date)
    if day is None or day.reminder is None:
        return Text(id="preview.no_reminder", values={"day": course.day_number(occurrence.local_date)})
    return Text(id="preview.reminder", values={"day": day.number, "text": excerpt(day.reminder)})


_REMINDER = Uses(takes=lambda options: ("reminder",), needs="reminder")


@feature.action("post_reminder", DayOptions, preview=_preview_reminder, uses=_REMINDER)
def post_reminder(ctx: Context, due: OccurrenceDue) -> None:
    """A day without a reminder posts none."""
    day = ctx.course.day(due.local_date)
    if day and day.reminder:
        head = Text(id="reminder.head", values={"day": day.number, "title": day.title})
        _say(ctx, due, head, Template(text=day.reminder))


def _say(ctx: Context, due: OccurrenceDue, *lines: Words) -> None:
    if ctx.space:
        ctx.say(ctx.space, *lines, key=due.key, pin_as=due.ritual if _options(ctx.course, due).pin else None)


def _options(course: Course, due: OccurrenceDue) -> DayOptions:
    found = course.ritual(due.ritual)
    return found.options if found and isinstance(found.options, DayOptions) else DayOptions()
