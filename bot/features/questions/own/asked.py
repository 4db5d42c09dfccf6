"""A form about one question: which one, it knows from the beginning."""

from collections.abc import Sequence

from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.forms import open_form
from bot.engine.forms_shape import Option
from bot.engine.forms_sheet import has_sheet
from bot.features.questions import telling
from bot.features.questions.store import own
from bot.features.questions.store.questions import Question

_MOST = 25  # that a platform's own form has room for


def own_questions(ctx: Context) -> Sequence[Option]:
    """Of the member in context: what is open first, the newest first."""
    page = own.page_of(ctx.db, ctx.course.id, ctx.member.id, first=0, limit=_MOST)
    return [(str(row.id), Text(id="question.option", values=telling.about(row))) for row in page.rows]


def ask_in_form(ctx: Context, name: str, row: Question, *, again: str, above: Sequence[Words] = ()) -> None:
    """`again`: the verb that asks so, where a platform shows its own form only to who has pressed a button.

    `above` stands above what the form asks; a platform's own form opens over the message that says it.
    """
    form, is_pressed = ctx.engine.registry.forms[name], getattr(ctx.event, "interaction", None) is not None
    if has_sheet(ctx, form) and is_pressed:
        open_form(ctx, name, question=str(row.id))
        return
    for line in above:
        ctx.reply_words(line)
    if has_sheet(ctx, form):
        button = (Text(id="button.form_open"), f"question Q{row.id} {again}")
        ctx.reply("forms.press_to_open", form=form.title, buttons=[button])
    else:
        open_form(ctx, name, question=str(row.id))
