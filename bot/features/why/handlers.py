"""`/why` about oneself; for staff in their room, about anyone."""

from itertools import islice

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Text
from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.parameters import text
from bot.features.why.declared import feature
from bot.features.why.explained import Explanation
from bot.features.why.of_message import explain_message
from bot.features.why.store import count_facts, telling_facts

_FACTS = 8


@feature.command(
    "why",
    is_private=True,
    words=("为什么",),
    parameters=(text("member", suggests="members"),),
    on_message="menu.why",
)
def why(ctx: Context, cmd: CommandInvoked) -> None:
    if cmd.reply_to and cmd.via in ("slash", "menu") and not cmd.text.strip() and explain_message(ctx, cmd):
        return
    about = _about(ctx, cmd.text.strip())
    is_mine = about.id == ctx.member.id
    if not count_facts(ctx.db, about.id, is_own=is_mine):
        raise UserError("why.nothing" if is_mine else "why.nothing_of", name=about.name)
    title = Text(id="why.title") if is_mine else Text(id="why.title_of", values={"name": about.name})
    ctx.reply_words(title)
    _explain(ctx, about)
    if not is_mine:
        ctx.audit("why", member=f"#{about.id}")


def _explain(ctx: Context, about: Member) -> None:
    explanation = Explanation(ctx.course, ctx.engine.voice.texts.has, for_staff=_is_staff_asking(ctx))
    is_own = about.id == ctx.member.id
    told = list(islice(explanation.told(telling_facts(ctx.db, about.id, is_own=is_own)), _FACTS))
    for fact in told:
        for line in explanation.lines(fact):
            ctx.reply_words(line)
    since = told[-1].earliest if len(told) == _FACTS else 0
    if plain := count_facts(ctx.db, about.id, is_own=is_own, since=since) - sum(fact.count for fact in told):
        ctx.reply("why.plain", count=plain)


def _is_staff_asking(ctx: Context) -> bool:
    """In a group of students they read what students read."""
    return ctx.member.role != "student" and (ctx.space is None or ctx.space.kind == "staff")


def _about(ctx: Context, asked: str) -> Member:
    """Whose facts are meant. Raises UserError where they are nobody else's business."""
    if not asked:
        return ctx.member
    if ctx.member.role == "student":
        raise UserError("why.only_yours")
    if ctx.space is not None and ctx.space.kind != "staff":
        raise UserError("why.staff_room")
    return ctx.find_member(asked)
