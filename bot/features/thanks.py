"""`/thanks MEMBER`, or 谢谢 as a reply and a press: one member thanks another, once in a while."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from msgspec import structs
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Column, Connection, ForeignKey, String, Table, bindparam, distinct, func, select

from bot.domain.course import Course
from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.ids import CourseId, MemberId
from bot.domain.messages import Text
from bot.domain.places import Address, Member
from bot.engine.context import Context
from bot.engine.dispatch import NotMeant
from bot.engine.feature import Feature, InReply
from bot.engine.figures import Figure, Stretch, counts_in, overlap
from bot.engine.growth import Grown, GrowthAsked, sums_by_person
from bot.engine.parameters import someone
from bot.engine.posts import post_of
from rules.fields import PositiveDuration
from storage.columns import LocalDate, Moment
from storage.database import insert_new
from storage.personal import Personal
from storage.persons import is_of, person_of, same_person, same_persons
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
_DAY, _MUTUAL = timedelta(days=1), timedelta(days=7)
_BELOW = re.compile(r"for (\S+):(\S+)")  # what the button says: it may be pressed in private
_WORDS = InReply(("谢谢", "谢谢你", "多谢", "感谢", "谢啦", "thanks", "thank you", "thx"))


class ThanksSettings(BaseModel):
    """How long it takes until thanks between the same two count again; whole dates of the course."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    cool_down: PositiveDuration = _DAY


feature.sections["thanks"] = ThanksSettings


@feature.command("thanks", words=_WORDS, parameters=(someone(required=True),))
def give(ctx: Context, cmd: CommandInvoked) -> None:
    if cmd.via == "word":
        _ask(ctx, cmd)
        return
    taker, shown = _taker(ctx, cmd)
    _check(ctx, taker, shown)
    if not _record(ctx, taker):
        raise UserError("thanks.already", name=shown)
    object, mutual = _object(ctx.member.id, taker.id, ctx.today), _is_mutual(ctx.db, ctx.member, taker, ctx.now)
    ctx.reply("thanks.done", name=shown)
    points = ctx.announce("thanks.given", object, mutual=mutual).points
    ctx.announce("thanks.received", object, member=taker, mutual=mutual)
    if points:
        ctx.reply("points.plus", points=points)


def _ask(ctx: Context, cmd: CommandInvoked) -> None:
    """Whether a word of thanks is to count: said to somebody, it is often no more than polite.

    Politeness is never answered with what is wrong with it.
    """
    try:
        taker, shown = _taker(ctx, cmd)
        _check(ctx, taker, shown)
    except UserError as mistake:
        raise NotMeant from mistake
    label = Text(id="button.thanks")
    ctx.reply("thanks.ask", name=shown, buttons=[(label, f"thanks for {cmd.address.room}:{cmd.reply_to}")])


def _object(giver: MemberId, taker: MemberId, day: date) -> str:
    return f"thanks {giver} to {taker} {day}"


def _taker(ctx: Context, cmd: CommandInvoked) -> tuple[Member, str | Text]:
    """Who is named, else whose message was replied to; and the name that the answer may say."""
    said = cmd.text.strip()
    if cmd.via == "button" and (found := _BELOW.fullmatch(said)):
        place = structs.replace(cmd.address, chat=found[1])
        return _author(ctx, place, found[2]), Text(id="thanks.them")  # by now they may go by another name
    if said:
        return _named(ctx, said)
    if cmd.reply_to is None:
        raise UserError("thanks.whom")
    author = _author(ctx, cmd.address, cmd.reply_to)
    return author, author.name


def _author(ctx: Context, address: Address, message: str) -> Member:
    """Whose message that is. A button says this, and no number of a member: by that one finds a pseudonym."""
    post = post_of(ctx.db, ctx.course.id, address, message)
    if post is None:
        raise UserError("thanks.not_a_post")
    if not _is_present(ctx.db, post.author):
        raise UserError("thanks.gone")
    return post.author


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


def _check(ctx: Context, taker: Member, shown: str | Text) -> None:
    """Raises UserError where these thanks would not count today."""
    if taker.id == ctx.member.id:
        raise UserError("thanks.oneself")
    pair = {"giver_": ctx.member.id, "taker_": taker.id}
    last: date | None = ctx.db.execute(_LAST, pair).scalar_one()
    if last is None or (again := last + _cool_down(ctx.course)) <= ctx.today:
        return
    if last == ctx.today and again == ctx.today + _DAY:
        raise UserError("thanks.already", name=shown)
    raise UserError("thanks.too_soon", name=shown, day=again)


def _cool_down(course: Course) -> timedelta:
    """In whole dates."""
    settings: ThanksSettings = course.settings["thanks"]
    return -(-settings.cool_down // _DAY) * _DAY


_LAST = select(func.max(table.c.local_date)).where(
    same_person(table.c.giver, bindparam("giver_", type_=Id)), same_person(table.c.taker, bindparam("taker_", type_=Id))
)


def _record(ctx: Context, taker: Member) -> bool:
    """False where another process was first."""
    row = {"giver": ctx.member.id, "taker": taker.id, "local_date": ctx.today, "course": ctx.course.id, "at": ctx.now}
    return ctx.db.execute(insert_new(ctx.db, table), row).rowcount == 1


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


@feature.offer("growth")
def growth(db: Connection, asked: GrowthAsked) -> list[Grown]:
    """How often each of many members was thanked, once a day by each of the others."""
    query = select(table.c.taker, *counts_in(table.c.local_date, asked.stretches))
    query = query.where(same_persons(table.c.taker, "members"), person_of(table.c.giver) != person_of(table.c.taker))
    query = query.where(overlap(table.c.local_date, asked.stretches)).group_by(table.c.taker)
    return [Grown("together", "thanks", Text(id="growth.thanked"), sums_by_person(db, query, asked.ids))]
