"""Which reward, and which redemption, somebody means."""

import re

from bot.domain.errors import UserError
from bot.domain.rewards import Reward
from bot.engine.context import Context
from bot.engine.dispatch import suggestion
from bot.engine.roster import member_of
from bot.features.rewards import flow, store
from bot.features.rewards.store import Redemption

NUMBER = re.compile(r"[#＃]?([0-9]{1,15})")


def words_of(text: str) -> tuple[str, str]:
    """The first word, in small letters, and what follows it."""
    word, *rest = text.split(maxsplit=1) or [""]
    return word.casefold(), "".join(rest).strip()


def reward_called(ctx: Context, name: str) -> Reward:
    """By its id or its title, in any language. Raises UserError, with what may be meant."""
    catalogue = ctx.course.rewards.catalogue
    if not catalogue:
        raise UserError("reward.none")
    if found := reward_named(ctx, name):
        return found
    plain = name.strip().casefold()
    if near := suggestion(plain, set(catalogue)):
        raise UserError("reward.unknown_near", id=name[:48], near=near)
    raise UserError("reward.unknown", id=name[:48])


def reward_named(ctx: Context, name: str) -> Reward | None:
    """By its id or its title, in any language."""
    plain = " ".join(name.split()).casefold()
    for reward in ctx.course.rewards.catalogue.values():
        titles = (" ".join(title.split()).casefold() for title in reward.title.by_language.values())
        if plain in (reward.id, *titles):
            return reward
    return None


def own(ctx: Context, said: str, *, lock: bool = False) -> Redemption:
    """A redemption of the member in context, by its number. Raises UserError; of others' it says no more."""
    found = NUMBER.fullmatch(said.strip())
    row = _numbered(ctx, int(found[1]), lock=lock) if found else None
    if row is None or member_of(ctx.db, row.member).id != ctx.member.id:
        raise UserError("reward.no_such_redemption", said=said.strip()[:20])
    return row


def _numbered(ctx: Context, number: int, *, lock: bool) -> Redemption | None:
    if lock:
        return next(iter(flow.locked(ctx, number)), None)
    return store.by_number(ctx.db, ctx.course.id, number)
