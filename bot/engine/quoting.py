"""A question that somebody has posted as a message: who has asked it."""

from typing import NamedTuple

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, Quoted
from bot.domain.places import Member
from bot.domain.text import visible_length
from bot.engine.context import Context
from bot.engine.posts import post_of


def quoted_question(cmd: CommandInvoked) -> Quoted | None:
    """The message that the command is about, where it is one of a person. Raises UserError where it holds no words."""
    quoted = cmd.quoted
    if quoted is None and cmd.via == "menu":
        raise UserError("ask.no_words")
    if quoted is None or (quoted.is_ours and cmd.via != "menu"):
        return None
    if quoted.is_ours:
        raise UserError("ask.not_a_question")
    if not visible_length(quoted.text):
        raise UserError("ask.no_words")
    return quoted


class Source(NamedTuple):
    """The message that a question is made from."""

    author: Member  # whose question it is, whoever puts it on the list
    object: str | None = None  # None where nobody else has read it


def source_of(ctx: Context, cmd: CommandInvoked, quoted: Quoted) -> Source:
    """Raises UserError where it is not for who asks, or for nobody's eyes but those who have read it."""
    is_own = quoted.user == cmd.actor.user
    if ctx.space and ctx.space.kind == "staff":
        raise UserError("ask.among_staff")
    if is_own and cmd.address.private:
        return Source(ctx.member)
    if not is_own and ctx.member.role == "student":
        raise UserError("ask.not_yours")
    post = post_of(ctx.db, ctx.course.id, cmd.address, cmd.reply_to) if cmd.reply_to else None
    if post is None or post.is_deleted:
        raise UserError("ask.not_a_question")
    return Source(post.author, post.object)
