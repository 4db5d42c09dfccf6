"""`/handbook`: staff decide on drafts one by one, look at entries, and change them."""

import re
from collections.abc import Callable

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.dispatch import suggestion
from bot.engine.names import clean_line
from bot.engine.parameters import text
from bot.features.handbook import card, changing
from bot.features.handbook.declared import feature
from bot.features.handbook.store import entries
from bot.features.handbook.store.entries import Entry
from bot.features.handbook.topics import TAG_WORDS, number_in, plain, tag_in
from bot.features.handbook.writing import ask_for_edit, ask_for_new

_NEXT = frozenset(("next", "下一条"))
_ADD = frozenset(("add", "new", "新增", "添加"))
_REASON = 300  # characters
_DAY = re.compile(r"(?:day|lesson|第)?\s*([0-9]{1,4})\s*[天课讲]?", re.IGNORECASE)
_NONE = frozenset(("none", "no", "无", "-"))


@feature.command(
    "handbook",
    words=("审核手册", "手册审核"),
    roles=("assistant", "admin"),
    area="questions",
    places=("staff",),
    parameters=(text("entry"), text("action"), text("details")),
)
def handbook(ctx: Context, cmd: CommandInvoked) -> None:
    said = "" if cmd.via == "word" else cmd.text.strip()
    first, _, rest = said.partition(" ")
    if not said:
        _next(ctx, 0)
    elif first.casefold() in _NEXT:
        _next(ctx, number_in(rest) or 0)
    elif first.casefold() in _ADD:
        ask_for_new(ctx)
    else:
        row = entry_called(ctx, first)
        word, _, details = rest.strip().partition(" ")
        _verb(word)(ctx, row, details.strip())


def entry_called(ctx: Context, word: str) -> Entry:
    """The entry that is meant, locked. Raises UserError."""
    number = number_in(word)
    row = entries.by_number(ctx.db, ctx.course.id, number, lock=True) if number is not None else None
    if row is None:
        raise UserError("handbook.unknown", said=clean_line(word)[:40])
    return row


def _next(ctx: Context, after: int) -> None:
    """The oldest that waits; with a number, the one that comes after it, and from the beginning again."""
    rows = entries.in_state(ctx.db, ctx.course.id, entries.TO_REVIEW)
    if not rows:
        ctx.reply("handbook.nothing", buttons=[(Text(id="button.faq"), "faq")])
        return
    row = next((row for row in rows if row.id > after), rows[0])
    ctx.reply("handbook.to_review", count=len(rows))
    card.show(ctx, row)


# --- what can be done with one ----------------------------------------------------------------------------------------

Verb = Callable[[Context, Entry, str], None]


def _show(ctx: Context, row: Entry, details: str) -> None:
    card.show(ctx, row)


def _publish(ctx: Context, row: Entry, short: str) -> None:
    """What its source says. A button names the words that it stands below: others are shown first."""
    said = card.source_says(ctx, row)
    if said is None:
        raise UserError("handbook.words_gone", number=row.id)
    if short and short != card.short(said):
        ctx.reply("handbook.is_other_now", number=row.id)
        card.show(ctx, row)
        return
    row = changing.publish(ctx, row, said, origin=said.digest)
    _done(ctx, row, "handbook.published")


def _drop(ctx: Context, row: Entry, details: str) -> None:
    _done(ctx, changing.drop(ctx, row), "handbook.dropped")


def _keep(ctx: Context, row: Entry, details: str) -> None:
    _done(ctx, changing.keep(ctx, row), "handbook.kept")


def _retire(ctx: Context, row: Entry, reason: str) -> None:
    _done(ctx, changing.retire(ctx, row, clean_line(reason)[:_REASON]), "handbook.retired")


def _restore(ctx: Context, row: Entry, details: str) -> None:
    row = changing.restore(ctx, row)
    _done(ctx, row, "handbook.restored" if row.state == "published" else "handbook.is_draft_again")


def _edit(ctx: Context, row: Entry, details: str) -> None:
    ask_for_edit(ctx, row)


def _tag(ctx: Context, row: Entry, said: str) -> None:
    tag = tag_in(said)
    if tag is None and said.casefold() not in _NONE:
        raise UserError("handbook.no_tag", tags=list(TAG_WORDS.values()))
    _done(ctx, changing.sort(ctx, row, tag=tag), "handbook.sorted")


def _day(ctx: Context, row: Entry, said: str) -> None:
    found = _DAY.fullmatch(plain(said))
    known = {day.number for day in ctx.course.days}
    if not (said.casefold() in _NONE or (found and int(found[1]) in known)):
        raise UserError("handbook.no_lesson")
    _done(ctx, changing.sort(ctx, row, lesson=int(found[1]) if found else None), "handbook.sorted")


def _done(ctx: Context, row: Entry, id: str) -> None:
    """And on to what waits."""
    ctx.reply_words(Text(id=id, values={"number": row.id}))
    left = len(entries.in_state(ctx.db, ctx.course.id, entries.TO_REVIEW))
    if left:
        label = Text(id="button.handbook_more", values={"number": left})
        ctx.reply_buttons([(label, f"handbook next H{row.id}")])


_VERBS: dict[str, Verb] = {
    "": _show,
    **dict.fromkeys(("publish", "发布", "收录"), _publish),
    **dict.fromkeys(("drop", "不收录"), _drop),
    **dict.fromkeys(("keep", "保留"), _keep),
    **dict.fromkeys(("edit", "修改"), _edit),
    **dict.fromkeys(("retire", "下架"), _retire),
    **dict.fromkeys(("restore", "恢复"), _restore),
    **dict.fromkeys(("tag", "分类"), _tag),
    **dict.fromkeys(("day", "天", "lesson", "课次"), _day),
}


def _verb(word: str) -> Verb:
    found = _VERBS.get(word.casefold())
    if found is None:
        near = suggestion(word.casefold(), [known for known in _VERBS if known])
        said = clean_line(word)[:40]
        raise (
            UserError("handbook.no_verb_near", said=said, near=near)
            if near
            else UserError("handbook.no_verb", said=said)
        )
    return found
