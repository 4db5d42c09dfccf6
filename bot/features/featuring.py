"""`/feature`: staff mark somebody's message as worth everybody's look (精选); once more takes it back."""

from datetime import datetime

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    delete,
    func,
    select,
    update,
)
from sqlalchemy import (
    Text as LongText,
)

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, MessageDeleted, MessageEdited
from bot.domain.ids import CourseId
from bot.domain.messages import Reaction, Text
from bot.domain.text import visible_length
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.messages import message_object
from bot.engine.posts import Post, post_of
from bot.engine.roster import member_of
from bot.engine.telling import tell
from bot.engine.voice import Utterance, Where
from bot.engine.works import READ, Whole, Work
from storage.columns import Moment
from storage.database import insert_new
from storage.personal import Personal
from storage.persons import person_of
from storage.tables import Id, metadata

feature = Feature("featuring")

FEATURED = "message.featured"
feature.fact(FEATURED)

_STAR = "⭐"

table = Table(
    "featured",
    metadata,
    Column("object", String(200), primary_key=True),  # the message
    Column("member", Id, ForeignKey("member.id"), nullable=False),  # its author
    Column("course", String(32), nullable=False),
    Column("space", String(32), nullable=False),
    Column("at", Moment, nullable=False),  # when it was featured
    Column("text", LongText),  # where the platform told what it said
    Column("length", Integer, nullable=False),  # visible characters of that
    Column("files", Integer, nullable=False),
    Index(None, "course", "at"),
)
feature.personal(Personal(table, goes=True))


@feature.command("feature", roles=("assistant", "admin"), is_reply=True, on_message="menu.feature")
def mark(ctx: Context, cmd: CommandInvoked) -> None:
    post = _post(ctx, cmd)
    if _take_back(ctx.db, post.object) is None:
        _feature(ctx, cmd, post)
        return
    ctx.retract(FEATURED, post.object, member=post.author)
    ctx.audit("unfeature", member=f"#{post.author.id}")
    ctx.reply("feature.taken_back", name=post.author.name)


def _post(ctx: Context, cmd: CommandInvoked) -> Post:
    """The message that is meant. Raises UserError where there is none, or it is nobody's."""
    if cmd.reply_to is None:
        raise UserError("feature.which")
    post = post_of(ctx.db, ctx.course.id, cmd.address, cmd.reply_to)
    if post is None or post.is_deleted:
        raise UserError("feature.not_a_post")
    return post


def _feature(ctx: Context, cmd: CommandInvoked, post: Post) -> None:
    if not ctx.db.execute(insert_new(ctx.db, table), _row(ctx, cmd, post)).rowcount:
        raise UserError("feature.already", name=post.author.name)  # somebody else was quicker by a moment
    _star(ctx, cmd, post)
    ctx.audit("feature", member=f"#{post.author.id}")
    ctx.reply("feature.done", name=post.author.name)
    tell(ctx, post.author.id, Text(id="feature.told"))
    outcome = ctx.announce(FEATURED, post.object, member=post.author)
    if outcome.points:
        tell(ctx, post.author.id, Text(id="points.plus", values={"points": outcome.points}))


def _row(ctx: Context, cmd: CommandInvoked, post: Post) -> dict[str, object]:
    text = cmd.quoted.text if cmd.quoted else None
    return {
        "object": post.object,
        "member": post.author.id,
        "course": ctx.course.id,
        "space": ctx.space.id if ctx.space else "",
        "at": ctx.now,
        "text": text,
        "length": visible_length(text or ""),
        "files": len(cmd.quoted.attachments) if cmd.quoted else 0,
    }


def _star(ctx: Context, cmd: CommandInvoked, post: Post) -> None:
    """Under the message, where the platform has that."""
    act = Utterance(lines=(), act=Reaction(message=cmd.reply_to or "", emoji=_STAR), policy="replaceable")
    where, key = Where(address=cmd.address), f"star:{post.object}:{ctx.event.key}"
    ctx.writes.say(ctx.engine.voice.queue(key, act, where, ctx.course.language, ctx.now))


def _take_back(db: Connection, object: str) -> Row[tuple[int]] | None:
    """Whose message it was; None where it was not featured."""
    gone = delete(table).where(table.c.object == object).returning(table.c.member)
    return db.execute(gone).one_or_none()


@feature.on(MessageEdited)
def edited(ctx: Context, event: MessageEdited) -> None:
    """Nobody is to read words again that their author has taken back. Of files an edit does not tell."""
    if ctx.space:
        mine = table.c.object == message_object(event.address, event.message)
        now = {"text": event.text, "length": visible_length(event.text)}
        ctx.db.execute(update(table).where(mine).values(now))


@feature.on(MessageDeleted)
def deleted(ctx: Context, event: MessageDeleted) -> None:
    """What a message earned goes with it."""
    object = message_object(event.address, event.message)
    gone = _take_back(ctx.db, object) if ctx.space else None
    if gone is not None:
        ctx.retract(FEATURED, object, member=member_of(ctx.db, gone.member))


@feature.offer("works")
def works(db: Connection, course: CourseId, since: datetime, until: datetime) -> list[Work]:
    """What was featured in this time, of which it is known what it says."""
    row = table.c
    said = func.substr(row.text, 1, READ), row.length, row.files
    query = select(person_of(row.member), row.space, row.object, row.at, *said).where(row.text.is_not(None))
    query = query.where(row.course == course, row.at > since, row.at <= until).order_by(row.at, row.object)
    return [Work(*found) for found in db.execute(query)]


@feature.offer("featured_works")
def featured_works(db: Connection, course: CourseId, since: datetime, until: datetime) -> list[Whole]:
    """Those that are text alone: of files it is only known how many there were."""
    row = table.c
    query = select(person_of(row.member).label("member"), row.at, row.text, row.object)
    query = query.where(row.course == course, row.at > since, row.at <= until, row.length > 0, row.files == 0)
    rows = db.execute(query.order_by(row.at, row.object))
    return [Whole(one.member, one.at, one.text, (), one.object, None) for one in rows]
