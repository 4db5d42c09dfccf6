"""Members themselves: joining, leaving, `/me`, `/language`."""

from collections.abc import Iterator, Sequence

from sqlalchemy import or_, select, update

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, MemberJoined, MemberLeft
from bot.domain.ids import language_of
from bot.domain.messages import Template, Text, Words
from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.levels import standing_of
from bot.engine.parameters import choice, text
from storage import boards
from storage.tables import member, profile

feature = Feature("members", needs=("points_of", "rank_of", "checkins_of", "honours_of"))
feature.fact("member.joined")

_SUGGESTED = 25
_AS_COURSE = ("auto", "course", "默认", "自动")


@feature.on(MemberJoined)
def joined(ctx: Context, event: MemberJoined) -> None:
    if ctx.has_member:
        ctx.announce("member.joined", f"member {ctx.member.id}")


@feature.on(MemberLeft)
def left(ctx: Context, event: MemberLeft) -> None:
    if ctx.has_member:
        ctx.db.execute(update(member).where(member.c.id == ctx.member.id).values(left_at=ctx.now))
        boards.relist(ctx.db, [ctx.member.id])


@feature.command("me", is_private=True, words=("我的",), parameters=(text("member", suggests="members"),))
def me(ctx: Context, cmd: CommandInvoked) -> None:
    """One's own card; staff may ask for another's in the staff room, with what is for staff only."""
    asked = cmd.text.strip()
    if not asked:
        _show(ctx, ctx.member)
        return
    if ctx.member.role == "student" or ctx.space is None or ctx.space.kind != "staff":
        raise UserError("me.others")
    who = ctx.find_member(asked)
    _show(ctx, who)
    _show_to_staff(ctx, who)
    if who.id != ctx.member.id:
        ctx.audit("me", member=f"#{who.id}")


def _show(ctx: Context, who: Member) -> None:
    ctx.reply("me.title", name=who.name, role=Text(id=f"role.{who.role}"))
    honours = ctx.ask("honours_of", ctx.course, who.id, ctx.now)
    if honours.titles:
        ctx.reply("me.titles", titles=honours.titles)
    if honours.badges:
        ctx.reply("me.badges", badges=honours.badges)
    ctx.reply_table(list(_rows(ctx, who)), numbers=frozenset({1}))


def _show_to_staff(ctx: Context, who: Member) -> None:
    withdrawn = ctx.ask("honours_of", ctx.course, who.id, ctx.now).withdrawn
    if withdrawn:
        ctx.reply("me.withdrawn", honours=withdrawn)
    if who.tags:
        ctx.reply("me.tags", tags=list(who.tags))


def _rows(ctx: Context, who: Member) -> Iterator[Sequence[Words | str]]:
    checkins, streak = ctx.ask("checkins_of", who.id, ctx.today, ctx.course.is_quiet)
    rank = ctx.ask("rank_of", ctx.course.id, who.id)
    last = ctx.course.day_number(ctx.course.ends)
    day = ctx.course.day_number(ctx.today)
    standing = standing_of(ctx.db, ctx.course, who.id) if who.role == "student" else None
    yield Text(id="me.day"), Text(id="me.day_of", values={"day": min(max(day, 0), last), "last": last})
    if standing:
        yield Text(id="me.level"), Template(text=standing.level.title)
    yield Text(id="me.checkins"), str(checkins)
    yield Text(id="me.streak"), Text(id="me.days", values={"count": streak})
    yield Text(id="me.points"), str(ctx.ask("points_of", who.id))
    yield Text(id="me.rank"), str(rank) if rank else "–"


@feature.command("language", words=("语言",), parameters=(choice("language", "zh", "en", "auto"),))
def language(ctx: Context, cmd: CommandInvoked) -> None:
    asked = cmd.text.strip().casefold()
    if not asked:
        buttons = [(Text(id=f"language.{code}"), f"language {code}") for code in ("zh", "en", "auto")]
        ctx.reply("language.which", buttons=buttons)
        return
    words = {"中文": "zh", "chinese": "zh", "汉语": "zh", "english": "en", "英文": "en", "英语": "en"}
    chosen = None if asked in _AS_COURSE else language_of(words.get(asked, asked))
    if chosen is None and asked not in _AS_COURSE:
        raise UserError("language.unknown", name=asked[:24])
    ctx.db.execute(update(profile).where(profile.c.member == ctx.member.id).values(language=chosen))
    ctx.choose_language(chosen)
    ctx.reply("language.done" if chosen else "language.as_course")


@feature.suggest("members")
def members(ctx: Context, typed: str) -> list[tuple[str, str]]:
    """For staff, who see everybody's name: the members that are here, on whichever platform, by name or handle."""
    if ctx.member.role == "student":
        return []
    here = (member.c.course == ctx.course.id) & member.c.left_at.is_(None) & member.c.merged_into.is_(None)
    like = [column.icontains(typed.removeprefix("@"), autoescape=True) for column in (profile.c.name, profile.c.handle)]
    query = select(member.c.id, profile.c.name, profile.c.handle).join(profile, profile.c.member == member.c.id)
    rows = ctx.db.execute(query.where(here, or_(*like)).order_by(profile.c.name, member.c.id).limit(_SUGGESTED))
    return [(f"#{row.id}", f"{row.name} @{row.handle}" if row.handle else row.name) for row in rows]
