"""One person behind several members: rows of a member that was merged into another are found under both.

No row is ever moved. A query that asks for a member's rows asks with `same_person` or `same_persons`; one that asks
whose rows they are, with `person_of` or `is_of`; and where a person may have but one row, `counts_once` leaves it.
"""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    Table,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from bot.domain.ids import MemberId
from storage.among import Many
from storage.tables import Id, member

Item = TypeVar("Item")


def same_person(column: ColumnElement[Any], who: BindParameter[Any] | ColumnElement[Any] | int) -> ColumnElement[bool]:
    """Whether a row is of this member, or of one merged into it."""
    one: ColumnElement[Any] = literal(who, Id) if isinstance(who, int) else who
    other = member.alias()
    return column.in_(union_all(select(one), select(other.c.id).where(other.c.merged_into == one)))


def lock_person(db: Connection, who: int) -> MemberId:
    """Let nobody else change what this person is or has, by whichever account, until the transaction ends.

    Who they are now. Linking and parting accounts locks the same rows, so that can't change either. It is the weaker
    lock, which rows that only name the member need not wait for.
    """
    while True:
        mine = select(member.c.id, member.c.merged_into).where(member.c.id == who)
        row = db.execute(mine.with_for_update(key_share=True)).one()
        if row.merged_into is None:
            return MemberId(row.id)
        who = row.merged_into


class _Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> "_Among":
        """As it is, see `storage/among.py`."""
        return self


@compiles(_Among, "sqlite")
def _on_sqlite(element: _Among, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    asked = f"SELECT value FROM json_each({values})"  # noqa: S608 - compiled clauses
    return f"{column} IN ({asked} UNION ALL SELECT id FROM member WHERE merged_into IN ({asked}))"  # noqa: S608


@compiles(_Among)
def _on_postgresql(element: _Among, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    merged = f"SELECT id FROM member WHERE merged_into = ANY({values})"  # noqa: S608 - compiled clauses
    return f"{column} IN (SELECT unnest({values}) UNION ALL {merged})"


def same_persons(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """The same for many: of one of the members bound under this name, or of one merged into one of them."""
    return _Among(column, bindparam(name, type_=Many(column.type)))


def person_of(column: ColumnElement[Any]) -> ScalarSelect[Any]:
    """The member that a row of this member now counts for."""
    own = member.alias()
    whole = select(func.coalesce(own.c.merged_into, own.c.id)).where(own.c.id == column)
    return whole.correlate_except(own).scalar_subquery()


def is_of(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """For a join of `member`: whether it is who a row of this member now counts for."""
    return member.c.id == person_of(column)


def counts_once(table: Table, *names: str) -> ColumnElement[bool]:
    """Whether a row is the one that counts, where several accounts of a person have one with the same values.

    The survivor's own goes before the others, and of the others the one of the oldest member.
    """
    own, others, other = member.alias(), member.alias(), table.alias()
    merged = select(others.c.id).where(others.c.merged_into == own.c.merged_into, others.c.id < table.c.member)
    before = exists(
        select(literal(1))
        .select_from(own)
        .join(other, or_(other.c.member == own.c.merged_into, other.c.member.in_(merged.correlate(own, table))))
        .where(own.c.id == table.c.member, own.c.merged_into.is_not(None))
        .where(*(other.c[name] == table.c[name] for name in names))
        .correlate(table)
    )
    return ~before


def by_person(query: Select[Any]) -> Select[Any]:
    """A query whose first column is a member, with the person in its place; a person may then have several rows.

    For sums over many rows: whose they are is looked up once for each member, not for each row.
    """
    found = query.subquery()
    whose, *further = found.c
    return select(func.coalesce(member.c.merged_into, member.c.id), *further).join_from(
        found, member, member.c.id == whose
    )


def grouped(rows: Iterable[tuple[Any, Item]]) -> Iterator[tuple[Any, list[Item]]]:
    """Pairs of key and item, by key."""
    found: dict[Any, list[Item]] = {}
    for key, item in rows:
        found.setdefault(key, []).append(item)
    yield from found.items()
