"""`/link`: a one-time code from one account, typed by the other, makes both one person."""

import re
from datetime import timedelta
from typing import Any

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Text
from bot.domain.places import Member
from bot.engine.codes import digest_of, new_code
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.overheard import answers_in_private, is_overheard, private_chat_first
from bot.engine.parameters import text
from bot.engine.roster import member_of
from bot.engine.telling import ears_of
from bot.features.links import store
from bot.features.links.merging import Closed, merge

feature = Feature("links", needs=("points_of", "checkins_of"))
feature.personal(*store.PERSONAL)

_MINUTE = timedelta(minutes=1)
_LONGEST_CODE = 20
_NO_CODE = re.compile(r"[^0-9A-Za-z-]")  # a button holds no words of anybody


def burn(ctx: Context, cmd: CommandInvoked) -> None:
    """Whoever has read a code that was typed in vain, in whichever group, could use it with an account of theirs."""
    if store.use_code(ctx.db, digest_of(cmd.text), ctx.now):
        ctx.reply("link.void")


@feature.command(
    "link",
    is_private=True,
    alone=True,
    spoilt=burn,
    by_link=True,
    words=("绑定账号", "关联账号"),
    parameters=(text("code"),),
)
def link(ctx: Context, cmd: CommandInvoked) -> None:
    _check_student(ctx.member)
    if cmd.text.strip() and cmd.via == "link":
        _ask(ctx, cmd.text.strip())
    elif cmd.text.strip():
        _use(ctx, cmd)
    else:
        _give(ctx)


def _give(ctx: Context) -> None:
    if not answers_in_private(ctx):
        raise private_chat_first(ctx, "link")
    code = new_code()
    store.keep_code(ctx.db, ctx.member.id, digest_of(code), ctx.now)
    ctx.reply("link.code", code=code)
    ctx.reply("link.how", command=f"/link {code}", count=store.CODE_LIFE // _MINUTE)


def _ask(ctx: Context, code: str) -> None:
    """Anybody can make a link, with a code of their own: who follows it says first that they are that person."""
    button = (Text(id="button.link_me"), f"link {_NO_CODE.sub('', code)[:_LONGEST_CODE]}")
    ctx.reply("link.sure", buttons=[button])


def _use(ctx: Context, cmd: CommandInvoked) -> None:
    """What was wrong is answered, not raised: a refusal would forget the guess."""
    if store.guesses(ctx.db, ctx.actor.account, ctx.now) >= store.MOST_GUESSES:
        raise UserError("link.too_many")
    found = store.code_of(ctx.db, ctx.course.id, digest_of(cmd.text))
    if found is None:
        store.note_guess(ctx.db, ctx.actor.account, ctx.now)
        ctx.reply("link.wrong")
        if is_overheard(cmd):
            burn(ctx, cmd)  # it may be one of another course
        return
    _check_fresh(ctx, found)
    giver = member_of(ctx.db, found.member)
    if giver.id == ctx.member.id:
        raise UserError("link.own" if found.member == _own_member(ctx) else "link.already")
    if not store.use_code(ctx.db, found.digest, ctx.now):
        raise UserError("link.used")
    _join(ctx, giver)


def _check_fresh(ctx: Context, found: Any) -> None:
    if found.used_at is not None:
        raise UserError("link.used")
    if ctx.now >= found.at + store.CODE_LIFE:
        raise UserError("link.expired")


def _own_member(ctx: Context) -> int | None:
    """The member that the account came with."""
    mine = (
        one for one in store.accounts_of(ctx.db, ctx.member.id) if f"{one.platform}:{one.user}" == ctx.actor.account
    )
    return next((one.member for one in mine), None)


def _check_student(who: Member) -> None:
    """Staff are named by account, so a link would make one account of theirs lose or the other gain a role."""
    if who.role != "student":
        raise UserError("link.staff")


def _join(ctx: Context, giver: Member) -> None:
    rows = store.lock(ctx.db, (giver.id, ctx.member.id))
    if any(row.merged_into is not None for row in rows.values()):
        raise UserError("link.already")
    _check_student(giver)
    first, second = sorted(rows.values(), key=lambda row: (row.joined_at, row.id))
    survivor, merged = member_of(ctx.db, first.id), member_of(ctx.db, second.id)
    accounts = store.accounts_of(ctx.db, survivor.id), store.accounts_of(ctx.db, merged.id)
    before = [ctx.ask("points_of", who.id) for who in (survivor, merged)]
    ear = ears_of(ctx, [giver.id]).get(giver.id)  # afterwards nobody is told at the account that was merged
    closed = merge(ctx, survivor, merged)
    ctx.regroup(survivor.id, merged.id)
    _confirm(ctx, survivor, closed, before)
    if {one.platform for one in accounts[0]} & {one.platform for one in accounts[1]}:
        ctx.reply("link.same_platform")
    if ear:
        news = Text(id="link.told", values={"account": ctx.actor.account, "name": survivor.name})
        ctx.say_to(ear.user, ear.space, news, key=f"linked:{ctx.event.key}", language=ear.language)
    ctx.audit("link", member=f"#{survivor.id}", accounts=[one.shown for side in accounts for one in side])


def _confirm(ctx: Context, survivor: Member, closed: Closed, before: list[int]) -> None:
    ctx.reply("link.done", name=survivor.name)
    ctx.reply("link.points", one=before[0], other=before[1], count=ctx.ask("points_of", survivor.id))
    if closed.times:
        ctx.reply("link.doubled", count=closed.times, points=closed.points)
    days, streak = ctx.ask("checkins_of", survivor.id, ctx.today, ctx.course.is_quiet)
    ctx.reply("link.streak", days=Text(id="link.days", values={"count": days}), count=streak)
