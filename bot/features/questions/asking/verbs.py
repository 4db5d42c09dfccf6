"""`/question Q12 tag …`, `lesson …`, `homework …`: what a question is about, by who asked it or by staff."""

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Text
from bot.domain.questions import TAGS, Tag
from bot.engine.context import Context
from bot.features.questions import posts
from bot.features.questions.asking.sorting import likely_lesson, named_homework, named_lesson
from bot.features.questions.command import verb
from bot.features.questions.store import questions
from bot.features.questions.store.questions import Question

_NONE = frozenset(("none", "-", "无", "没有"))
_TAGS: dict[str, Tag] = {
    **{tag: tag for tag in TAGS},
    "内容": "content",
    "内容理解": "content",
    "理解": "content",
    "操作": "how_to",
    "操作指导": "how_to",
    "how-to": "how_to",
    "howto": "how_to",
    "拓展": "beyond",
    "拓展延伸": "beyond",
    "延伸": "beyond",
}


@verb("tag", "标签", "分类", for_asker=True, for_staff=True)
def tag(ctx: Context, cmd: CommandInvoked, row: Question, details: str) -> None:
    found = _TAGS.get(details.strip(" #＃").casefold())
    if found is None:
        buttons = [(Text(id=f"tag.{tag}"), f"question Q{row.id} tag {tag}") for tag in TAGS]
        ctx.reply("question.which_tag", number=row.id, buttons=buttons)
        return
    lesson = _lesson_with(ctx, row, found)
    posts.show(ctx, questions.change(ctx.db, row.id, tag=found, lesson=lesson, is_sorted=True))
    ctx.reply("question.sorted", number=row.id, tag=Text(id=f"tag.{found}"))


def _lesson_with(ctx: Context, row: Question, tag: Tag) -> int | None:
    """As it would be with this tag, unless somebody has said that it is another one."""
    course = ctx.course
    day, last = course.day_number(course.date_at(row.at)), course.day_number(course.ends)
    is_likely: bool = row.lesson == likely_lesson(row.text, row.tag, day, last)
    return likely_lesson(row.text, tag, day, last) if is_likely else row.lesson


@verb("lesson", "课", "第几课", for_asker=True, for_staff=True)
def lesson(ctx: Context, cmd: CommandInvoked, row: Question, details: str) -> None:
    last = ctx.course.day_number(ctx.course.ends)
    found = named_lesson(details if not details.isdecimal() else f"第{details}课", last)
    if found is None and details.casefold() not in _NONE:
        raise UserError("question.which_lesson", number=row.id, last=last)
    posts.show(ctx, questions.change(ctx.db, row.id, lesson=found))
    ctx.reply("question.in_lesson" if found else "question.in_no_lesson", number=row.id, lesson=found)


@verb("homework", "作业", for_asker=True, for_staff=True)
def homework(ctx: Context, cmd: CommandInvoked, row: Question, details: str) -> None:
    there = ctx.course.book.homework
    found = there.get(details.casefold()) or named_homework(details, there.values())
    if found is None and details.casefold() not in _NONE:
        raise UserError("question.which_homework", number=row.id, known=[one.title for one in there.values()])
    posts.show(ctx, questions.change(ctx.db, row.id, homework=found.id if found else None))
    if found:
        ctx.reply("question.in_homework", number=row.id, homework=found.title)
    else:
        ctx.reply("question.in_no_homework", number=row.id)
