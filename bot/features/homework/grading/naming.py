"""Whose works they are, for many at once; and the works that staff mean."""

from collections.abc import Sequence

from bot.domain.errors import UserError
from bot.engine.context import Context
from bot.engine.roster import members_by_id
from bot.features.homework.grading import many
from bot.features.homework.store import hand_ins, teams
from bot.features.homework.store.hand_ins import HandIn


def names_of(ctx: Context, rows: Sequence[HandIn]) -> dict[int, list[str]]:
    """The names of the authors, for staff, by the number of the hand-in."""
    together = teams.members_of(ctx.db, {row.team for row in rows if row.team is not None})
    alone = members_by_id(ctx.db, {row.member for row in rows if row.team is None})
    return {
        row.id: [alone[row.member].name] if row.team is None else [one.name for one in together[row.team]]
        for row in rows
    }


def asked(ctx: Context, said: str) -> many.Asked | None:
    """What is meant by `12 …`, `12, 15 …` or `note @ada …`. None where it is none of these. Raises UserError."""
    if listed := many.numbers_in(said):
        return listed
    name, who, *rest = [*said.split(maxsplit=2), "", ""][:3]
    homework = ctx.course.book.homework.get(name.casefold())
    if homework is None or not who.startswith(("@", "<@")):
        return None
    author = ctx.find_member(who)
    row = hand_ins.of_member(ctx.db, ctx.course.id, homework.id, author.id)
    if row is None:
        raise UserError("grading.nothing_of", name=author.name, homework=homework.title)
    return many.Asked((row.id,), rest[0].strip())
