"""`/homework 12`: one hand-in, shown to its author: its versions, which of them counts, and what can be done."""

from collections.abc import Iterator, Sequence

from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.names import clean_line
from bot.engine.voice import Label
from bot.features.homework.deadlines import counting
from bot.features.homework.handing.choosing import may_change
from bot.features.homework.store import hand_ins
from bot.features.homework.store.hand_ins import HandIn, Submission

_EXCERPT, _READ = 40, 1000  # columns; characters that they may come from
_SHOWN = 10  # versions, the newest
_CHOICES = 5


def show(ctx: Context, row: HandIn) -> None:
    versions = hand_ins.versions_of(ctx.db, row.id)
    homework = ctx.course.book.homework.get(row.homework)
    title = homework.title if homework else row.homework
    ctx.reply("homework.one", number=row.id, homework=title)
    if len(versions) > _SHOWN:
        ctx.reply("homework.one_older", count=len(versions) - _SHOWN)
    for one in versions[-_SHOWN:]:
        ctx.reply_words(_version(ctx, row, one))
    if homework is None:
        ctx.reply("homework.gone", number=row.id)
        return
    for line in _state(ctx, row):
        ctx.reply_words(line)
    ctx.reply_buttons(_choices(row, versions))
    ctx.reply_buttons(_ways(row))


def _version(ctx: Context, row: HandIn, one: Submission) -> Text:
    said = shorten(clean_line(one.text[:_READ]), _EXCERPT)
    files = [Text(id="files.count", values={"count": len(one.files)})] if one.files else []
    values = {"version": one.version, "at": ctx.course.wall_time(one.at), "what": [*([said] if said else []), *files]}
    if one.version == row.counts:
        return Text(id="homework.version_late_counts" if one.is_late else "homework.version_counts", values=values)
    return Text(id="homework.version_late" if one.is_late else "homework.version", values=values)


def _state(ctx: Context, row: HandIn) -> Iterator[Words]:
    if row.state == "waiting":
        yield Text(id="homework.waits", values={"until": ctx.course.wall_time(row.due_at)})
    elif row.state == "withdrawn":
        yield Text(id="homework.is_withdrawn", values={"number": row.id})
    elif row.state == "returned":
        yield Text(id="homework.was_returned")
    else:
        yield Text(id="homework.was_graded")


def _choices(row: HandIn, versions: Sequence[Submission]) -> Iterator[Label]:
    """Those that may count in its place; the newest of them."""
    if not may_change(row):
        return
    able = [one.version for one in versions if _may_count(row, versions, one.version)]
    for version in able[-_CHOICES:]:
        yield Text(id="button.version_counts", values={"version": version}), f"homework {row.id} use {version}"


def _may_count(row: HandIn, versions: Sequence[Submission], wanted: int) -> bool:
    return wanted != row.counts and counting(versions, wanted, sent_back=row.sent_back) == wanted


def _ways(row: HandIn) -> Iterator[Label]:
    if may_change(row):
        yield Text(id="button.withdraw"), f"homework {row.id} withdraw"
    elif row.state == "withdrawn":
        yield Text(id="button.bring_back"), f"homework {row.id} back"
    else:
        yield Text(id="button.feedback"), f"homework {row.id} feedback"
