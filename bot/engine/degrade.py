"""The only code that degrades: what a platform can't do is said in another way."""

from collections.abc import Iterator, Sequence

import msgspec
from wcwidth import iter_graphemes, wcswidth

from bot.domain.messages import OutgoingMessage, Span, Table
from bot.domain.traits import Can, Traits

PHONE = 28
"""Columns that a phone shows in one line; Chinese characters and emoji take two."""

_NARROWEST = 4
_POINTS_A_COLUMN = 8  # a family emoji has eleven code points in two columns
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"


def fit(message: OutgoingMessage, traits: Traits) -> Iterator[OutgoingMessage]:
    """The messages that say the same within these traits; their keys derive from the message's own.

    None where a platform can't do what the message is for: to pin something, or to bring a text up to date.
    """
    if _is_pointless(message, traits):
        return
    if message.table and Can.TABLE not in traits.can:
        message = _table_as_text(message, message.table)
    if message.buttons and Can.BUTTONS not in traits.can:
        message = _buttons_as_commands(message)
    if message.files and Can.FILES not in traits.can:
        message = _files_as_names(message)
    if Can.STYLE not in traits.can:
        message = msgspec.structs.replace(message, body=(Span(message.text),))
    if Can.REPLY not in traits.can:
        message = msgspec.structs.replace(message, reply_to=None)
    if Can.ANSWER not in traits.can:
        message = msgspec.structs.replace(message, answers=None)
    if Can.EDIT not in traits.can:
        message = msgspec.structs.replace(message, edits=None)
    for part in _split(message, traits.max_text):
        is_for_all = Can.ONLY_FOR not in traits.can and not part.answers
        yield msgspec.structs.replace(part, only_for=None) if is_for_all else part


def _is_pointless(message: OutgoingMessage, traits: Traits) -> bool:
    if message.pins or message.unpins:
        return Can.PIN not in traits.can
    # A counter that is posted anew each time would flood the chat.
    return bool(message.edits) and message.policy == "replaceable" and Can.EDIT not in traits.can


def _table_as_text(message: OutgoingMessage, table: Table) -> OutgoingMessage:
    board = "\n".join(board_lines(table))
    gap = (Span("\n"),) if message.body else ()
    return msgspec.structs.replace(message, table=None, body=(*message.body, *gap, Span(board, "code")))


def _buttons_as_commands(message: OutgoingMessage) -> OutgoingMessage:
    lines = "".join(f"\n{button.label}: /{button.command}" for button in message.buttons)
    return msgspec.structs.replace(message, buttons=(), body=(*message.body, Span(lines)))


def _files_as_names(message: OutgoingMessage) -> OutgoingMessage:
    names = "".join(f"\n📎 {file.name}" for file in message.files)
    spans = (*message.body, Span(names if message.body else names.lstrip()))
    return msgspec.structs.replace(message, files=(), body=spans)


def _split(message: OutgoingMessage, most: int) -> Iterator[OutgoingMessage]:
    parts = list(_pages(message.body, most)) or [()]
    last = len(parts) - 1
    for number, body in enumerate(parts):
        key = message.key if number == 0 else f"{message.key}+{number}"
        changes = {} if number == last else {"buttons": (), "files": (), "table": None}
        if number:  # only the first can be the edit, the quote or the answer
            changes |= {"edits": None, "reply_to": None, "answers": None}
        yield msgspec.structs.replace(message, key=key, body=body, **changes)


def _pages(body: Sequence[Span], most: int) -> Iterator[tuple[Span, ...]]:
    page: list[Span] = []
    room = most
    for span in body:
        text = span.text
        while len(text) > room:
            cut = text.rfind("\n", room // 2, room) + 1 or room
            yield (*page, Span(text[:cut], span.style))
            page, room, text = [], most, text[cut:]
        if text:
            page.append(Span(text, span.style))
            room -= len(text)
    if page:
        yield tuple(page)


def board_lines(table: Table, width: int = PHONE) -> list[str]:
    """The table in lines of at most `width` columns; the widest column of text gives way, down to four columns."""
    widths = [max(text_width(cell) for cell in column) for column in zip(*table.rows, strict=True)]
    texts = [i for i in range(len(widths)) if i not in table.numbers]
    while texts and sum(widths) + len(widths) - 1 > width:
        widest = max(texts, key=lambda i: widths[i])
        if widths[widest] <= _NARROWEST:
            break
        widths[widest] -= 1
    return [_line(row, widths, table.numbers).rstrip() for row in table.rows]


def _line(row: Sequence[str], widths: Sequence[int], numbers: frozenset[int]) -> str:
    cells = (_cell(cell, widths[i], right=i in numbers) for i, cell in enumerate(row))
    return " ".join(cells)


def _cell(text: str, width: int, *, right: bool) -> str:
    shown = shorten(text, width)
    gap = " " * (width - text_width(shown))
    if not right:
        shown = (
            f"{_ISOLATE}{shown}{_END_ISOLATE}" if not shown.isascii() else shown
        )  # a Hebrew name stays in its column
    return gap + shown if right else shown + gap


def shorten(text: str, width: int) -> str:
    """The text in at most `width` columns, with … where something is left out."""
    head = text[: width * _POINTS_A_COLUMN]  # a member's text may be long, and all of it without width
    if head == text and text_width(text) <= width:
        return text
    kept, room = "", width - 1
    for grapheme in iter_graphemes(head):
        room -= text_width(grapheme)
        if room < 0:
            break
        kept += grapheme
    return kept + "…"


def text_width(text: str) -> int:
    """Columns in a fixed-width font; what has no width counts as none."""
    width = wcswidth(text)
    return width if width >= 0 else sum(max(wcswidth(c), 0) for c in text)
