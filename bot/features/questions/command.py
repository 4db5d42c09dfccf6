"""`/question Q12`: how it stands; and with a verb behind it, all that can be done with it."""

from collections.abc import Callable
from typing import NamedTuple

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.engine.context import Context
from bot.engine.dispatch import suggestion
from bot.engine.parameters import text
from bot.features.questions.declared import feature
from bot.features.questions.meant import is_asker, question_called
from bot.features.questions.store.questions import Question

VerbHandler = Callable[[Context, CommandInvoked, Question, str], None]
"""Gets the question, locked, and what follows the verb."""


class Verb(NamedTuple):
    """Something that can be done with a question."""

    handler: VerbHandler
    for_asker: bool
    for_staff: bool


VERBS: dict[str, Verb] = {}


def verb(*words: str, for_asker: bool = False, for_staff: bool = False) -> Callable[[VerbHandler], VerbHandler]:
    """Handles `/question Q12 WORD …`; for others than these it is refused."""

    def declare(handler: VerbHandler) -> VerbHandler:
        VERBS.update(dict.fromkeys(words, Verb(handler, for_asker, for_staff)))
        return handler

    return declare


@feature.command(
    "question", is_private=True, parameters=(text("question", required=True), text("action"), text("details"))
)
def question(ctx: Context, cmd: CommandInvoked) -> None:
    number, _, rest = cmd.text.strip().partition(" ")
    if not number:
        raise UserError("question.which")
    row = question_called(ctx, number)
    word, _, details = rest.strip().partition(" ")
    found = VERBS.get(word.casefold())
    if found is None:
        raise _unknown(word)
    is_staff = ctx.member.role != "student"
    if not ((found.for_staff and is_staff) or (found.for_asker and is_asker(ctx, row))):
        raise UserError("question.not_for_you", number=row.id)
    found.handler(ctx, cmd, row, details.strip())


def _unknown(word: str) -> UserError:
    near = suggestion(word.casefold(), [known for known in VERBS if known])
    if near:
        return UserError("question.no_verb_near", said=word[:40], near=near)
    return UserError("question.no_verb", said=word[:40])
