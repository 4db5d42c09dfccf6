"""Posts that hold a work, changed or deleted by their author: an edit is a new version, a deletion is none."""

from bot.domain.errors import UserError
from bot.domain.events import MessageDeleted, MessageEdited
from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.messages import message_object
from bot.engine.roster import member_of
from bot.engine.transaction import Belonging
from bot.features.homework.declared import feature
from bot.features.homework.handing.handing_in import hand_in
from bot.features.homework.handing.meant import named
from bot.features.homework.handing.quietly import tell_author
from bot.features.homework.handing.receipts import count_up, receipt_lines
from bot.features.homework.handing.tags import tagged, without_tag
from bot.features.homework.store import hand_ins
from bot.features.homework.store.hand_ins import Submission
from bot.features.homework.works import Work, pieces_in


def _newest(ctx: Context, event: MessageEdited | MessageDeleted) -> list[Submission]:
    """The newest version that stands in this message, of each homework that it was handed in for."""
    if ctx.space is None:
        return []
    rows = hand_ins.standing_in(ctx.db, ctx.course.id, message_object(event.address, event.message))
    return list({row.hand_in: row for row in sorted(rows, key=lambda row: row.version)}.values())


@feature.on(MessageEdited)
def edited(ctx: Context, event: MessageEdited) -> None:
    """What carries the tag no more is left as it was handed in."""
    said = tagged(event.text)
    for row in _newest(ctx, event) if said else ():
        assert said is not None, "there would be no rows"
        text = without_tag(said.before, named(ctx, said.after).rest)
        if text.strip() != row.text.strip():
            _hand_in_again(ctx, event, row, text)


def _hand_in_again(ctx: Context, event: MessageEdited, row: Submission, text: str) -> None:
    """As its author, who is not known to be who caused the event: with the files that it had."""
    homework = ctx.course.book.homework.get(row.homework)
    if homework is None:
        return
    author = Belonging(course=ctx.course, space=ctx.space, member=member_of(ctx.db, row.member))
    theirs = Context(ctx.tx, ctx.event, author, writes=ctx.writes)
    work = Work(text=text, pieces=pieces_in(row.files), object=row.object, at=event.at)
    try:
        receipt = hand_in(theirs, homework, work)
    except UserError as mistake:
        tell_author(ctx, row.member, [Text(id="homework.edit_not_taken"), mistake.text], about=row.hand_in)
        return
    if receipt.is_known:
        return
    lines: list[Words] = [Text(id="homework.edit_taken"), *receipt_lines(ctx.course, receipt)]
    tell_author(ctx, row.member, lines, about=row.hand_in)
    count_up(theirs, homework)
    theirs.finish()


@feature.on(MessageDeleted)
def deleted(ctx: Context, event: MessageDeleted) -> None:
    """It is kept: who wants to take it back says so."""
    for row in _newest(ctx, event):
        if row.state == "withdrawn":
            continue
        buttons = [(Text(id="button.withdraw"), f"homework {row.hand_in} withdraw")] if row.state == "waiting" else []
        line = Text(id="homework.deleted_but_kept", values={"number": row.hand_in, "version": row.version})
        tell_author(ctx, row.member, [line], about=row.hand_in, buttons=buttons)
