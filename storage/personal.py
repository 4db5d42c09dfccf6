"""Which rows hold something about a person, and what is left of them when that person is forgotten.

Each table says it once: a person's own copy of their data is read by it, and the same columns are emptied by it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, delete, false, func, not_, or_, select, update

from storage.columns import Json
from storage.forms import form_session
from storage.jobs import job
from storage.private_courses import private_asked, private_course
from storage.tables import account, contact, fact, ledger, member, profile, shadow_ledger, staff_grant

GONE = "–"
"""What stands in the place of a text that was forgotten."""


class Account(NamedTuple):
    """Somebody on a platform."""

    platform: str
    user: str

    def __str__(self) -> str:
        """As YAML and the audit write it."""
        return f"{self.platform}:{self.user}"


class Person(NamedTuple):
    """All members that are one person, and all their accounts."""

    members: Sequence[int]
    accounts: Sequence[Account]


class Personal(NamedTuple):
    """What a table holds about a person.

    `path` is the column with the member; ("entry", "member"): that of the row which the column `entry` refers to;
    ("platform", "user") and ("account",) name an account instead. A person does not get to read `hidden` columns.
    """

    table: Table
    path: tuple[str, ...] = ("member",)
    texts: tuple[str, ...] = ()  # columns with words, which go
    emptied: Mapping[str, Any] = {}  # what else is written over
    hidden: tuple[str, ...] = ()
    goes: bool = False  # all of the row
    is_sheet: bool = False  # their own copy has it as a table, too
    reads: Callable[[Collection[int]], ColumnElement[bool]] | None = None  # which rows they read, if not only these


def person_of(db: Connection, known: Account) -> Person:
    """Everything that is the same person as this account: in all courses, and what was linked."""
    members: set[int] = set()
    accounts = {known}
    while True:
        mine = [_is_account(account, one) for one in accounts]
        found = set(db.execute(select(account.c.member).where(_any(mine))).scalars()) | members
        linked = select(member.c.id, member.c.merged_into)
        linked = linked.where(member.c.id.in_(found) | member.c.merged_into.in_(found))
        found |= {id for row in db.execute(linked) for id in row if id is not None}
        theirs = select(account.c.platform, account.c.user).where(account.c.member.in_(found))
        accounts |= {Account(*row) for row in db.execute(theirs)}
        if found == members:
            return Person(sorted(members), sorted(accounts))
        members = found


def rows_of(db: Connection, personal: Personal, whose: Person) -> Iterator[dict[str, Any]]:
    """A person's own rows, as they read them."""
    return _rows(db, personal, _is_theirs(personal, whose))


def rows_read_by(db: Connection, personal: Personal, whose: Person) -> Iterator[dict[str, Any]]:
    """The rows that a person reads: their own, or those that are theirs with others."""
    return _rows(db, personal, personal.reads(whose.members) if personal.reads else _is_theirs(personal, whose))


def texts_of_others(db: Connection, personal: Personal, whose: Person, heads: Collection[str]) -> Iterator[str]:
    """What stands in other people's rows and holds one of these beginnings."""
    for name in personal.texts:
        column = personal.table.c[name]
        if heads and not isinstance(column.type, Json):
            quoting = or_(*(column.contains(head, autoescape=True) for head in heads))
            others = not_(func.coalesce(_is_theirs(personal, whose), false()))
            yield from db.execute(select(column).where(quoting, others)).scalars()


def _rows(db: Connection, personal: Personal, wanted: ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    shown = [column for column in personal.table.c if column.name not in personal.hidden]
    for row in db.execute(select(*shown).where(wanted).order_by(*personal.table.primary_key)).mappings():
        yield dict(row)


def forget_rows(db: Connection, personal: Personal, whose: Person) -> None:
    """Leave of a person's rows what others' sums are counted of."""
    theirs = _is_theirs(personal, whose)
    if personal.goes:
        db.execute(delete(personal.table).where(theirs))
    elif left := {name: _emptied(personal.table, name) for name in personal.texts} | dict(personal.emptied):
        db.execute(update(personal.table).where(theirs).values(left))


def _emptied(table: Table, name: str) -> Any:
    column = table.c[name]
    if column.nullable:
        return None
    return [] if isinstance(column.type, Json) else GONE


def _is_theirs(personal: Personal, whose: Person) -> ColumnElement[bool]:
    table, path = personal.table, personal.path
    if path == ("platform", "user"):
        return _any([_is_account(table, one) for one in whose.accounts])
    if path == ("account",):
        return table.c.account.in_([str(one) for one in whose.accounts])
    return _leads_to(table, path, whose.members)


def _leads_to(table: Table, path: Sequence[str], members: Collection[int]) -> ColumnElement[bool]:
    name, *further = path
    if not further:
        return table.c[name].in_(members)
    (key,) = table.c[name].foreign_keys
    referred = key.column
    return table.c[name].in_(select(referred).where(_leads_to(referred.table, further, members)))


def _is_account(table: Table, one: Account) -> ColumnElement[bool]:
    return (table.c.platform == one.platform) & (table.c.user == one.user)


def _any(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    first, *others = conditions
    for other in others:
        first = first | other
    return first


CORE = (
    Personal(account, goes=True),
    Personal(contact, path=("platform", "user"), goes=True),
    Personal(staff_grant, path=("account",), goes=True),
    Personal(private_course, path=("platform", "user"), goes=True),
    Personal(private_asked, path=("platform", "user"), goes=True),
    Personal(form_session, path=("platform", "user"), hidden=("token", "prompts"), goes=True),
    Personal(job, path=("platform", "user"), hidden=("key", "holder"), goes=True),
    # Whose name they bear afterwards, and that they have left, is written by who forgets them.
    Personal(profile, texts=("handle", "language", "pseudonym")),
    Personal(member, path=("id",), emptied={"tags": [], "is_on_boards": False, "is_praised": False}),
    Personal(fact, hidden=("snapshot",)),
    Personal(ledger, emptied={"reason": ""}, is_sheet=True),
    Personal(shadow_ledger, emptied={"reason": ""}),
)

ELSEWHERE = {
    "score": "sums of the ledger",
    "audit": "storage/traces.py: what a member did, and what others did to them",
    "claim_code": "who used it was staff from then on, and staff are not forgotten",
}
"""Tables that name a member or an account and are no person's own rows, and why."""
