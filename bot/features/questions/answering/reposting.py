"""`/question Q12 post`: a post that somebody has deleted stands there again."""

from bot.domain.events import CommandInvoked
from bot.engine.context import Context
from bot.features.questions import posts
from bot.features.questions.command import verb
from bot.features.questions.store.questions import Question


@verb("post", "重发", for_staff=True)
def post(ctx: Context, cmd: CommandInvoked, row: Question, details: str) -> None:
    """Nothing changes where it stands."""
    posts.show(ctx, row)
    ctx.audit("repost_question", question=row.id)
    ctx.reply("question.reposted", number=row.id)
