"""Taking back what rules gave for a fact that holds no longer: by new entries, never by changing old ones."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, Table, Text, and_, bindparam, func, select, type_coerce

from bot.domain.rules import ANONYMOUS, Fact, LedgerEntry, Verdict
from rules.fold import Totals, reversal
from storage import boards
from storage.persons import same_person
from storage.tables import Id, ledger, shadow_ledger
from storage.tables import fact as fact_table

if TYPE_CHECKING:
    from bot.engine.context import Context


def take_back(ctx: "Context", fact: Fact) -> int:
    """Close the open rounds of the fact's member, object and kind; the points that are gone.

    All that was decided before must be written.
    """
    kind = fact.values["fact"]
    given = list(_open(ctx.db, ledger, fact, kind))
    entries = [reversal(entry, fact) for entry in given]
    verdicts = [Verdict(rule=entry.rule, fired=True, points=entry.points) for entry in entries]
    ctx.writes.add_fact(fact, verdicts, ctx.live.snapshots[ctx.course.id])
    ctx.writes.entries += entries
    ctx.writes.shadows += [reversal(entry, fact) for entry in _open(ctx.db, shadow_ledger, fact, kind)]
    _lower(ctx, fact, given)
    for withdraw in ctx.engine.registry.withdrawals:
        for entry in given:
            withdraw(ctx, entry)
    return sum(entry.points for entry in given)


def is_anonymous(db: Connection, member: int, kind: str, object: str) -> bool:
    """Whether the fact that is taken back was one that nobody may connect with its member."""
    found = db.execute(_VALUES, {"who": member, "kind": kind, "of": object}).scalars()
    return any(values.get(ANONYMOUS) for values in found)


def anonymous_facts(db: Connection) -> set[tuple[int, str, str]]:
    """Member, kind and object of every fact that nobody may connect with its member."""
    is_one = type_coerce(fact_table.c["values"], Text).contains(f'"{ANONYMOUS}"', autoescape=True)
    rows = db.execute(select(fact_table.c.member, fact_table.c.kind, fact_table.c.object).where(is_one))
    return {(row.member, row.kind, row.object) for row in rows}


_WHO = bindparam("who", type_=Id)
_VALUES = select(fact_table.c["values"]).where(
    same_person(fact_table.c.member, _WHO),
    fact_table.c.kind == bindparam("kind"),
    fact_table.c.object == bindparam("of"),
)


def _open(db: Connection, table: Table, fact: Fact, kind: str) -> Iterator[LedgerEntry]:
    """What was given for it and not taken back since."""
    for row in db.execute(_OPEN[table.name], {"who": fact.member, "of": fact.object, "kind": kind}):
        values = row._asdict()
        values.pop("id")
        yield LedgerEntry(**values)


def _opened(table: Table) -> Select[Any]:
    this = (table.c.object == bindparam("of")) & (table.c.fact == bindparam("kind"))
    mine = same_person(table.c.member, _WHO) & this
    by = (table.c.member, table.c.rule)
    last = select(*by, func.max(table.c.round).label("round")).where(mine).group_by(*by).subquery()
    is_last = and_(*(last.c[name] == table.c[name] for name in ("member", "rule", "round")))
    rows = select(table).join(last, is_last).where(mine)
    return rows.where(table.c.round % 2 == 0).order_by(table.c.id)


_OPEN = {table.name: _opened(table) for table in (ledger, shadow_ledger)}


def _lower(ctx: "Context", fact: Fact, given: list[LedgerEntry]) -> None:
    """The level may fall; nobody is told, and who climbs again is not praised again. Staff have none."""
    if not (given and ctx.course.levels and fact.values["member.role"] == "student"):
        return
    _, _, activity, contribution = next(boards.standings_of(ctx.db, fact.course, [fact.member]))
    totals = Totals(activity=activity, contribution=contribution)
    for entry in given:
        totals.add(entry.category, -entry.points)
    ctx.writes.levels[fact.member] = ctx.course.level_at(totals.activity, totals.contribution)
