"""What one message has earned: for its author, and for staff."""

from itertools import islice

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Text
from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.overheard import answers_in_private
from bot.engine.posts import post_of
from bot.features.why.explained import Explanation
from bot.features.why.store import facts_of_message

_FACTS = 8


def explain_message(ctx: Context, cmd: CommandInvoked) -> bool:
    """Explain the message that the command is about; False where it is a reply to one that nobody knows.

    Raises UserError where it is nobody else's business.
    """
    post = post_of(ctx.db, ctx.course.id, cmd.address, cmd.reply_to or "")
    if post is None and cmd.via == "menu":
        raise UserError("why.no_post")
    if post is None:
        return False
    is_mine = ctx.answers(post.author.id)
    if not is_mine:
        _check_staff(ctx)
        ctx.audit("why", member=f"#{post.author.id}")
    _explain(ctx, post.object, post.author, for_staff=not is_mine)
    return True


def _check_staff(ctx: Context) -> None:
    if ctx.member.role == "student":
        raise UserError("why.only_your_message")
    if not answers_in_private(ctx):
        raise UserError("why.staff_room")


def _explain(ctx: Context, message: str, author: Member, *, for_staff: bool) -> None:
    title = Text(id="why.message_of", values={"name": author.name}) if for_staff else Text(id="why.message")
    explanation = Explanation(ctx.course, ctx.engine.voice.texts.has, for_staff=for_staff)
    facts = facts_of_message(ctx.db, author.id, message, is_own=not for_staff)
    told = list(islice(explanation.told(facts), _FACTS))
    ctx.reply_words(title)
    if not told:
        ctx.reply("why.message_plain")
    for fact in told:
        for line in explanation.lines(fact):
            ctx.reply_words(line)
