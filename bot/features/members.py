"""Members themselves: joining, leaving, `/me`, `/language`."""

from sqlalchemy import update

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, MemberJoined, MemberLeft
from bot.domain.ids import language_of
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.feature import Feature
from storage import boards
from storage.tables import member, profile

feature = Feature("members", needs=("points_of", "rank_of", "checkins_of"))
feature.fact("member.joined", about="the member")

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


@feature.command("me", words=("我的",))
def me(ctx: Context, cmd: CommandInvoked) -> None:
    checkins, streak = ctx.ask("checkins_of", ctx.member.id, ctx.today)
    rank = ctx.ask("rank_of", ctx.course.id, ctx.member.id)
    ctx.reply("me.title", name=ctx.member.name, role=Text(id=f"role.{ctx.member.role}"))
    last = ctx.course.day_number(ctx.course.ends)
    day = ctx.course.day_number(ctx.today)
    ctx.reply_table(
        [
            (Text(id="me.day"), Text(id="me.day_of", values={"day": min(max(day, 0), last), "last": last})),
            (Text(id="me.checkins"), str(checkins)),
            (Text(id="me.streak"), Text(id="me.days", values={"count": streak})),
            (Text(id="me.points"), str(ctx.ask("points_of", ctx.member.id))),
            (Text(id="me.rank"), str(rank) if rank else "–"),
        ],
        numbers=frozenset({1}),
    )


@feature.command("language", words=("语言",))
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
