"""Telling members what they earned, whoever caused it: in the answer, or alone in the main group."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select

from bot.domain.ids import MemberId
from bot.domain.messages import Words
from bot.domain.places import Space
from bot.engine.context import Context
from storage.among import among
from storage.tables import account, member, profile

_MEMBERS = 50  # told of one event

_ACCOUNTS = (
    select(account.c.member, account.c.platform, account.c.user, profile.c.language)
    .join(member, member.c.id == account.c.member)
    .join(profile, profile.c.member == account.c.member)
    .where(among(account.c.member, "members"), member.c.left_at.is_(None), member.c.merged_into.is_(None))
    .order_by(account.c.platform, account.c.user)
)


def tell(ctx: Context, who: MemberId, words: Words) -> None:
    """Say it to this member alone: with the answer if the event is theirs, else in one message for each event."""
    if ctx.answers(who):
        ctx.reply_words(words)
    else:
        ctx.gather(_tell_each, (who, words))


def _tell_each(ctx: Context, told: Sequence[tuple[MemberId, Words]]) -> None:
    lines: dict[MemberId, list[Words]] = {}
    for who, words in told:
        lines.setdefault(who, []).append(words)
    first = list(lines)[:_MEMBERS]
    spaces, accounts = ctx.live.spaces_of(ctx.course.id, kind="main"), _accounts(ctx, first)
    for who in first:
        found = next(((space, one) for space in spaces for one in accounts.get(who, ()) if _is_at(one, space)), None)
        if found:
            space, one = found
            ctx.say_to(one.user, space, *lines[who], key=f"told:{ctx.event.key}:{who}", language=one.language)


def _accounts(ctx: Context, members: Collection[MemberId]) -> dict[MemberId, list[Any]]:
    """The accounts of those who have not left."""
    accounts: dict[MemberId, list[Any]] = {}
    for row in ctx.db.execute(_ACCOUNTS, {"members": members}):
        accounts.setdefault(row.member, []).append(row)
    return accounts


def _is_at(one: Any, space: Space) -> bool:
    return bool(one.platform == space.address.platform)
