"""`/return 12 REASON`: a work goes back to be mended, and earns nothing until it is handed in again."""

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, FormSubmitted
from bot.engine.context import Context
from bot.engine.forms import open_form
from bot.engine.forms_shape import FormField
from bot.engine.parameters import text
from bot.features.homework.declared import feature
from bot.features.homework.grading import commenting, drafts, finishing, many, naming, saying
from bot.features.homework.grading.undoing import undo
from bot.features.homework.store.drafts import Draft

_UNDO = frozenset(("undo", "撤销", "撤回"))


@feature.command(
    "return",
    words=("打回修改",),
    roles=("assistant", "admin"),
    area="homework",
    places=("staff",),
    parameters=(text("hand_in", required=True), text("reason")),
)
def command(ctx: Context, cmd: CommandInvoked) -> None:
    asked = naming.asked(ctx, cmd.text)
    if asked is None:
        raise UserError("return.usage")
    drafts.tidy(ctx)
    rows = drafts.rows_of(ctx, asked.numbers)
    if asked.rest.casefold() in _UNDO:
        undo(ctx, rows)
        return
    many.check_clear(asked, at_most=1)  # a reason may begin with a number
    many.check_alike(rows, drafts.homework_of(ctx, rows[0]))
    draft = drafts.take(ctx, rows)
    if files := commenting.files_with(cmd):
        draft = saying.say(ctx, draft, "", files)
    if asked.rest:
        draft = saying.say(ctx, draft, asked.rest)
    send_back(ctx, draft)


def send_back(ctx: Context, draft: Draft) -> None:
    """At once where it is said why, else that is asked for."""
    said = commenting.all_said(ctx, draft)
    if said is None:
        return
    if said.comment or said.files or said.problems:
        finishing.send_back(ctx, said)
    else:
        open_form(ctx, "grade_return")


@feature.form("grade_return", command="return", fields=(FormField(id="reason", max_length=saying.LONGEST),))
def reason_given(ctx: Context, form: FormSubmitted) -> None:
    finishing.send_back(ctx, saying.say(ctx, drafts.mine(ctx), form.fields["reason"]))
