"""Telling members what they earned, whoever caused it: in the answer, or alone in the main group."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select

from bot.domain.ids import Language, MemberId
from bot.domain.messages import Words
from bot.domain.places import Space
from bot.engine.context import Context
from storage.among import among
from storage.persons import is_of
from storage.tables import account, contact, member, profile

_MEMBERS = 50  # told of one event

_ACCOUNTS = (
    select(member.c.id, account.c.platform, account.c.user, profile.c.language, contact.c.is_open)
    .select_from(account)
    .join(member, is_of(account.c.member))
    .join(profile, profile.c.member == member.c.id)
    .join(contact, (contact.c.platform == account.c.platform) & (contact.c.user == account.c.user), isouter=True)
    .where(among(member.c.id, "members"), member.c.left_at.is_(None))
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
    for who, ear in ears_of(ctx, list(lines)[:_MEMBERS]).items():
        ctx.say_to(ear.user, ear.space, *lines[who], key=f"told:{ctx.event.key}:{who}", language=ear.language)


class Ear(NamedTuple):
    """Where a member can be told what nobody else reads: one place, however many accounts they have."""

    user: str
    space: Space
    language: Language | None


def ears_of(
    ctx: Context, members: Collection[MemberId], *, have_asked: bool = False, may_wait: bool = False
) -> dict[MemberId, Ear]:
    """For each who has not left and is in a main group whose platform can whisper, or has opened a private chat.

    In the order given. Who has asked for it may be written to where the platform lets the bot write first. What may
    wait until they open a private chat is for all whose platform has one.
    """
    voice = ctx.engine.voice
    spaces = ctx.live.spaces_of(ctx.course.id, kind="main")
    accounts: dict[MemberId, list[Any]] = {}
    for row in ctx.db.execute(_ACCOUNTS, {"members": members}):
        is_asked_for = have_asked and row.is_open is None and voice.writes_first(row.platform)
        is_later = may_wait and voice.can_reach(row.platform)
        if row.is_open or is_asked_for or is_later or voice.can_whisper(row.platform):
            accounts.setdefault(row.id, []).append(row)
    ears = ((who, _ear(spaces, accounts.get(who, ()))) for who in members)
    return {who: ear for who, ear in ears if ear}


def _ear(spaces: Iterable[Space], accounts: Sequence[Any]) -> Ear | None:
    found = (
        Ear(one.user, space, one.language)
        for space in spaces
        for one in accounts
        if one.platform == space.address.platform
    )
    return next(found, None)
