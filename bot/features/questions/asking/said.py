"""What somebody asks, as they have said it, and whether it can be asked. Raises UserError with what to do."""

import re
from collections.abc import Iterable, Sequence
from datetime import time
from typing import NamedTuple

from bot.domain.errors import UserError
from bot.domain.events import Attachment
from bot.domain.files import MAX_FILE
from bot.domain.ids import MemberId
from bot.domain.moments import moment_of
from bot.domain.questions import Tag
from bot.domain.text import visible_length
from bot.engine.context import Context
from bot.engine.hashtags import Hashtag, without_tag
from bot.engine.names import clean_lines
from bot.engine.roster import member_of
from bot.features.questions.store import asked
from bot.features.questions.store.questions import Question

LONGEST = 2000
"""Characters of a question."""
MOST_FILES = 10
MOST_OPEN = 10
"""Questions of one member that nobody has answered yet."""

TAG = Hashtag(r"提问(?![者箱题])|ask(?![a-z0-9])|question(?![a-z0-9])")

_TOO_LONG_TO_CLEAN = 10 * LONGEST
_MB = 1024 * 1024
_WAITS = frozenset(("drafted", "waiting", "asked_back"))
_COMMAND = re.compile(r"\s*/[^\s/@]{1,32}(?:@\S+)?(?:\s|$)")


class Asked(NamedTuple):
    """A question before it has a number."""

    text: str
    attachments: tuple[Attachment, ...] = ()
    object: str | None = None  # the message that it stands in, where that has to do with who asks
    user: str = ""  # whose message that is, by the platform's id; empty: of who caused the event
    is_anonymous: bool = False
    tag: Tag | None = None  # where the asker has said it


def cleaned(text: str) -> str:
    """With its lines, and without what nobody can see. What is far too long stays too long."""
    return clean_lines(text[:_TOO_LONG_TO_CLEAN])


def bare_words(text: str) -> str:
    """What a message asks, without the tag or the command that made it a question."""
    said = TAG.tagged(text)
    return cleaned(without_tag(*said) if said else _COMMAND.sub("", text, count=1))


def check(said: Asked) -> None:
    if not visible_length(said.text):
        raise UserError("ask.needs_words" if said.attachments else "ask.nothing")
    if len(said.text) > LONGEST:
        raise UserError("ask.too_long", most=LONGEST, length=len(said.text))
    if len(said.attachments) > MOST_FILES:
        raise UserError("ask.too_many_files", most=MOST_FILES)
    if any(one.size > MAX_FILE for one in said.attachments):
        raise UserError("ask.too_large", most=MAX_FILE // _MB)


def check_limits(ctx: Context, who: MemberId, said: Asked, before: Sequence[Question]) -> None:
    """`before`: what they have asked so far, as far as this may show whose it was."""
    if sum(row.state in _WAITS for row in before) >= MOST_OPEN:
        is_theirs = ctx.answers(who)
        raise UserError("ask.too_many" if is_theirs else "ask.too_many_of", most=MOST_OPEN, name=_name(ctx, who))
    if said.is_anonymous:
        check_anonymous(ctx, who)


def _name(ctx: Context, who: MemberId) -> str:
    return member_of(ctx.db, who).name


def check_anonymous(ctx: Context, who: MemberId) -> None:
    """Whether they may ask one more question without a name today."""
    most = ctx.course.answering.anonymous
    if not most:
        raise UserError("ask.no_anonymous")
    midnight = moment_of(ctx.today, time(), ctx.course.zone)
    if asked.count_anonymous(ctx.db, ctx.course.id, who, midnight) >= most:
        raise UserError("ask.anonymous_used_up", most=most)


def the_same(said: Asked, before: Iterable[Question]) -> Question | None:
    """What they have asked in these words already; with other pictures it may be another question."""
    words = _words(said.text)
    return None if said.attachments else next((row for row in before if _words(row.text) == words), None)


def _words(text: str) -> str:
    return " ".join(text.casefold().split())
