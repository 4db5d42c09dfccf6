"""Messages that are deleted: what they earned is taken back, whoever deletes them. An edit earns and takes nothing."""

from bot.domain.events import MessageDeleted
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.messages import FACT
from bot.engine.posts import post_of

feature = Feature("deletions")


@feature.on(MessageDeleted)
def deleted(ctx: Context, event: MessageDeleted) -> None:
    post = post_of(ctx.db, ctx.course.id, event.address, event.message) if ctx.space else None
    if post and not post.is_deleted:
        ctx.retract(FACT, post.object, member=post.author)
