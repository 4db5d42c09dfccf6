"""Whose work a hand-in is."""

from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.roster import member_of
from bot.features.homework.store import teams as store
from bot.features.homework.store.hand_ins import HandIn


def authors(ctx: Context, row: HandIn) -> list[Member]:
    """The member, or those of the team who are still there."""
    return [member_of(ctx.db, row.member)] if row.team is None else store.members_of(ctx.db, [row.team])[row.team]
