"""`/question Q12`: how it stands; and with a verb behind it, all that can be done with it."""

import re
from collections.abc import Callable
from typing import NamedTuple

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.engine.context import Context
from bot.engine.dispatch import suggestion
from bot.engine.overheard import is_overheard, is_told_alone
from bot.engine.parameters import text
from bot.features.questions.declared import feature
from bot.features.questions.meant import answers_as_staff, is_asker, question_called, words_of
from bot.features.questions.store.questions import Question

VerbHandler = Callable[[Context, CommandInvoked, Question, str], None]
"""Gets the question, locked, and what follows the verb."""

_OF_ANSWER = re.compile(r"(?:[aAａＡ]|回答|答)\s?[#＃]?[0-9０-９]")
"""How what follows a verb begins where it names an answer: `A7`, `回答 7`."""
_ANSWERS = " A"


class Verb(NamedTuple):
    """Something that can be done with a question."""

    handler: VerbHandler
    for_asker: bool
    for_staff: bool
    for_all: bool


VERBS: dict[str, list[Verb]] = {}
"""By word; one word may mean one thing to who asked, and another to staff."""


def verb(
    *words: str, for_asker: bool = False, for_staff: bool = False, for_all: bool = False, of_answer: bool = False
) -> Callable[[VerbHandler], VerbHandler]:
    """Handles `/question Q12 WORD …`; for others it is refused. `of_answer`: only `/question Q12 WORD A7`."""

    def declare(handler: VerbHandler) -> VerbHandler:
        keys = [f"{word}{_ANSWERS}" if of_answer else word for word in words]
        for key in keys:
            VERBS.setdefault(key, []).append(Verb(handler, for_asker, for_staff, for_all))
        return handler

    return declare


@feature.command(
    "question", is_private=True, parameters=(text("which_question", required=True), text("step"), text("details"))
)
def question(ctx: Context, cmd: CommandInvoked) -> None:
    number, rest = words_of(cmd.text)
    if not number:
        raise UserError("question.which")
    row = question_called(ctx, number)
    word, details = words_of(rest)
    known = _verbs(word.casefold(), details)
    if not known:
        raise _unknown(word)
    _meant(ctx, cmd, row, known).handler(ctx, cmd, row, details.strip())


def acts_as_asker(ctx: Context, cmd: CommandInvoked, row: Question) -> bool:
    """Whether the member in context asked it, and what they do now does not tell others that they did."""
    return is_asker(ctx, row) and not _is_hidden(ctx, cmd, row)


def _is_hidden(ctx: Context, cmd: CommandInvoked, row: Question) -> bool:
    """Whose question this is must not show here: everybody is answered alike."""
    return row.is_anonymous and (is_overheard(cmd) or not is_told_alone(ctx))


def _meant(ctx: Context, cmd: CommandInvoked, row: Question, known: list[Verb]) -> Verb:
    """The one that is for the member in context: as the asker, then as staff. Raises UserError."""
    is_theirs, acts_for_staff = acts_as_asker(ctx, cmd, row), answers_as_staff(ctx)
    for one in sorted(known, key=lambda one: not one.for_asker):
        if one.for_all or (one.for_asker and is_theirs) or (one.for_staff and acts_for_staff):
            return one
    if _is_hidden(ctx, cmd, row) and any(one.for_asker for one in known):
        raise UserError("question.unnamed_openly", number=row.id)
    raise UserError("question.not_for_you", number=row.id)


def _verbs(word: str, details: str) -> list[Verb]:
    of_answer = VERBS.get(f"{word}{_ANSWERS}") if _OF_ANSWER.match(details) else None
    return of_answer or VERBS.get(word, [])


def _unknown(word: str) -> UserError:
    near = suggestion(word.casefold(), {known.removesuffix(_ANSWERS) for known in VERBS if known})
    if near:
        return UserError("question.no_verb_near", said=word[:40], near=near)
    return UserError("question.no_verb", said=word[:40])
