"""The staff's own commands: `/reload`, `/audit`, and what could not be handled or delivered."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Text
from bot.engine import aside
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.parameters import number
from bot.engine.reloading import audit_reload, cut_off, told
from bot.engine.single import replay
from storage import outbox
from storage.tables import audit, member, profile

feature = Feature("staff")

_SHOWN = 10


@feature.command("reload", roles=("admin",), places=("staff",))
def reload(ctx: Context, cmd: CommandInvoked) -> None:
    done = ctx.engine.library.activate(ctx.db, ctx.course.id, ctx.now)
    for line in (*told(done), *cut_off(ctx, done)):
        ctx.reply_words(line)
    audit_reload(ctx, done)


@feature.command("audit", roles=("admin",), places=("staff",))
def show_audit(ctx: Context, cmd: CommandInvoked) -> None:
    mine = select(audit, profile.c.name).join(profile, profile.c.member == audit.c.member, isouter=True)
    mine = mine.where((audit.c.course == ctx.course.id) | audit.c.course.is_(None))
    rows = ctx.db.execute(mine.order_by(audit.c.id.desc()).limit(_SHOWN)).all()
    if not rows:
        raise UserError("audit.empty")
    ctx.reply("audit.title")
    names = _names(ctx, [row.details["member"] for row in rows if "member" in row.details])
    for row in rows:
        at = row.at.astimezone(ctx.course.tzinfo)
        what = Text(id=f"audit.{row.action}", values=row.details | _in_words(ctx, row.details, names))
        ctx.reply("audit.line", at=at, name=_who(row), what=what)


def _who(row: Row[Any]) -> Text | str:
    return row.name or row.account or Text(id="audit.by_itself")


def _in_words(ctx: Context, details: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """What stands in them by number or id, as people say it. Beside the number of something else, a name is enough."""
    found = dict[str, Any]()
    if (about := details.get("member")) is not None:
        is_enough = "number" in details or "homework" in details
        found["member"] = names[about] if is_enough and about in names else f"{about} {names.get(about, '')}".strip()
    if homework := ctx.course.book.homework.get(details.get("homework", "")):
        found["homework"] = homework.title
        if until := details.get("until"):
            found["until"] = ctx.course.wall_time(datetime.fromisoformat(until).replace(tzinfo=ctx.course.tzinfo))
    return found


def _names(ctx: Context, numbers: Iterable[str]) -> dict[str, str]:
    """`#1` with the name that this member of the course has now: the audit keeps the number only."""
    ids = {int(number[1:]) for number in numbers if number[1:].isdigit()}
    query = select(member.c.id, profile.c.name).join(profile, profile.c.member == member.c.id)
    rows = ctx.db.execute(query.where(member.c.id.in_(ids), member.c.course == ctx.course.id)).all()
    return {f"#{row.id}": row.name for row in rows}


@feature.command("failures", roles=("admin",), places=("staff",))
def failures(ctx: Context, cmd: CommandInvoked) -> None:
    rows, repeated = aside.waiting(ctx.db, ctx.course.id), _perhaps_twice(ctx)
    if repeated:
        ctx.reply("failures.perhaps_twice", count=repeated)
    if not rows and not repeated:
        raise UserError("failures.none")
    if not rows:
        return
    ctx.reply("failures.title", count=len(rows))
    for row in rows[:_SHOWN]:
        at = row.at.astimezone(ctx.course.tzinfo)
        ctx.reply("failures.line", number=row.id, at=at, error=row.error[:120])
    ctx.reply("failures.more")


def _perhaps_twice(ctx: Context) -> int:
    """Messages to the course's chats within the last day; of those in private, `doctor` tells."""
    platforms = {platform for platform, _ in course_chats(ctx) if ctx.engine.voice.may_repeat(platform)}
    return outbox.count_perhaps_twice(ctx.db, platforms, course_chats(ctx), since=ctx.now - timedelta(days=1))


@feature.command("replay", roles=("admin",), places=("staff",), parameters=(number("failure", required=True),))
def replay_one(ctx: Context, cmd: CommandInvoked) -> None:
    number = _number(cmd)
    if not replay(ctx, number):
        raise UserError("replay.nothing", number=number)
    ctx.audit("replay", number=number)
    ctx.reply("replay.done", number=number)


@feature.command("resend", roles=("admin",), places=("staff",), parameters=(number("message", required=True),))
def resend(ctx: Context, cmd: CommandInvoked) -> None:
    number = _number(cmd)
    if not outbox.resend(ctx.db, number, course_chats(ctx), now=ctx.now):
        raise UserError("resend.nothing", number=number)
    ctx.audit("resend", number=number)
    ctx.reply("resend.done", number=number)


def course_chats(ctx: Context) -> set[tuple[str, str]]:
    """The addresses of this course: staff of one course never touch another's messages."""
    return {(space.address.platform, space.address.chat) for space in ctx.live.spaces_of(ctx.course.id)}


def _number(cmd: CommandInvoked) -> int:
    text = cmd.text.strip().removeprefix("#")
    if not (text.isascii() and text.isdigit() and len(text) < 15):
        raise UserError("number.usage", command=cmd.name)
    return int(text)
