"""`/common`: what many missed, as a digest for all; a teacher is asked for a short video to go with it."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import structs
from sqlalchemy import Connection

from bot.domain.course import Course
from bot.domain.errors import UserError
from bot.domain.events import AlarmsDue, Attachment, CommandInvoked, JobDone
from bot.domain.homework import Homework
from bot.domain.messages import File, Text, Words
from bot.engine import jobs
from bot.engine.context import Context
from bot.engine.parameters import text
from bot.engine.pieces import Piece, pieces_in
from bot.engine.voice import Label
from bot.features.homework.assignments import homework_called
from bot.features.homework.common.digesting import gathered, lines_of
from bot.features.homework.declared import feature
from bot.features.homework.pace.ladder import title_of
from bot.features.homework.store import digests, tables
from bot.features.homework.store.digests import Digest
from bot.features.homework.works import LINK
from storage import alarms
from storage.personal import Personal

feature.personal(Personal(tables.digest, path=("by",), texts=("link", "files")))

_ALARM = "homework_video"
_REMINDED_AFTER = timedelta(hours=24)
_LISTED = 10
_DIGEST = re.compile(r"#?(\d{1,9})(?:\s+(.*))?", re.DOTALL)
_POST = ("post", "发布", "直接发")
_JOB = re.compile(r"common:(\d+):\d+")


@feature.command(
    "common",
    words=("共性问题",),
    roles=("assistant", "admin"),
    area="homework",
    places=("staff",),
    parameters=(text("homework", suggests="homework"), text("video")),
)
def common(ctx: Context, cmd: CommandInvoked) -> None:
    said = cmd.text.strip()
    if not said:
        _list(ctx)
    elif asked := _DIGEST.fullmatch(said):
        _fill(ctx, cmd, int(asked[1]), (asked[2] or "").strip())
    else:
        _gather(ctx, homework_called(ctx, said))


# --- the digest -------------------------------------------------------------------------------------------------------


def _list(ctx: Context) -> None:
    """What waits for a video, and of which homework there may be a digest."""
    waiting = digests.unposted(ctx.db, ctx.course.id)
    if waiting:
        ctx.reply("common.waiting", count=len(waiting))
    for row in waiting[:_LISTED]:
        ctx.reply_words(_task(ctx, row))
    graded = digests.graded_homework(ctx.db, ctx.course.id)
    those = [one for one in ctx.course.book.homework.values() if one.id in graded]
    if those:
        ctx.reply("common.which", homework=[one.title for one in those])
    elif not waiting:
        ctx.reply("common.none")
    ctx.reply_buttons((Text(id="common.of", values={"homework": one.title}), f"common {one.id}") for one in those[-3:])


def _task(ctx: Context, row: Digest) -> Text:
    return Text(id="common.task", values={"number": row.id, "homework": title_of(ctx.course, row.homework)})


def _gather(ctx: Context, homework: Homework) -> None:
    missed = gathered(ctx.db, ctx.course.id, homework)
    if not missed:
        raise UserError("common.nothing", homework=homework.title)
    number, is_new = digests.keep(ctx.db, ctx.course.id, homework.id, missed, ctx.member.id, ctx.now)
    if is_new:
        alarms.put(ctx.db, ctx.course.id, _ALARM, [(str(number), ctx.now + _REMINDED_AFTER)])
    ctx.audit("gather_mistakes", homework=homework.id, digest=number)
    for line in lines_of(ctx.course, homework.id, missed):
        ctx.reply_words(line)
    ctx.reply("common.asks", number=number, buttons=[_post_button(number)])


def _post_button(number: int) -> Label:
    return Text(id="button.common_post", values={"number": number}), f"common {number} post"


# --- the video --------------------------------------------------------------------------------------------------------


def _fill(ctx: Context, cmd: CommandInvoked, number: int, said: str) -> None:
    """Post it as it is, with a link, or with the video that the command came with or answers."""
    row = digests.called(ctx.db, ctx.course.id, number)
    if row is None:
        raise UserError("common.unknown", number=number)
    if row.posted_at is not None:
        raise UserError("common.posted_already", number=number)
    if row.homework not in ctx.course.book.homework:
        raise UserError("common.gone", number=number)
    link, video = LINK.search(said), _video(cmd)
    if said.casefold() in _POST:
        _post(ctx, row)
        ctx.reply("common.posted", number=number)
    elif link:
        _post(ctx, digests.change(ctx.db, row.id, link=link[0], filled_at=ctx.now))
        ctx.reply("common.posted", number=number)
    elif video:
        _fetch(ctx, row, video, cmd)
    else:
        raise UserError("common.no_video", number=number)


def _video(cmd: CommandInvoked) -> Attachment | None:
    given = cmd.attachments or (cmd.quoted.attachments if cmd.quoted else ())
    return next((one for one in given if one.media_type.lower().startswith("video/")), None)


def _fetch(ctx: Context, row: Digest, video: Attachment, cmd: CommandInvoked) -> None:
    """The file has to last: it is posted when it is here. A second one takes the place of the first."""
    whose = cmd.quoted.user if cmd.quoted and not cmd.attachments else None
    pieces = [*pieces_in(row.files), Piece(attachment=video, platform=ctx.actor_address.platform)]
    digests.change(ctx.db, row.id, files=pieces, filled_at=ctx.now)
    jobs.fetch(ctx, f"common:{row.id}:{len(pieces) - 1}", video, user=whose)
    ctx.audit("attach_video", digest=row.id)
    ctx.reply("common.fetching", number=row.id)


@feature.on(JobDone)
def fetched(ctx: Context, event: JobDone) -> None:
    found = _JOB.fullmatch(event.job)
    row = digests.called(ctx.db, ctx.course.id, int(found[1])) if found else None
    if row is None or row.posted_at is not None or row.homework not in ctx.course.book.homework:
        return
    pieces = list(pieces_in(row.files))
    at = int(event.job.rpartition(":")[2])
    if at >= len(pieces):
        return  # the teacher was forgotten, and the video with them
    pieces[at] = structs.replace(pieces[at], file=event.file, error=event.error or "")
    if event.file is None:
        digests.change(ctx.db, row.id, files=pieces, filled_at=None)
        ctx.tell_staff(Text(id="common.not_fetched", values={"number": row.id}))
    else:
        _post(ctx, digests.change(ctx.db, row.id, files=pieces))


def _post(ctx: Context, row: Digest) -> None:
    """To all, once."""
    digests.change(ctx.db, row.id, posted_at=ctx.now)
    alarms.drop(ctx.db, ctx.course.id, _ALARM, [str(row.id)])
    if ctx.has_member:
        ctx.audit("post_mistakes", digest=row.id, homework=row.homework)
    files = [piece.file for piece in pieces_in(row.files) if piece.file][-1:]
    lines = [*lines_of(ctx.course, row.homework, row.missed), *_about_video(row.link, files)]
    ctx.say("main", *lines, key=f"common:{ctx.course.id}:{row.id}", files=files)


def _about_video(link: str | None, files: Sequence[File]) -> Iterator[Words]:
    if link:
        yield Text(id="common.link", values={"link": link})
    elif files:
        yield Text(id="common.file")


@feature.alarm(_ALARM)
def remind(ctx: Context, due: AlarmsDue) -> None:
    """Nobody has made a video since yesterday, or said that there will be none."""
    asked = {int(one.object) for one in due.alarms}
    rows = [row for row in digests.unposted(ctx.db, ctx.course.id) if row.id in asked]
    if rows:
        lines = [Text(id="common.still", values={"count": len(rows)}), *(_task(ctx, row) for row in rows)]
        ctx.tell_staff(*lines, buttons=[_post_button(row.id) for row in rows[:3]])


# --- for the review day -----------------------------------------------------------------------------------------------


@feature.offer("mistakes")
def mistakes(db: Connection, course: Course, since: datetime, until: datetime) -> list[Words]:
    """What many missed, by the digests made in this time; where the video is, of those that were posted with one."""
    lines: list[Words] = []
    for row in digests.since(db, course.id, since, until):
        has_video = bool(row.link or any(piece.file for piece in pieces_in(row.files)))
        if row.posted_at is None or not has_video:
            lines += lines_of(course, row.homework, row.missed)
        elif found := course.book.homework.get(row.homework):
            seen = "common.seen_at" if row.link else "common.seen"
            lines.append(Text(id=seen, values={"homework": found.title, "link": row.link or ""}))
    return lines
