"""The form in which an assistant says something of a work; and the moment at which all of it is said."""

from bot.domain.events import Attachment, CommandInvoked, FormSubmitted
from bot.engine.context import Context
from bot.engine.forms_shape import FormField
from bot.features.homework.declared import feature
from bot.features.homework.grading import card, drafts, saying
from bot.features.homework.store.drafts import Draft


@feature.form(
    "grade_comment",
    command="grade",
    fields=(
        FormField(id="comment", kind="files", takes_text=True, max_files=saying.MOST_FILES, max_length=saying.LONGEST),
    ),
)
def comment_given(ctx: Context, form: FormSubmitted) -> None:
    draft = saying.say(ctx, drafts.mine(ctx), form.fields.get("comment", ""), form.files.get("comment", ()))
    ctx.reply("grading.comment_noted")
    card.refresh(ctx, draft)


def files_with(cmd: CommandInvoked) -> tuple[Attachment, ...]:
    """What came with a command, or with the message of one's own that it replies to: a voice message, say."""
    quoted = cmd.quoted.attachments if cmd.quoted and cmd.quoted.user == cmd.actor.user else ()
    return (*cmd.attachments, *quoted)[: saying.MOST_FILES]


def all_said(ctx: Context, draft: Draft) -> Draft | None:
    """With what they were still saying. None while files of it are on their way, or were lost: they are told."""
    draft = saying.take_open(ctx, draft)
    if saying.is_fetching(draft):
        ctx.reply("grading.files_on_their_way")
    elif lost := saying.lost_in(draft):
        draft = saying.without_lost(ctx, draft)
        ctx.reply("grading.comment_files_lost", files=lost)
    else:
        return draft
    card.refresh(ctx, draft)
    return None
