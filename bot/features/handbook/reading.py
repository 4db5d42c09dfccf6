"""`/faq`: the handbook for everybody: its topics, what belongs to one, and each entry with its version."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Text, Words
from bot.domain.questions import TAGS
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.names import clean_line
from bot.engine.parameters import text
from bot.engine.voice import Label
from bot.features.handbook.declared import feature
from bot.features.handbook.searching import search_for
from bot.features.handbook.store import entries
from bot.features.handbook.store.entries import Entry, Version
from bot.features.handbook.topics import TAG_WORDS, Numbered, Topic, is_by_day, lesson_title, meant
from bot.features.handbook.words import of_version

_FEW = 8
"""Entries on a page; a handbook of no more is shown at once."""
_TITLE = 56  # columns: two lines on a phone
_SHOWN = 600  # columns of an answer, before it is cut


@feature.command("faq", words=("答疑手册", "课程答疑手册", "手册"), is_private=True, parameters=(text("topic"),))
def faq(ctx: Context, cmd: CommandInvoked) -> None:
    said = "" if cmd.via == "word" else cmd.text.strip()
    wanted = meant(said) if said else None
    if isinstance(wanted, Numbered):
        (_show_question if wanted.is_question else _show_entry)(ctx, wanted)
    elif isinstance(wanted, Topic):
        _show_topic(ctx, wanted)
    elif is_by_day(said):
        _show_days(ctx)
    elif said:
        search_for(ctx, said)
    else:
        _show_all(ctx)


# --- topics -----------------------------------------------------------------------------------------------------------


def _show_all(ctx: Context) -> None:
    """All entries where there are few, else what they are about."""
    rows = entries.in_state(ctx.db, ctx.course.id, entries.READ)
    if not rows:
        raise UserError("faq.empty")
    ctx.reply("faq.title", course=ctx.course.title, count=len(rows))
    if len(rows) <= _FEW:
        _list(ctx, rows)
        return
    ctx.reply_buttons(_topics(rows))
    ctx.reply("faq.how")


def _topics(rows: Sequence[Entry]) -> Iterator[Label]:
    tags = Counter(row.tag for row in rows)
    for tag in TAGS:
        if tags[tag]:
            yield _topic_label(TAG_WORDS[tag], tags[tag]), f"faq {tag}"
    if any(row.lesson is not None for row in rows):
        yield Text(id="button.faq_by_day"), "faq days"
    yield _topic_label(Text(id="faq.everything"), len(rows)), "faq all"


def _show_days(ctx: Context) -> None:
    """The days that there are entries for."""
    rows = entries.in_state(ctx.db, ctx.course.id, entries.READ)
    days = sorted(Counter(row.lesson for row in rows if row.lesson is not None).items())
    if not days:
        raise UserError("faq.no_days")
    for day, count in days:
        ctx.reply("faq.topic", topic=lesson_title(ctx.course, day), count=count)
    ctx.reply_buttons((Text(id="handbook.lesson", values={"day": day}), f"faq day {day}") for day, _ in days)


def _topic_label(title: Words, count: int) -> Text:
    return Text(id="button.faq_topic", values={"topic": title, "number": count})


def _show_topic(ctx: Context, topic: Topic) -> None:
    rows = [row for row in entries.in_state(ctx.db, ctx.course.id, entries.READ) if _belongs(row, topic)]
    if not rows:
        raise UserError("faq.no_such_topic", topic=_title_of(ctx, topic))
    ctx.reply("faq.topic", topic=_title_of(ctx, topic), count=len(rows))
    first = (topic.page - 1) * _FEW
    _list(ctx, rows[first : first + _FEW])
    if len(rows) > first + _FEW:
        ctx.reply_buttons([(Text(id="button.faq_more"), f"faq {topic.command} p{topic.page + 1}")])


def _belongs(row: Entry, topic: Topic) -> bool:
    return topic.lesson in (None, row.lesson) and topic.tag in (None, row.tag)


def _title_of(ctx: Context, topic: Topic) -> Words:
    if topic.lesson is not None:
        return lesson_title(ctx.course, topic.lesson)
    return TAG_WORDS[topic.tag] if topic.tag else Text(id="faq.everything")


def _list(ctx: Context, rows: Sequence[Entry]) -> None:
    versions = entries.newest_versions_of(ctx.db, [row.id for row in rows])
    for row in rows:
        title = shorten(clean_line(of_version(versions[row.id]).title(ctx.language)), _TITLE)
        ctx.reply("faq.line", number=row.id, title=title)
    ctx.reply_buttons((Text(id="button.faq_entry", values={"number": row.id}), f"faq H{row.id}") for row in rows)


# --- one --------------------------------------------------------------------------------------------------------------


def _show_entry(ctx: Context, wanted: Numbered) -> None:
    row = entries.by_number(ctx.db, ctx.course.id, wanted.number)
    version = entries.newest_version(ctx.db, row) if row is not None and row.state in entries.READ else None
    if row is None or version is None:
        raise UserError("faq.no_such_entry", number=wanted.number)
    said = of_version(version)
    ctx.reply("faq.entry", number=row.id, title=clean_line(said.title(ctx.language)))
    shown = said.shown(ctx.language, None if wanted.is_whole else _SHOWN)
    _answer(ctx, shown, f"faq H{row.id} all", is_cut=shown != said.shown(ctx.language))
    ctx.reply_words(source_line(ctx, row, version))
    if row.state == "doubted":
        ctx.reply("faq.doubted")


def source_line(ctx: Context, row: Entry, version: Version) -> Text:
    """Which version of what this is, and since when."""
    values = {"number": row.id, "version": version.version, "at": _day(ctx, version.at)}
    return Text(id="faq.source", values=values)


def _day(ctx: Context, moment: datetime) -> str:
    return ctx.course.date_at(moment).isoformat()


def _show_question(ctx: Context, wanted: Numbered) -> None:
    """What was asked and answered, and is no entry yet."""
    for one in ctx.ask("questions.settled", ctx.course.id, [wanted.number]):
        ctx.reply("faq.question", number=one.number, title=clean_line(one.asked[:2000]))
        shown = one.answer if wanted.is_whole else shorten(one.answer, _SHOWN)
        _answer(ctx, shown, f"faq Q{one.number} all", is_cut=shown != one.answer)
        ctx.reply("faq.question_source", number=one.number)
        return
    raise UserError("faq.no_such_question", number=wanted.number)


def _answer(ctx: Context, shown: Words | str, whole: str, *, is_cut: bool) -> None:
    """With a button for all of it, where it is cut."""
    ctx.reply("faq.answer", text=shown)
    if is_cut:
        ctx.reply_buttons([(Text(id="button.faq_whole"), whole)])
