"""Texts that are much alike: staff are shown both, side by side. It never costs anybody anything by itself."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from bot.domain.errors import UserError
from bot.domain.events import AlarmsDue, CommandInvoked
from bot.domain.homework import Homework
from bot.domain.messages import Localised, Template, Text, Words
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.parameters import choice, number
from bot.engine.voice import Label
from bot.features.homework.copies.winnowing import all_marks_of, letters, marks_of, share, stretches
from bot.features.homework.declared import feature
from bot.features.homework.grading.naming import names_of
from bot.features.homework.store import near, tables
from bot.features.homework.store.hand_ins import HandIn, Submission
from bot.features.homework.store.near import Pair
from bot.features.homework.teams import members as teams
from storage import alarms
from storage.personal import Personal

feature.personal(
    Personal(tables.near_copy, path=("later", "member"), goes=True),
    Personal(tables.near_copy, path=("earlier", "member"), goes=True),
)

_ALARM = "homework_alike"
_HOUR = timedelta(hours=1)
_SHORT = 60  # letters; where a text has fewer, others have the same by chance
_FEW = 3  # marks of one's own
_PAIRS = 3  # of one text; who has copied what many have is found all the same
_LISTED = 10
_LONG = 4_000  # letters of each text that are shown
_BETWEEN = 160  # columns of what is not shared, between what is
_VERDICTS = {"fine": "fine", "没问题": "fine", "talk": "talk", "聊聊": "talk"}
_BUTTONS = {"fine": "button.alike_fine", "talk": "button.alike_talk"}
_SETTLED = {"fine": "alike.settled_fine", "talk": "alike.settled_talk"}
_ASKED = re.compile(r"#?(\d{1,9})(?:\s+(\S+))?")


# --- what is handed in ------------------------------------------------------------------------------------------------


def compare(ctx: Context, homework: Homework, row: HandIn, submission: Submission) -> None:
    """Look whether a version that was just handed in is much like what others have handed in for the same homework.

    A handful of statements. The words of the assignment and of its template are nobody's own and do not count.
    """
    marks = _own_marks(homework, submission.text)
    if len(marks) < _FEW:
        return
    near.keep_marks(ctx.db, submission.id, marks)
    authors = [who.id for who in teams.authors(ctx, row)]
    least = -(-len(marks) * ctx.course.book.grading.alike_from // 100)
    found = near.sharing(ctx.db, row, marks, authors, least=max(least, _FEW), limit=_PAIRS * 4)
    best = {one.hand_in: one for one in reversed(found)}
    if best:
        _note(ctx, row.id, submission.id, {one.hand_in: (one.id, share(marks, one.common)) for one in best.values()})


def _own_marks(homework: Homework, text: str) -> frozenset[int]:
    if len(letters(text)) < _SHORT:
        return frozenset()
    given = (part for part in (homework.about, homework.template) if part)
    return marks_of(text).difference(*(all_marks_of(said) for part in given for said in part.by_language.values()))


def _note(ctx: Context, number: int, later: int, found: dict[int, tuple[int, int]]) -> None:
    """Keep the pairs that staff have not seen as much alike before; they hear of them within the hour."""
    first = sorted(found, key=lambda other: -found[other][1])[:_PAIRS]
    known = near.between(ctx.db, number, first)
    new = {other: found[other] for other in first if other not in known or known[other].share < found[other][1]}
    for other, (earlier, percent) in new.items():
        pair = known.get(other)
        if pair is not None and pair.settled_at is None:
            near.renew(ctx.db, pair.id, later, earlier, percent)
        else:
            near.add(ctx.db, ctx.course.id, later, earlier, percent, ctx.now)
    if new:
        at = ctx.now.replace(minute=0, second=0, microsecond=0) + _HOUR
        alarms.put(ctx.db, ctx.course.id, _ALARM, [("pairs", at)])


@feature.alarm(_ALARM)
def tell(ctx: Context, due: AlarmsDue) -> None:
    """One notice, however many there are."""
    if count := near.how_many(ctx.db, ctx.course.id):
        ctx.tell_staff(Text(id="alike.told", values={"count": count}), buttons=[(Text(id="button.alike"), "alike")])


def notice(ctx: Context, submission_id: int) -> Words | None:
    """What staff should know who look at a version: the text that is most like it, unless that is settled."""
    pair = near.of_submission(ctx.db, submission_id)
    if pair is None:
        return None
    mine = near.hand_in_of(ctx.db, submission_id)
    other = pair.earlier_hand_in if pair.later_hand_in == mine else pair.later_hand_in
    return Text(id="alike.notice", values={"share": pair.share, "other": other, "pair": pair.id})


# --- what staff see ---------------------------------------------------------------------------------------------------


@feature.command(
    "alike",
    words=("相似作业",),
    roles=("assistant", "admin"),
    area="homework",
    places=("staff",),
    parameters=(number("pair"), choice("verdict", "fine", "talk")),
)
def alike(ctx: Context, cmd: CommandInvoked) -> None:
    asked = cmd.text.strip()
    if not asked:
        _list(ctx)
        return
    match = _ASKED.fullmatch(asked)
    verdict = _VERDICTS.get((match[2] or "").casefold()) if match else None
    if match is None or (match[2] and verdict is None):
        raise UserError("alike.usage")
    pair = near.pair_called(ctx.db, ctx.course.id, int(match[1]))
    if pair is None:
        raise UserError("alike.unknown", number=int(match[1]))
    if verdict:
        _settle(ctx, pair, verdict)
    else:
        _show(ctx, pair)


def _list(ctx: Context) -> None:
    pairs = near.unsettled(ctx.db, ctx.course.id)
    if not pairs:
        ctx.reply("alike.none")
        return
    ctx.reply("alike.list", count=len(pairs))
    names = _names(ctx, pairs[:_LISTED])
    for pair in pairs[:_LISTED]:
        ctx.reply("alike.item", pair=pair.id, share=pair.share, **_sides(pair, names))
    ctx.reply_buttons(_look_button(pair) for pair in pairs[:3])


def _look_button(pair: Pair) -> Label:
    return Text(id="button.alike_look", values={"pair": pair.id}), f"alike {pair.id}"


def _names(ctx: Context, pairs: Sequence[Pair]) -> dict[int, list[str]]:
    numbers = {number for pair in pairs for number in (pair.later_hand_in, pair.earlier_hand_in)}
    return names_of(ctx, near.hand_ins_called(ctx.db, numbers))


def _sides(pair: Pair, names: dict[int, list[str]]) -> dict[str, Any]:
    """Values for a line about both."""
    return {
        "later": pair.later_hand_in,
        "later_names": names.get(pair.later_hand_in, []),
        "earlier": pair.earlier_hand_in,
        "earlier_names": names.get(pair.earlier_hand_in, []),
    }


def _show(ctx: Context, pair: Pair) -> None:
    names = _names(ctx, [pair])
    ctx.reply("alike.shown", pair=pair.id, share=pair.share)
    for of, at, text, other in (
        (pair.earlier_hand_in, pair.earlier_at, pair.earlier_text, pair.later_text),
        (pair.later_hand_in, pair.later_at, pair.later_text, pair.earlier_text),
    ):
        ctx.reply("alike.side", number=of, names=names.get(of, []), at=ctx.course.wall_time(at))
        ctx.reply_words(_marked(text, other))
    if pair.settled_at is not None:
        ctx.reply("alike.settled_already")
        return
    ctx.reply("alike.judge")
    ctx.reply_buttons((Text(id=label), f"alike {pair.id} {verdict}") for verdict, label in _BUTTONS.items())


def _marked(text: str, other: str) -> Words:
    """A text in which what the other has, too, is bold, and long stretches of its own are cut."""
    values = dict(_parts(text, other))
    pattern = "".join(f"**{{{name}}}**" if name.startswith("shared") else f"{{{name}}}" for name in values)
    return Template(text=Localised({"en": pattern}), values=values)


def _parts(text: str, other: str) -> Iterator[tuple[str, str]]:
    """Each part of a text under a name that tells whether it is shared. Line breaks stay only in what is shared."""
    left = _LONG
    for of, part in enumerate(stretches(text, other)):
        if left <= 0:
            yield "end", "…"
            return
        shown = part.text[:left] if part.is_shared else _cut(part.text)
        left -= len(shown)
        yield f"{'shared' if part.is_shared else 'own'}{of}", shown


def _cut(text: str) -> str:
    return text if len(text) <= _BETWEEN // 2 else shorten(text, _BETWEEN)


def _settle(ctx: Context, pair: Pair, verdict: str) -> None:
    if not near.settle(ctx.db, pair.id, ctx.member.id, ctx.now):
        raise UserError("alike.settled_already")
    ctx.audit("settle_alike", pair=pair.id, later=pair.later_hand_in, earlier=pair.earlier_hand_in, verdict=verdict)
    ctx.reply(_SETTLED[verdict], pair=pair.id)
