"""Which contest a member means, by where they are and what is going on."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from bot.domain.errors import UserError
from bot.domain.messages import Localised, Text
from bot.domain.places import Space
from bot.engine.context import Context
from bot.features.contests import entries, store
from bot.features.contests.declared import ContestOptions, options_in


def running(ctx: Context) -> list[Any]:
    """The contests of the course that are not over; one whose ritual is gone will never go on."""
    return [found for found in store.running(ctx.db, ctx.course.id, ctx.now) if _goes_on(ctx, found)]


def _goes_on(ctx: Context, found: Any) -> bool:
    ritual = ctx.course.ritual(found.ritual)
    return ritual is not None and isinstance(ritual.options, ContestOptions)


def taking(ctx: Context, number: int | None = None) -> list[Any]:
    """The contests that take works, of which the member may mean each; the one with this number. Raises UserError."""
    return _meant(ctx, number, lambda found: found.gallery_at is None, otherwise="contest.vote_is_on")


def voting(ctx: Context, number: int | None) -> list[Any]:
    """The same of those that are voted on; a button knows the number. Raises UserError."""
    return _meant(ctx, number, lambda found: found.gallery_at is not None, otherwise="contest.no_vote_yet")


def _meant(ctx: Context, number: int | None, is_right: Callable[[Any], bool], *, otherwise: str) -> list[Any]:
    """Those of this group, else all."""
    found = [one for one in running(ctx) if number in (None, one.id)]
    if not found:
        raise UserError("contest.none" if number is None else "contest.is_over")
    right = [one for one in found if is_right(one)]
    if not right:
        raise UserError(otherwise)
    return [one for one in right if ctx.space and one.space == ctx.space.id] or right


def only_one(ctx: Context, meant: Sequence[Any], command: Callable[[int], str], *, asks: str = "contest.which") -> Any:
    """The contest that is meant; of several none, and who asked has a button for each: the command with its number."""
    if len(meant) == 1:
        return meant[0]
    ctx.reply(asks, buttons=[(named(ctx, one), command(one.id)) for one in meant])
    return None


def named(ctx: Context, found: Any) -> Text:
    return Text(id="button.contest", values={"title": title_of(ctx, found), "contest": found.id})


KEPT_FOR = timedelta(days=28)
"""So long votes are there to be counted anew; they go soon after."""

_NAMED = re.compile(
    r"(?:no\.?|number|第)?\s*([0-9]{1,4})\s*号?(?:\s+#([0-9]{1,15}))?(?:\s+(.*))?", re.IGNORECASE | re.DOTALL
)


def parted(text: str) -> tuple[int, int | None, str] | None:
    """`3`, `3 #12`, `3 #12 WORDS`, `3号 WORDS`: the number of a work, its contest where named, and the rest."""
    said = _NAMED.fullmatch(text.strip()) or _NAMED.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if said is None:
        return None
    return int(said[1]), int(said[2]) if said[2] else None, (said[3] or "").strip()


def for_staff(ctx: Context, number: int | None) -> Any:
    """The contest that staff mean, locked: the one with this number, else the one that is voted on, else the newest.

    Raises UserError; also where its votes are no longer there.
    """
    known = [one.id for one in running(ctx) if one.gallery_at is not None]
    known += [one.id for one in store.counted(ctx.db, ctx.course.id, ctx.now - KEPT_FOR)]
    wanted = number if number is not None else next(iter(known), None)
    found = store.locked(ctx.db, ctx.course.id, wanted) if wanted in known and wanted is not None else None
    if found is None:
        raise UserError("contest.none_to_change")
    return found


def space_of(ctx: Context, found: Any) -> Space | None:
    """Where a contest takes place, wherever one is now; None where the course has that space no more."""
    return next(iter(ctx.live.spaces_of(ctx.course.id, id=found.space)), None)


def check_staff(ctx: Context) -> None:
    """Raises UserError unless staff say it among themselves."""
    if ctx.member.role == "student":
        raise UserError("contest.staff_only")
    if not ctx.actor_address.private and (ctx.space is None or ctx.space.kind != "staff"):
        raise UserError("contest.in_staff_room")


def check_impartial(ctx: Context, found: Any) -> None:
    """Raises UserError where an assistant has a work in this contest: others decide there."""
    if ctx.member.role != "admin" and entries.entry_of(ctx.db, found.id, ctx.member.id) is not None:
        raise UserError("contest.your_own_contest")


def title_of(ctx: Context, found: Any) -> Localised:
    return options_in(ctx.course, found).title


def object_of(found: Any) -> str:
    """`contest weekly_pk main 2027-03-01`."""
    again = f" {found.number}" if found.number else ""
    return f"contest {found.ritual} {found.space} {found.local_date}{again}"
