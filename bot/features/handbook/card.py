"""One entry as staff see it: what waits for a decision, what it says, who wrote which version, what can be done."""

from collections.abc import Iterator

from bot.domain.ids import MemberId
from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.names import clean_line
from bot.engine.roster import member_of
from bot.engine.voice import Label
from bot.features.handbook.changing import said_by, settled_behind
from bot.features.handbook.noticing import number_in
from bot.features.handbook.seeding import faq_behind
from bot.features.handbook.store import entries
from bot.features.handbook.store.entries import Entry, Version
from bot.features.handbook.topics import TAG_WORDS, lesson_title
from bot.features.handbook.words import Said, of_faq, of_question

_VERSIONS = 8
_TITLE = 500  # columns
_SHOWN = 1500  # columns of an answer
_SHORT = 6
"""Characters of a digest that a button carries: what was read is what is published."""


def show(ctx: Context, row: Entry) -> None:
    """All there is to know of it."""
    said = said_by(ctx, row)
    ctx.reply("handbook.card", number=row.id, state=STATES[row.state], about=list(_about(ctx, row)))
    if said is None:
        ctx.reply("handbook.words_gone", number=row.id)
    else:
        _words(ctx, said)
    beside = _beside(ctx, row, said)
    if beside is not None:
        _words(ctx, beside)
    for version in entries.versions_of(ctx.db, row.id)[:_VERSIONS]:
        ctx.reply_words(_version(ctx, version))
    ctx.reply_buttons(_ways(row, said, beside))


STATES = {
    "draft": Text(id="handbook.is_draft"),
    "published": Text(id="handbook.is_published"),
    "doubted": Text(id="handbook.is_doubted"),
    "retired": Text(id="handbook.is_retired"),
    "dropped": Text(id="handbook.is_dropped"),
    "reopened": Text(id="handbook.is_reopened"),
}


def _about(ctx: Context, row: Entry) -> Iterator[Words | str]:
    if (number := number_in(row.source)) is not None:
        yield Text(id="handbook.from_question", values={"number": number})
    elif row.source.startswith("faq:"):
        yield "faq.yaml"
    if row.tag in TAG_WORDS:
        yield TAG_WORDS[row.tag]
    if row.lesson is not None:
        yield lesson_title(ctx.course, row.lesson)


def _words(ctx: Context, said: Said) -> None:
    title = shorten(clean_line(said.title(ctx.language)), _TITLE)
    ctx.reply("handbook.words", asked=title, answer=said.shown(ctx.language, _SHOWN))


def _beside(ctx: Context, row: Entry, said: Said | None) -> Said | None:
    """What its source says now, where that is something else."""
    if row.state == "doubted":
        one = settled_behind(ctx, row)
        if one is None:
            ctx.reply("handbook.now_open", question=number_in(row.source))
            return None
        ctx.reply("handbook.now_says", question=number_in(row.source))
        return of_question(one, ctx.course.language)
    faq = faq_behind(ctx.course, row)
    there = of_faq(faq) if faq else None
    if there is None or (said is not None and there.plain == said.plain):
        return None
    ctx.reply("handbook.faq_says")
    return there


def source_says(ctx: Context, row: Entry) -> Said | None:
    """What faq.yaml or the question says now."""
    one = settled_behind(ctx, row)
    if one is not None:
        return of_question(one, ctx.course.language)
    faq = faq_behind(ctx.course, row)
    return of_faq(faq) if faq else None


def short(said: Said) -> str:
    """What a button says of the words that stand above it."""
    return said.digest[:_SHORT]


def _version(ctx: Context, version: Version) -> Text:
    by: Words | str = "faq.yaml" if version.member is None else member_of(ctx.db, MemberId(version.member)).name
    values = {"version": version.version, "at": ctx.course.wall_time(version.at), "by": by}
    if version.note:
        return Text(id="handbook.version_noted", values=values | {"note": version.note})
    return Text(id="handbook.version", values=values)


def _ways(row: Entry, said: Said | None, beside: Said | None) -> Iterator[Label]:
    one = f"handbook H{row.id}"
    if row.state == "draft" and said is not None:
        yield Text(id="button.handbook_publish"), f"{one} publish {short(said)}"
    if beside is not None:
        yield Text(id="button.handbook_take"), f"{one} publish {short(beside)}"
    if row.state == "doubted":
        yield Text(id="button.handbook_keep"), f"{one} keep"
    if said is not None and row.state not in ("dropped", "reopened"):
        yield Text(id="button.handbook_edit"), f"{one} edit"
    if row.state == "draft":
        yield Text(id="button.handbook_drop"), f"{one} drop"
    if row.state == "doubted":
        yield Text(id="button.handbook_retire"), f"{one} retire"
    if row.state in ("retired", "dropped"):
        yield Text(id="button.handbook_restore"), f"{one} restore"
    if row.state in entries.TO_REVIEW:
        yield Text(id="button.handbook_next"), f"handbook next H{row.id}"
