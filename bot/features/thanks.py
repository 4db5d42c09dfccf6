"""`/thanks MEMBER`, or 谢谢 as a reply: one member thanks another, once a day."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Column, Connection, ForeignKey, String, Table, bindparam, distinct, func, select

from bot.domain.course import Course
from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.ids import CourseId, MemberId
from bot.domain.messages import Text
from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.dispatch import NotMeant
from bot.engine.feature import Feature, InReply
from bot.engine.figures import Figure, Stretch, counts_in, overlap
from bot.engine.parameters import someone
from bot.engine.posts import post_of
from storage.columns import LocalDate, Moment
from storage.database import insert_new
from storage.personal import Personal
from storage.persons import is_of, person_of, same_person
from storage.tables import Id, member, metadata, profile

feature = Feature("thanks")
feature.fact("thanks.given", mutual="yes_no")
feature.fact("thanks.received", mutual="yes_no")

table = Table(
    "thanks",
    metadata,
    Column("giver", Id, ForeignKey("member.id"), primary_key=True),
    Column("taker", Id, ForeignKey("member.id"), primary_key=True),
    Column("local_date", LocalDate, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("at", Moment, nullable=False),
)

# Who thanked them they were told then; the list would say it for good.
feature.personal(Personal(table, path=("giver",)), Personal(table, path=("taker",), hidden=("giver",)))
_MUTUAL = timedelta(days=7)
_WORDS = InReply(("谢谢", "谢谢你", "多谢", "感谢", "谢啦", "thanks", "thank you", "thx"))


@feature.command("thanks", words=_WORDS, parameters=(someone(required=True),))
def give(ctx: Context, cmd: CommandInvoked) -> None:
    try:
        taker, shown = _taker(ctx, cmd)
        _record(ctx, taker, shown)
    except UserError as mistake:
        if cmd.via == "word":  # politeness is never answered with what is wrong with it
            raise NotMeant from mistake
        raise
    object, mutual = _object(ctx.member.id, taker.id, ctx.today), _is_mutual(ctx.db, ctx.member, taker, ctx.now)
    ctx.reply("thanks.done", name=shown)
    points = ctx.announce("thanks.given", object, mutual=mutual).points
    ctx.announce("thanks.received", object, member=taker, mutual=mutual)
    if points:
        ctx.reply("points.plus", points=points)


def _object(giver: MemberId, taker: MemberId, day: date) -> str:
    return f"thanks {giver} to {taker} {day}"


def _taker(ctx: Context, cmd: CommandInvoked) -> tuple[Member, str]:
    """Who is named, else whose message was replied to; and the name that the answer may say."""
    if cmd.text.strip():
        return _named(ctx, cmd.text.strip())
    if cmd.reply_to is None:
        raise UserError("thanks.whom")
    post = post_of(ctx.db, ctx.course.id, cmd.address, cmd.reply_to)
    if post is None:
        raise UserError("thanks.not_a_post")
    if not _is_present(ctx.db, post.author):
        raise UserError("thanks.gone")
    return post.author, post.author.name


def _named(ctx: Context, text: str) -> tuple[Member, str]:
    """By the whole text, or by a handle or number before other words."""
    try:
        return _found(ctx, text)
    except UserError:
        who, _, words = text.partition(" ")
        if not (words and who.startswith(("@", "#", "<@"))):
            raise
        return _found(ctx, who)


def _found(ctx: Context, who: str) -> tuple[Member, str]:
    """A number tells the pseudonym, where there is one; who knows the name must not learn the pseudonym by it."""
    taker = ctx.find_member(who, is_present=True)
    if not who.startswith("#"):
        return taker, taker.name
    pseudonym = ctx.db.execute(select(profile.c.pseudonym).where(profile.c.member == taker.id)).scalar_one()
    return taker, pseudonym or taker.name


def _is_present(db: Connection, who: Member) -> bool:
    return db.execute(_PRESENT, {"who": who.id}).first() is not None


_PRESENT = select(member.c.id).where(
    member.c.id == bindparam("who"), member.c.left_at.is_(None), member.c.merged_into.is_(None)
)


def _record(ctx: Context, taker: Member, shown: str) -> None:
    if taker.id == ctx.member.id:
        raise UserError("thanks.oneself")
    if ctx.db.execute(_TODAY, {"giver_": ctx.member.id, "taker_": taker.id, "day": ctx.today}).first():
        raise UserError("thanks.already", name=shown)
    row = {"giver": ctx.member.id, "taker": taker.id, "local_date": ctx.today, "course": ctx.course.id, "at": ctx.now}
    if ctx.db.execute(insert_new(ctx.db, table), row).rowcount == 0:
        raise UserError("thanks.already", name=shown)


_TODAY = select(table.c.giver).where(
    same_person(table.c.giver, bindparam("giver_", type_=Id)),
    same_person(table.c.taker, bindparam("taker_", type_=Id)),
    table.c.local_date == bindparam("day"),
)


def _is_mutual(db: Connection, giver: Member, taker: Member, now: datetime) -> bool:
    """Whether the taker has thanked the giver within the last seven days."""
    bound = {"back": taker.id, "to": giver.id, "since": now - _MUTUAL}
    return db.execute(_THANKED, bound).first() is not None


_THANKED = select(table.c.giver).where(
    same_person(table.c.giver, bindparam("back", type_=Id)),
    same_person(table.c.taker, bindparam("to", type_=Id)),
    table.c.at > bindparam("since", type_=Moment()),
)


@feature.offer("between_accounts")
def between_accounts(db: Connection, members: Sequence[MemberId]) -> list[tuple[tuple[str, str], None]]:
    """What these members, who are one person now, have thanked each other for: it would not have been."""
    theirs = table.c.giver.in_(members) & table.c.taker.in_(members) & (table.c.giver != table.c.taker)
    rows = db.execute(select(table.c.giver, table.c.taker, table.c.local_date).where(theirs))
    objects = [_object(giver, taker, day) for giver, taker, day in rows]
    return [((kind, object), None) for kind in ("thanks.given", "thanks.received") for object in objects]


@feature.query("thanks_on")
def thanks_on(db: Connection, course: CourseId, first: date, last: date) -> dict[tuple[MemberId, date], int]:
    """How many have thanked a member on a date, both dates included."""
    mine = (table.c.course == course) & table.c.local_date.between(first, last)
    taker = member.c.id
    counted = select(taker, table.c.local_date, func.count(distinct(person_of(table.c.giver))))
    counted = counted.join_from(table, member, is_of(table.c.taker)).where(mine)
    counted = counted.where(person_of(table.c.giver) != taker)  # two accounts may have become one person since
    rows = db.execute(counted.group_by(taker, table.c.local_date))
    return {(taker, day): int(count) for taker, day, count in rows}


@feature.offer("figures")
def figures(db: Connection, course: Course, stretches: Sequence[Stretch]) -> list[Figure]:
    day = table.c.local_date
    query = select(*counts_in(day, stretches)).join_from(table, member, is_of(table.c.giver))
    mine = (table.c.course == course.id) & (member.c.role == "student") & overlap(day, stretches)
    return [Figure(Text(id="figure.thanks"), tuple(db.execute(query.where(mine)).one()))]
