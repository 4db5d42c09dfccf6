"""Who of the staff looks after what."""

from collections.abc import Callable, Collection

from bot.domain.errors import UserError
from bot.domain.messages import Text
from bot.domain.places import Member
from bot.domain.response import AREAS, Area
from bot.engine.context import Context
from bot.engine.situation import Situation
from storage.assistants import areas_of

LetGo = Callable[[Context, Member, Collection[Area]], None]
"""What features offer as `let_go`: somebody looks after only these areas from now on, so what they had of others is
nobody's again. Called when that holds already; none of the areas: they are no assistant any more."""


def looks_after(ctx: Situation, area: Area) -> bool:
    """Whether the member in context is staff for this: admins for everything, assistants for what they were given."""
    return area in areas_for(ctx, ctx.member)


def areas_for(ctx: Situation, who: Member) -> frozenset[Area]:
    """What a member looks after as one of the staff; nothing, where they are a student."""
    if who.role == "student":
        return frozenset()
    areas = areas_of(ctx.db, who.id) if who.role == "assistant" else None
    return frozenset(AREAS) if areas is None else areas


def not_your_area(command: str, area: Area) -> UserError:
    return UserError("command.not_your_area", command=command, area=Text(id=f"area.{area}"))


def let_go(ctx: Context, who: Member, areas: Collection[Area]) -> None:
    """What somebody was at and looks after no more is free for others."""
    for offer in ctx.engine.registry.offers.get("let_go", ()):
        offer(ctx, who, areas)
