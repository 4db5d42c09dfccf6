"""Posts that hold a work, changed or deleted by their author: an edit is a new version, a deletion is none."""

from bot.domain.errors import UserError
from bot.domain.events import MessageDeleted, MessageEdited, MessagePosted
from bot.domain.messages import Text, Words
from bot.domain.places import Space
from bot.engine.context import Context
from bot.engine.messages import message_object
from bot.engine.pieces import pieces_in
from bot.engine.roster import member_of, present_member
from bot.engine.transaction import Belonging
from bot.features.homework.deadlines import recency
from bot.features.homework.declared import feature
from bot.features.homework.handing.handing_in import hand_in
from bot.features.homework.handing.meant import meant
from bot.features.homework.handing.quietly import tell_author
from bot.features.homework.handing.receipts import count_up, slip
from bot.features.homework.handing.submitting import PLACES
from bot.features.homework.handing.tagging import Tagged, tagged, without_tag
from bot.features.homework.handing.tags import take_post
from bot.features.homework.store import hand_ins
from bot.features.homework.store.hand_ins import Submission
from bot.features.homework.works import Work


def _newest(ctx: Context, event: MessageEdited | MessageDeleted) -> list[Submission]:
    """What stands in this message, as it was last known, of each homework that it was handed in for."""
    if ctx.space is None:
        return []
    rows = hand_ins.standing_in(ctx.db, ctx.course.id, message_object(event.address, event.message))
    return list({row.hand_in: row for row in sorted(rows, key=recency)}.values())


@feature.on(MessageEdited)
def edited(ctx: Context, event: MessageEdited) -> None:
    """What carries the tag no more is left as it was handed in; what carries it from now on is handed in."""
    said = tagged(event.text)
    if said is None or ctx.space is None:
        return
    rows = _newest(ctx, event)
    for row in rows:
        text = without_tag(said.before, meant(ctx, said.after).rest)
        if text.strip() != row.text.strip():
            _hand_in_again(ctx, event, row, text)
    if not rows:
        _hand_in_first(ctx, event, ctx.space, said)


def _hand_in_first(ctx: Context, event: MessageEdited, space: Space, said: Tagged) -> None:
    """As a post of its author, who has just put the tag into it. Files that came with it nobody tells us of again."""
    author = present_member(ctx.db, ctx.course.id, event.actor)
    if author is None or author.role != "student" or space.kind not in PLACES:
        return
    posted = MessagePosted(
        key=event.key,
        at=event.at,
        actor=event.actor,
        address=event.address,
        message=event.message,
        text=event.text,
    )
    theirs = Context(ctx.tx, posted, Belonging(course=ctx.course, space=space, member=author), writes=ctx.writes)
    if homework := take_post(theirs, posted, space, said):
        count_up(theirs, homework)
    theirs.finish()


def _hand_in_again(ctx: Context, event: MessageEdited, row: Submission, text: str) -> None:
    """As its author, who is not known to be who caused the event: with the files that it had."""
    homework = ctx.course.book.homework.get(row.homework)
    if homework is None:
        return
    if row.state == "withdrawn":
        words = [Text(id="homework.edit_not_taken"), Text(id="homework.is_withdrawn", values={"number": row.hand_in})]
        back = Text(id="button.bring_back"), f"homework {row.hand_in} back"
        tell_author(ctx, row.member, words, about=row.hand_in, buttons=[back])
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
    lines: list[Words] = [Text(id="homework.edit_taken"), *slip(theirs, receipt).lines]
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
