"""The effects `badge`, `title` and `role`, what becomes of them when an award is taken back, and who holds what."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection

from bot.domain.course import Course
from bot.domain.ids import MemberId, RuleId
from bot.domain.messages import Template, Text, Words
from bot.domain.rules import Firing, Honour, LedgerEntry
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.roles import audit_by_itself, demote, promote
from bot.engine.roster import name_of
from bot.engine.telling import tell
from bot.features.honours import store
from bot.features.honours.titles import GivenTitle, ends_at, last_day
from rules.fold import REDEMPTION
from storage.personal import Personal

feature = Feature("honours")
feature.personal(Personal(store.table))


@feature.effect("badge", str, names="badges")
def badge(ctx: Context, argument: str, firing: Firing) -> None:
    who = firing.fact.member
    is_new = not store.is_known(ctx.db, who, "badge", argument, ctx.now)
    store.give(ctx.db, "badge", argument, firing)
    if is_new:
        tell(ctx, who, Text(id="honour.badge", values={"badge": _shown(ctx.course.badges[argument])}))


@feature.effect("title", GivenTitle, names="titles")
def title(ctx: Context, argument: GivenTitle, firing: Firing) -> None:
    """Given again while it runs, it ends later; who has it reads of it once."""
    who, until = firing.fact.member, ends_at(ctx.course, argument, firing.fact.at)
    is_new = until > ctx.now and not store.is_known(ctx.db, who, "title", argument.name, ctx.now)
    store.give(ctx.db, "title", argument.name, firing, until)
    if is_new:
        values = {"title": _shown(ctx.course.titles[argument.name]), "until": last_day(ctx.course, until)}
        tell(ctx, who, Text(id="honour.title", values=values))


@feature.effect("role", Literal["assistant"])
def role(ctx: Context, argument: Literal["assistant"], firing: Firing) -> None:
    """Staff read of it, and find it in the audit."""
    who = firing.fact.member
    if not promote(ctx, who):
        return
    store.give(ctx.db, "role", argument, firing)
    audit_by_itself(ctx, "role", member=f"#{who}", rule=firing.rule.id)
    ctx.tell_staff(Text(id="role.given", values={"name": name_of(ctx.db, who), "rule": firing.rule.shown}))


@feature.on_reversal
def withdraw(ctx: Context, entry: LedgerEntry) -> None:
    """What this award gave is gone; the member is not told, staff are, once for each thing that was rewarded."""
    gone = store.withdraw(ctx.db, entry, ctx.now)
    kept = {(row.kind, row.name) for row in store.held(ctx.db, entry.member, ctx.now)}
    ran = [row for row in gone if row.until is None or row.until > ctx.now]
    lost = [row for row in ran if (row.kind, row.name) not in kept]
    if honours := [_shown(honour) for _, honour in _known(ctx.course, None, lost)]:
        id = "honour.withdrawn_redemption" if entry.rule == REDEMPTION else "honour.withdrawn"
        _tell_withdrawn(ctx, entry, id, honours=honours)
    granted_at = next((row.at for row in lost if row.kind == "role"), None)
    if granted_at and demote(ctx, entry.member, granted_at):
        audit_by_itself(ctx, "role_withdrawn", member=f"#{entry.member}", rule=entry.rule)
        _tell_withdrawn(ctx, entry, "role.withdrawn")


def _tell_withdrawn(ctx: Context, entry: LedgerEntry, id: str, **values: Any) -> None:
    values |= {"name": name_of(ctx.db, entry.member), "rule": _rule_shown(ctx.course, entry.rule)}
    key = f"withdrawn:{id}:{entry.rule}:{entry.member}:{entry.object}"
    ctx.tell_staff(Text(id=id, values=values), key=key)


class Honours(NamedTuple):
    """What a member may show, and what staff may want to know."""

    titles: list[Words]  # each with its end
    badges: list[Words]
    withdrawn: list[Words]  # each with its date


@feature.query("honours_of")
def honours_of(db: Connection, course: Course, who: MemberId, now: datetime) -> Honours:
    """What the member holds, as far as the course still knows it."""
    held = store.held(db, who, now)
    return Honours(
        titles=[
            Text(id="honour.until", values={"title": _shown(honour), "until": last_day(course, row.until)})
            for row, honour in _known(course, "title", held)
        ],
        badges=[_shown(honour) for _, honour in _known(course, "badge", held)],
        withdrawn=[
            Text(id="honour.gone", values={"honour": _shown(honour), "at": course.date_at(row.withdrawn_at)})
            for row, honour in _known(course, None, store.withdrawn(db, who))
        ],
    )


@feature.query("titles_held")
def titles_held(db: Connection, members: Collection[int], now: datetime) -> dict[int, list[str]]:
    """The titles that each of these people has now; also such as the course no longer has."""
    return store.titles_held(db, members, now)


@feature.query("title_ends")
def title_ends(db: Connection, course: Course, who: MemberId, now: datetime) -> dict[str, date]:
    """The last day of each title that the member has now."""
    rows = store.held(db, who, now)
    return {row.name: last_day(course, row.until) for row in rows if row.kind == "title" and row.until}


def _known(course: Course, kind: store.Kind | None, rows: Iterable[Any]) -> list[tuple[Any, Honour]]:
    """The rows of this kind, or of both, whose honour the course has."""
    mine = ((row, _honours(course, row.kind).get(row.name)) for row in rows if kind in (None, row.kind))
    return [(row, honour) for row, honour in mine if honour]


def _honours(course: Course, kind: str) -> dict[str, Honour]:
    return dict({"badge": course.badges, "title": course.titles}.get(kind, {}))


def _shown(honour: Honour) -> Words:
    if not honour.icon:
        return Template(text=honour.title)
    return Text(id="honour.shown", values={"icon": honour.icon, "title": honour.title})


def _rule_shown(course: Course, id: RuleId) -> Template | str:
    return next((rule.shown for rule in course.rules if rule.id == id), id)
