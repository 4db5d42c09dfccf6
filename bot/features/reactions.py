"""Reactions: what others make of a member's message counts for its author."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    String,
    Table,
    bindparam,
    delete,
    distinct,
    func,
    select,
)

from bot.domain.events import MessageDeleted, ReactionAdded, ReactionRemoved
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.messages import FACT
from bot.engine.posts import Post, post_of
from bot.engine.stretches import LONGEST_REACTION
from storage.among import among
from storage.columns import Moment
from storage.database import insert_new
from storage.personal import Personal
from storage.persons import person_of, same_person
from storage.tables import Id, fact, metadata

feature = Feature("reactions")

_KEPT = 20  # reactions of one member to one message that earn again when another goes

feature.fact("reaction.received", reaction="text", from_role="text")

table = Table(
    "reaction",
    metadata,
    Column("object", String(200), primary_key=True),  # the message
    Column("member", Id, ForeignKey("member.id"), primary_key=True),
    Column("reaction", String(LONGEST_REACTION), primary_key=True),
    Column("at", Moment, nullable=False),
)

feature.personal(Personal(table))


@feature.on(ReactionAdded)
def added(ctx: Context, event: ReactionAdded) -> None:
    post = _post(ctx, event)
    if post is None or post.is_deleted or post.author.id == ctx.member.id:
        return
    who, reaction = ctx.member, _kept(event.reaction)
    row = {"object": post.object, "member": who.id, "reaction": reaction, "at": ctx.now}
    if ctx.db.execute(insert_new(ctx.db, table), row).rowcount:
        object = _object(post.object, who.id)
        ctx.announce("reaction.received", object, member=post.author, reaction=reaction, from_role=who.role)


@feature.on(ReactionRemoved)
def removed(ctx: Context, event: ReactionRemoved) -> None:
    """What this member's reactions to the message have earned is taken back; those that stay earn again."""
    post = _post(ctx, event)
    if post is None:
        return
    mine = (table.c.object == post.object) & same_person(table.c.member, ctx.member.id)
    gone = delete(table).where(mine, table.c.reaction == _kept(event.reaction)).returning(table.c.member)
    reacted = ctx.db.execute(gone).scalars().all()
    if not reacted:
        return
    object, who = _object(post.object, ctx.member.id), ctx.member
    for one in sorted(set(reacted)):
        ctx.retract("reaction.received", _object(post.object, one), member=post.author)
    for reaction, at in _first(ctx.db, mine) if post.author.id != who.id else ():
        on = ctx.course.date_at(at)
        ctx.announce("reaction.received", object, member=post.author, on=on, reaction=reaction, from_role=who.role)


@feature.on(MessageDeleted)
def deleted(ctx: Context, event: MessageDeleted) -> None:
    """What a message earned goes with it."""
    post = post_of(ctx.db, ctx.course.id, event.address, event.message) if ctx.space else None
    if post is None:
        return
    for who in sorted(set(ctx.db.execute(_GONE, {"of": post.object}).scalars())):
        ctx.retract("reaction.received", _object(post.object, who), member=post.author)


_GONE = delete(table).where(table.c.object == bindparam("of")).returning(table.c.member)


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
    posted = (fact.c.object == table.c.object) & (fact.c.kind == FACT)
    theirs = table.c.member.in_(members) & fact.c.member.in_(members) & (fact.c.member != table.c.member)
    rows = db.execute(select(table.c.object, table.c.member).join(fact, posted).where(theirs).distinct())
    return [(("reaction.received", _object(object, who)), None) for object, who in rows]


def _post(ctx: Context, event: ReactionAdded | ReactionRemoved) -> Post | None:
    return post_of(ctx.db, ctx.course.id, event.address, event.message) if ctx.space and ctx.has_member else None


def _object(post: str, who: int) -> str:
    """Several reactions of one member to one message are one thing."""
    return f"reaction of member {who} on {post}"


def _kept(reaction: str) -> str:
    return reaction[:LONGEST_REACTION]


def _first(db: Connection, those: ColumnElement[bool]) -> list[tuple[str, datetime]]:
    """The first of these reactions, with their moments."""
    query = select(table.c.reaction, table.c.at).where(those).order_by(table.c.at, table.c.reaction)
    return [(row.reaction, row.at) for row in db.execute(query.limit(_KEPT))]
