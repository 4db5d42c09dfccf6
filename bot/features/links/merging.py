"""Making two members one person, and parting them: their rows stay, what is read of them changes."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Table, and_, func, select

from bot.domain.ids import MemberId, ObjectId
from bot.domain.places import Member
from bot.domain.rules import Fact, LedgerEntry, Verdict
from bot.engine.context import Context
from bot.engine.levels import relevel
from bot.engine.values import common_values
from bot.features.links import store
from bot.features.links.collisions import doubled
from rules.fold import LINKED, RETRACTED, UNLINKED, given_back, reversal
from storage import boards, changed
from storage.tables import fact as facts
from storage.tables import ledger, shadow_ledger

Named = tuple[MemberId, str, str, int, bool]
"""An entry by what is unique about it: member, rule, object, round; and whether it is one of a trial."""


class Closed(NamedTuple):
    """What was counted for both and now counts once."""

    times: int
    points: int


def merge(ctx: Context, survivor: Member, merged: Member) -> Closed:
    """From now on both are one: the survivor. What a person can have but once is taken back from who had it later."""
    ctx.writes.flush_decisions(ctx.db)
    mine, theirs = store.parts_of(ctx.db, survivor.id), store.parts_of(ctx.db, merged.id)
    whole = dict.fromkeys([*mine, *theirs], survivor.id)
    rules = {rule.id: rule for rule in ctx.course.rules}
    between = dict(ctx.ask_each("between_accounts", list(whole)))
    lit, dark = (
        list(doubled(_standing(ctx.db, table, list(whole)), mine, rules, between)) for table in (ledger, shadow_ledger)
    )
    closed = [*_names(lit, is_shadow=False), *_names(dark, is_shadow=True)]
    fact = _fact(ctx, LINKED, survivor, merged.id, whole, closed)
    verdicts = [Verdict(rule=one.rule, fired=True, points=-one.points) for one in lit if one.points]
    ctx.writes.add_fact(fact, verdicts, ctx.live.snapshots[ctx.course.id])
    ctx.writes.entries += [reversal(one, fact) for one in lit]
    ctx.writes.shadows += [reversal(one, fact) for one in dark]
    store.carry_wishes(ctx.db, survivor.id, merged.id)
    store.add_link(ctx.db, ctx.course.id, survivor.id, merged.id, at=ctx.now, closed=closed)
    _regroup(ctx, whole, {survivor.id, merged.id})
    return Closed(len([one for one in lit if one.points]), sum(one.points for one in lit))


def part(ctx: Context, link: Row[Any], person: Member) -> Closed:
    """Undo a link that was ended just now: both are who they were, and get back what it closed.

    What the person has done since then stays with the survivor.
    """
    members = store.parts_of(ctx.db, person.id)
    whole = store.roots(store.links_in(ctx.db, ctx.course.id), members)
    lit, dark = (_closed(ctx.db, table, link) for table in (ledger, shadow_ledger))
    back = [*_names(lit, is_shadow=False), *_names(dark, is_shadow=True)]
    fact = _fact(ctx, UNLINKED, person, link.merged, whole, back)
    verdicts = [Verdict(rule=one.rule, fired=True, points=one.points) for one in lit if one.points]
    ctx.writes.add_fact(fact, verdicts, ctx.live.snapshots[ctx.course.id])
    ctx.writes.entries += [given_back(one, fact) for one in lit]
    ctx.writes.shadows += [given_back(one, fact) for one in dark]
    _regroup(ctx, whole, {person.id, *whole.values()})
    return Closed(len([one for one in lit if one.points]), sum(one.points for one in lit))


def _regroup(ctx: Context, whole: dict[MemberId, MemberId], regrouped: Collection[MemberId]) -> None:
    ctx.writes.flush_decisions(ctx.db)
    store.point(ctx.db, whole)
    boards.recount(ctx.db, regrouped)
    relevel(ctx.db, ctx.course, regrouped)
    changed.note(ctx.db, whole)


def _object(merged: MemberId) -> ObjectId:
    return ObjectId(f"member {merged}")


def _fact(
    ctx: Context,
    kind: str,
    about: Member,
    other: MemberId,
    whole: Mapping[MemberId, MemberId],
    entries: Sequence[Named],
) -> Fact:
    values = {"persons": [list(pair) for pair in sorted(whole.items())], "entries": [list(one) for one in entries]}
    return Fact(
        kind=kind,
        course=ctx.course.id,
        member=about.id,
        object=_object(other),
        at=ctx.now,
        local_date=ctx.today,
        cause=ctx.event.key,
        values={**values, **common_values(ctx.course, about, ctx.space, ctx.today)},
    )


# --- entries ----------------------------------------------------------------------------------------------------------


def _standing(db: Connection, table: Table, members: Sequence[MemberId]) -> list[LedgerEntry]:
    """What these members were given and still have, in order."""
    by = [table.c[name] for name in ("member", "rule", "object")]
    mine = table.c.member.in_(members)
    last = select(*by, func.max(table.c.round).label("round")).where(mine).group_by(*by).subquery()
    is_last = and_(*(last.c[column.name] == column for column in (*by, table.c.round)))
    query = select(table).join(last, is_last).where(mine, table.c.round % 2 == 0)
    return [_entry(row) for row in db.execute(query.order_by(table.c.at, table.c.id))]


def _closed(db: Connection, table: Table, link: Row[Any]) -> list[LedgerEntry]:
    """Of the entries that a link has closed, those that would still stand without it."""
    found = []
    for member, rule, object, given, is_shadow in link.closed:
        if is_shadow is not (table is shadow_ledger):
            continue
        mine = (table.c.member == member) & (table.c.rule == rule) & (table.c.object == object)
        rows = db.execute(select(table).where(mine, table.c.round >= given).order_by(table.c.round)).all()
        is_last = [row.round for row in rows] == [given, given + 1]
        if is_last and not _is_gone(db, _entry(rows[0]), link):
            found.append(_entry(rows[0]))
    return found


def _is_gone(db: Connection, entry: LedgerEntry, link: Row[Any]) -> bool:
    """Whether what it was given for has been taken back since: a message deleted, a grade changed."""
    linked = (facts.c.kind == LINKED) & (facts.c.member == link.survivor) & (facts.c.object == _object(link.merged))
    of_link = select(func.max(facts.c.id)).where(linked).scalar_subquery()  # a moment may be that of several facts
    since = (facts.c.object == entry.object) & (facts.c.kind == RETRACTED) & (facts.c.id > of_link)
    rows = db.execute(select(facts.c["values"]).where(since, facts.c.member.in_((link.survivor, entry.member))))
    return any(values["fact"] == entry.fact for (values,) in rows)


def _entry(row: Row[Any]) -> LedgerEntry:
    values = row._asdict()
    values.pop("id")
    return LedgerEntry(**values)


def _names(entries: Sequence[LedgerEntry], *, is_shadow: bool) -> list[Named]:
    return [(one.member, one.rule, one.object, one.round, is_shadow) for one in entries]
