"""Reactions: what others make of a member's messages counts for their author, once a day for each pair."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    String,
    Table,
    bindparam,
    delete,
    distinct,
    func,
    select,
)

from bot.domain.events import MessageDeleted, ReactionAdded, ReactionRemoved
from bot.domain.ids import MemberId
from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.messages import FACT
from bot.engine.posts import Post, post_of
from bot.engine.roster import members_by_id
from bot.engine.stretches import LONGEST_REACTION
from storage.among import among
from storage.columns import Moment
from storage.database import insert_new
from storage.personal import Personal
from storage.persons import grouped, person_of, same_person
from storage.tables import Id, fact, metadata

feature = Feature("reactions")

_KEPT = 20  # reactions of one member to one author on a date that earn again when another goes
_DAY = timedelta(days=1)

feature.fact("reaction.received", reaction="text", from_role="text")

table = Table(
    "reaction",
    metadata,
    Column("object", String(200), primary_key=True),  # the message
    Column("member", Id, ForeignKey("member.id"), primary_key=True),
    Column("reaction", String(LONGEST_REACTION), primary_key=True),
    Column("at", Moment, nullable=False),
    Index(None, "member", "at"),
)

feature.personal(Personal(table))


class _Given(NamedTuple):
    """One reaction: by which account, and when."""

    member: MemberId
    reaction: str
    at: datetime


@feature.on(ReactionAdded)
def added(ctx: Context, event: ReactionAdded) -> None:
    post = _post(ctx, event)
    if post is None or post.is_deleted or post.author.id == ctx.member.id:
        return
    who, reaction = ctx.member, _kept(event.reaction)
    row = {"object": post.object, "member": who.id, "reaction": reaction, "at": ctx.now}
    if ctx.db.execute(insert_new(ctx.db, table), row).rowcount:
        object = _object(_of_day(ctx, who.id, post.author.id, ctx.now)[0].member, ctx.course.date_at(ctx.now))
        ctx.announce("reaction.received", object, member=post.author, reaction=reaction, from_role=who.role)


@feature.on(ReactionRemoved)
def removed(ctx: Context, event: ReactionRemoved) -> None:
    post = _post(ctx, event)
    if post is None:
        return
    mine = (table.c.object == post.object) & same_person(table.c.member, ctx.member.id)
    _take_back(ctx, post, ctx.member, _delete(ctx.db, mine & (table.c.reaction == _kept(event.reaction))))


@feature.on(MessageDeleted)
def deleted(ctx: Context, event: MessageDeleted) -> None:
    """What a message earned goes with it."""
    post = post_of(ctx.db, ctx.course.id, event.address, event.message) if ctx.space else None
    if post is None:
        return
    gone = _delete(ctx.db, table.c.object == post.object)
    members = members_by_id(ctx.db, {one.member for one in gone})
    for who, theirs in grouped((members[one.member], one) for one in gone):
        _take_back(ctx, post, who, theirs)


def _delete(db: Connection, those: ColumnElement[bool]) -> list[_Given]:
    gone = delete(table).where(those).returning(table.c.member, table.c.reaction, table.c.at)
    return sorted((_Given(*row) for row in db.execute(gone)), key=lambda one: (one.at, one.member, one.reaction))


def _take_back(ctx: Context, post: Post, who: Member, gone: Sequence[_Given]) -> None:
    """What somebody's reactions to a message have earned is taken back; those that stay on that date earn again."""
    _take_back_old(ctx, post, gone)
    for day, theirs in grouped((ctx.course.date_at(one.at), one) for one in gone):
        left = _of_day(ctx, who.id, post.author.id, theirs[0].at)
        if _says_the_same(theirs, left):
            continue
        for account in sorted({one.member for one in (*theirs, *left)}):
            ctx.retract("reaction.received", _object(account, day), member=post.author)
        for one in left[:_KEPT] if post.author.id != who.id else ():
            object, said = _object(left[0].member, day), one.reaction
            ctx.announce("reaction.received", object, member=post.author, on=day, reaction=said, from_role=who.role)


def _says_the_same(gone: Sequence[_Given], left: Sequence[_Given]) -> bool:
    """Whether those that stay have earned all that the others did."""
    if not left or not {one.reaction for one in gone} <= {one.reaction for one in left}:
        return False
    return min((*gone, *left), key=lambda one: one.at).member == left[0].member


def _take_back_old(ctx: Context, post: Post, gone: Sequence[_Given]) -> None:
    """Facts from before a reaction counted once a day had an object for each message."""
    for account in sorted({one.member for one in gone}):
        object = f"reaction of member {account} on {post.object}"
        if ctx.db.execute(_IS_KNOWN, {"of": object}).first():
            ctx.retract("reaction.received", object, member=post.author)


_IS_KNOWN = select(fact.c.id).where(fact.c.object == bindparam("of"), fact.c.kind == "reaction.received").limit(1)


def _of_day(ctx: Context, who: MemberId, author: MemberId, at: datetime) -> list[_Given]:
    """One person's reactions to another's messages on the date of this moment, in order."""
    posted = (fact.c.object == table.c.object) & (fact.c.kind == FACT) & (fact.c.course == ctx.course.id)
    query = select(table.c.member, table.c.reaction, table.c.at, table.c.object).join(fact, posted).distinct()
    theirs = same_person(table.c.member, who) & same_person(fact.c.member, author)
    query = query.where(theirs, table.c.at.between(at - _DAY, at + _DAY))
    found = ctx.db.execute(query.order_by(table.c.at, table.c.object, table.c.reaction))
    day = ctx.course.date_at(at)
    return [_Given(*row[:3]) for row in found if ctx.course.date_at(row.at) == day]


@feature.query("reactions_on")
def reactions_on(db: Connection, messages: Collection[str]) -> dict[str, int]:
    """How many have put a reaction under each of these messages."""
    counted = select(table.c.object, func.count(distinct(person_of(table.c.member)))).group_by(table.c.object)
    rows = db.execute(counted.where(among(table.c.object, "messages")), {"messages": messages})
    return {object: int(count) for object, count in rows}


@feature.offer("reactions")
def kept(db: Connection, messages: Collection[str]) -> list[tuple[str, int, str]]:
    """Who has put what under these messages: the message, the person, the reaction."""
    query = select(table.c.object, person_of(table.c.member), table.c.reaction)
    rows = db.execute(query.where(among(table.c.object, "messages")), {"messages": messages})
    return [(object, person, reaction) for object, person, reaction in rows]


@feature.offer("between_accounts")
def between_accounts(db: Connection, members: Sequence[int]) -> list[tuple[tuple[str, str], None]]:
    """Reactions of these members, who are one person now, to each other's messages: they would not have counted."""
    received = (fact.c.kind == "reaction.received") & fact.c.member.in_(members)
    objects = db.execute(select(fact.c.object).where(received).distinct()).scalars()
    given = tuple(f"reaction {how} member {who} on " for who in members for how in ("from", "of"))
    return [(("reaction.received", object), None) for object in objects if object.startswith(given)]


def _post(ctx: Context, event: ReactionAdded | ReactionRemoved) -> Post | None:
    return post_of(ctx.db, ctx.course.id, event.address, event.message) if ctx.space and ctx.has_member else None


def _object(account: MemberId, day: date) -> str:
    """All reactions of one member to one author's messages on one date are one thing.

    The fact says whose messages. Of a person with several accounts it is the one that was first on that date.
    """
    return f"reaction from member {account} on {day}"


def _kept(reaction: str) -> str:
    return reaction[:LONGEST_REACTION]
