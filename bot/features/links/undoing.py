"""`/unlink @member`: staff see a person's accounts, and part them where they were linked by mistake."""

import re
from typing import Any

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.parameters import text
from bot.engine.roster import member_of, sync_roles
from bot.engine.telling import tell
from bot.engine.voice import Label
from bot.features.links import store
from bot.features.links.linking import feature
from bot.features.links.merging import part

_UNDO = re.compile(r"no\.\s*([0-9]{1,15})", re.IGNORECASE)


@feature.command(
    "unlink",
    roles=("assistant", "admin"),
    places=("staff",),
    parameters=(text("member", required=True, suggests="members"),),
)
def unlink(ctx: Context, cmd: CommandInvoked) -> None:
    asked = cmd.text.strip()
    if not asked:
        raise UserError("unlink.usage")
    if number := _UNDO.fullmatch(asked):
        _undo(ctx, int(number[1]))
    else:
        _show(ctx, asked)


def _show(ctx: Context, asked: str) -> None:
    """Each account, and a button for each link that holds."""
    who = ctx.find_member(asked)
    accounts = store.accounts_of(ctx.db, who.id)
    names = {one.member: one.shown for one in accounts}
    links = [row for row in store.links_in(ctx.db, ctx.course.id) if row.merged in names]
    buttons: list[Label] = [(_label(names, row), f"unlink no.{row.id}") for row in links]
    ctx.reply("unlink.title" if links else "unlink.single", name=who.name, count=len(accounts), buttons=buttons)
    since = {row.merged: row.at.astimezone(ctx.course.tzinfo) for row in links}
    for one in accounts:
        if one.member in since:
            ctx.reply("unlink.linked", account=one.shown, at=since[one.member])
        else:
            ctx.reply("unlink.account", account=one.shown)


def _label(names: dict[Any, str], row: Any) -> Text:
    return Text(id="button.unlink", values={"account": names[row.merged]})


def _undo(ctx: Context, number: int) -> None:
    ended = store.end_link(ctx.db, ctx.course.id, number, ctx.now)
    if ended is None:
        raise UserError("unlink.none")
    person = member_of(ctx.db, ended.survivor)
    store.lock(ctx.db, (ended.merged, person.id))
    back = part(ctx, ended, person)
    sync_roles(ctx.db, ctx.live, [ctx.course.id])
    ctx.regroup(person.id, ended.merged)
    pair = member_of(ctx.db, person.id), member_of(ctx.db, ended.merged)
    accounts = [one.shown for who in pair for one in store.accounts_of(ctx.db, who.id)]
    ctx.reply("unlink.done", accounts=accounts)
    for who in pair:
        points = Text(id="unlink.points", values={"name": who.name, "count": _points(ctx, who.id)})
        ctx.reply_words(points)
        tell(ctx, who.id, Text(id="unlink.told", values={"count": _points(ctx, who.id)}))
    if back.times:
        ctx.reply("unlink.given_back", count=back.times, points=back.points)
    ctx.audit("unlink", member=f"#{person.id}", accounts=accounts)


def _points(ctx: Context, who: Any) -> int:
    found: int = ctx.ask("points_of", who)
    return found
