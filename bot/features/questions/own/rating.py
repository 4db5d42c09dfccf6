"""`/question Q12 rate 4 WHY`: how satisfied who asked it is; one tap, and words for who likes to say more."""

import re
import unicodedata
from datetime import timedelta

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, FormSubmitted
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.forms_shape import FormField
from bot.engine.names import clean_lines
from bot.features.questions.command import verb
from bot.features.questions.declared import feature
from bot.features.questions.meant import is_asker, question_called
from bot.features.questions.own.asked import ask_in_form, own_questions
from bot.features.questions.own.over import is_over
from bot.features.questions.store import questions
from bot.features.questions.store.questions import Question

CHANGE_WITHIN = timedelta(days=7)
"""How long after it was settled the asker may say how satisfied they are, or something else than before."""

_SAID = re.compile(r"([1-5])\s*(?:⭐\ufe0f?|★|星|分|stars?)?(?:\s+(.*))?", re.DOTALL | re.IGNORECASE)
_WHY = frozenset(("why", "说说", "原因"))
_LONGEST = 500  # characters
_FORM = "question_verdict"


@verb("rate", "评分", "评价", "满意度", for_asker=True)
def rate(ctx: Context, cmd: CommandInvoked, row: Question, details: str) -> None:
    _check(ctx, row)
    if details.casefold() in _WHY:
        ask_in_form(ctx, _FORM, row, again="rate why")
        return
    found = _SAID.fullmatch(unicodedata.normalize("NFKC", details))
    if found is None:
        raise UserError("question.rate_how", number=row.id)
    changes: dict[str, object] = {"satisfaction": int(found[1])}
    said = _words(found[2] or "")
    if said:
        changes["verdict"] = said
    questions.change(ctx.db, row.id, **changes)
    why = () if said else [(Text(id="button.question_why"), f"question Q{row.id} rate why")]
    ctx.reply("question.rated", number=row.id, stars=int(found[1]), buttons=why)


@feature.form(
    _FORM,
    command="questions",
    fields=(
        FormField(id="text", max_length=_LONGEST),
        FormField(id="question", kind="choice", options=own_questions, is_given=True),
    ),
)
def why_given(ctx: Context, form: FormSubmitted) -> None:
    row = question_called(ctx, form.fields["question"])
    if not is_asker(ctx, row):
        raise UserError("question.not_for_you", number=row.id)
    _check(ctx, row)
    questions.change(ctx.db, row.id, verdict=_words(form.fields["text"]) or None)
    ctx.reply("question.verdict_noted", number=row.id)


def _words(text: str) -> str:
    clean = clean_lines(text).strip()
    if len(clean) > _LONGEST:
        raise UserError("forms.too_long", most=_LONGEST, length=len(clean))
    return clean


def _check(ctx: Context, row: Question) -> None:
    """Only what is settled, and not for long. Raises UserError."""
    if row.state in ("merged", "withdrawn"):
        raise is_over(row)
    if row.closed_at is None:
        raise UserError("question.rate_later", number=row.id)
    if ctx.now - row.closed_at > CHANGE_WITHIN:
        raise UserError("question.rate_too_late", number=row.id, days=CHANGE_WITHIN.days)
