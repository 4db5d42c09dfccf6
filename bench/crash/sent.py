"""The outbox against what the server received: what came twice, what never came, and whether that could be known.

Of edits, the last one of each message is compared with what the message says in the end, where it still stands in a
room. Of pins, marks, forms and answers to presses the server keeps nothing that a row could be compared with.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.crash.values import EDIT, Decided, Messages, Posted

_NOTICE = re.compile(r"delivery\.(?:unknown|expired|refused):(\d+)@")
_SENT = ("sent", "gone")  # gone: somebody has deleted it since, perhaps the bot after a while
_OVER = ("dead", "expired")
_IN_ITS_TIME = ("answer", "notice to staff")  # too late they are of no use, and nobody is told
_PRESS = "answer to a press"  # the platform refuses one that comes too late


@dataclass
class _Count:
    """The figures of one kind, as they add up."""

    wanted: int = 0
    there: int = 0
    repeated: int = 0
    missing: int = 0
    unknown: int = 0
    shown: int = 0
    given_up: int = 0


@dataclass
class Delivery:
    """What was found: figures by kind, and what must not be."""

    counts: dict[str, _Count] = field(default_factory=lambda: defaultdict(_Count))
    problems: list[str] = field(default_factory=list)
    unseen: set[str] = field(default_factory=set)  # kinds of which nothing could be compared

    @property
    def messages(self) -> tuple[Messages, ...]:
        hidden = dict.fromkeys(("there", "repeated", "missing"))
        return tuple(
            Messages(kind=kind, **(vars(count) | (hidden if kind in self.unseen else {})))
            for kind, count in sorted(self.counts.items())
        )


def compare(
    rows: Sequence[Decided], posted: Sequence[Posted], *, shown: Mapping[tuple[str, str], str], is_exact: bool
) -> Delivery:
    """`shown`: what messages say in the end, by room and id.

    `is_exact`: on this platform nothing may come twice or be missing, whenever the process was killed.
    """
    found = Delivery()
    received: dict[tuple[str, str], list[Posted]] = defaultdict(list)
    for one in posted:
        received[one.room, one.id].append(one)
    told = _told_to_staff(rows)
    over = {row.key for row in rows if row.state in _OVER}
    open_rows: list[Decided] = []  # of which it is open how often they arrived
    for row in rows:
        if row.takes_back in over and row.state == "dead":
            continue  # there was nothing to take back
        _count(found, row, received, told)
        if not row.is_silent and (row.is_unsure or row.state == "unknown"):
            open_rows.append(row)
        if row.state == "unknown":
            _check_told(found, row, told)
    _compare_edits(found, rows, shown)
    _attribute(found, open_rows, received, posted)
    if is_exact:
        for kind, count in found.counts.items():
            if count.repeated or count.missing or count.unknown:
                found.problems.append(f"{kind}: {count.repeated} came twice, {count.missing} are missing")
    return found


def _told_to_staff(rows: Iterable[Decided]) -> set[int]:
    """The rows that a notice in the staff's room is about, which has arrived."""
    notices = ((_NOTICE.match(row.key), row) for row in rows)
    return {int(match[1]) for match, row in notices if match and row.state in _SENT}


def _count(found: Delivery, row: Decided, received: dict[tuple[str, str], list[Posted]], told: Collection[int]) -> None:
    if row.state == "held":  # whom it is for has never opened their private chat
        return
    if row.kind == EDIT and row.state in _SENT:
        return  # another may have replaced it: see `_compare_edits`
    count = found.counts[row.kind]
    count.wanted += 1
    if row.is_silent and row.kind != EDIT:
        found.unseen.add(row.kind)
    if row.state in _OVER:
        count.given_up += 1
        if not _may_end(row) and row.id not in told:
            found.problems.append(f"{row.kind} {row.key} ended as {row.state}, and staff were not told")
    elif row.state in ("pending", "sending"):
        found.problems.append(f"{row.kind} {row.key} is still {row.state}")
    elif row.state in _SENT and received.pop((row.room, row.sent_as or ""), []):
        count.there += 1
    elif row.state in _SENT and not row.is_silent:
        count.missing += 1
        found.problems.append(f"{row.kind} {row.key} counts as sent, but never arrived")


def _may_end(row: Decided) -> bool:
    """Whether nobody has to be told that it was given up."""
    if row.state == "expired":
        return row.is_silent or row.kind in _IN_ITS_TIME
    return row.kind == _PRESS


def _compare_edits(found: Delivery, rows: Iterable[Decided], shown: Mapping[tuple[str, str], str]) -> None:
    """The last edit of each message that still stands in a room; those before it can be seen no more."""
    edits = [row for row in rows if row.kind == EDIT and row.state in _SENT]
    for place, row in {(row.room, row.sent_as or ""): row for row in edits}.items():
        if place not in shown:
            continue
        count = found.counts[EDIT]
        count.wanted += 1
        if _letters(shown[place]) == _letters(row.text):
            count.there += 1
        else:
            count.missing += 1
            found.problems.append(f"{row.kind} {row.key} counts as sent, but the message says something else")


def _letters(text: str) -> str:
    """Without spaces and signs, which a platform may write in its own way."""
    return "".join(filter(str.isalnum, text))


def _check_told(found: Delivery, row: Decided, told: set[int]) -> None:
    count = found.counts[row.kind]
    count.unknown += 1
    count.shown += row.id in told
    if row.id not in told and row.kind != "notice to staff":
        found.problems.append(f"{row.kind} {row.key} is unknown, and staff were not told")
    if row.policy != "at_most_once":
        found.problems.append(f"{row.kind} {row.key} was given up as unknown, though its policy is {row.policy}")


def _attribute(
    found: Delivery,
    open_rows: Sequence[Decided],
    received: dict[tuple[str, str], list[Posted]],
    posted: Sequence[Posted],
) -> None:
    """What came and no row names: the first copy of one that is unknown, or a copy of one that was sent again."""
    spare: dict[tuple[str, str], list[Posted]] = defaultdict(list)
    for copies in received.values():
        for one in copies:
            spare[one.room, one.text].append(one)
    texts = {(one.room, one.id): one.text for one in posted}
    lives = {(one.room, one.id): one.life for one in posted}
    for row in open_rows:
        count = found.counts[row.kind]
        words = texts.get((row.room, row.sent_as or ""), row.text)
        copies = spare[row.room, words]
        if row.state == "unknown":
            there = bool(copies) and bool(copies.pop(0))
            count.there += there
            count.missing += not there
            continue
        mine = lives.get((row.room, row.sent_as or ""), 0)
        for one in _of_earlier_tries(copies, before=mine, most=row.attempts - 1):
            copies.remove(one)
            count.repeated += 1
            count.unknown += 1
    rest = Counter((room, words) for (room, words), copies in spare.items() for _ in copies)
    for (room, words), times in rest.items():
        found.problems.append(f"{times} × {words[:60]!r} came to {room}, and no row of the outbox accounts for it")


def _of_earlier_tries(copies: Sequence[Posted], *, before: int, most: int) -> list[Posted]:
    """Each try of what is sent again is of another life, and no try but the last may have posted another copy."""
    by_life = {one.life: one for one in copies if one.life < before}
    return [by_life[life] for life in sorted(by_life, reverse=True)[: max(0, most)]]
