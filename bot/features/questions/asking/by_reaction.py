"""A ❓ under a message: it is a question, if its author or staff say so. Taken away again, it is none."""

from bot.domain.events import ReactionAdded, ReactionRemoved
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.messages import message_object
from bot.engine.pieces import pieces_in
from bot.engine.posts import post_of
from bot.features.questions import flow, telling
from bot.features.questions.asking.by_tag import PLACES, take_post
from bot.features.questions.asking.quietly import quiet
from bot.features.questions.asking.said import Asked, bare_words
from bot.features.questions.declared import feature
from bot.features.questions.meant import is_asker
from bot.features.questions.store import answers, heard, questions

_MARKS = frozenset("❓❔⁉")
_LOOKS = "\ufe0e\ufe0f"  # the same sign, drawn otherwise


def _is_mark(reaction: str) -> bool:
    return reaction.strip(_LOOKS) in _MARKS


@feature.on(ReactionAdded)
def added(ctx: Context, event: ReactionAdded) -> None:
    if not _is_mark(event.reaction) or not ctx.has_member or ctx.space is None or ctx.space.kind not in PLACES:
        return
    post = post_of(ctx.db, ctx.course.id, event.address, event.message)
    if post is None or post.is_deleted or post.author.role != "student":
        return
    if post.author.id != ctx.member.id and ctx.member.role == "student":
        return
    if (row := questions.from_message(ctx.db, post.object)) and row.state != "withdrawn":
        return
    said = heard.of(ctx.db, post.object)
    if said is None:
        _say_too_old(ctx)
        return
    attachments = tuple(piece.attachment for piece in pieces_in(said.files))
    take_post(ctx, post.author, Asked(bare_words(said.text), attachments, post.object, said.user))


def _say_too_old(ctx: Context) -> None:
    """The words of a message are kept for a day; a reply to it carries them."""
    there = quiet(ctx)
    telling.to_member(there, ctx.member.id, [Text(id="ask.too_old")])
    there.finish()


@feature.on(ReactionRemoved)
def removed(ctx: Context, event: ReactionRemoved) -> None:
    """By who has asked, as long as nobody has done anything about it."""
    if not _is_mark(event.reaction) or not ctx.has_member or ctx.space is None:
        return
    row = questions.from_message(ctx.db, message_object(event.address, event.message))
    if row is None or row.course != ctx.course.id or row.state != "waiting" or not is_asker(ctx, row):
        return
    if row.claimed_by is None and not answers.of_question(ctx.db, row.id):
        there = quiet(ctx)
        flow.withdraw(there, row)
        telling.to_asker(there, row, [Text(id="question.mark_removed", values=telling.about(row))])
        there.finish()
