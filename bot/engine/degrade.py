"""The only code that degrades: what a platform can't do is said in another way."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from wcwidth import iter_graphemes, wcswidth

from bot.domain.messages import (
    Admission,
    Copy,
    File,
    Inspection,
    MarkNames,
    Marks,
    OutgoingMessage,
    Reaction,
    Span,
    Table,
    Topic,
)
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
    if message.poll and Can.POLL in traits.can:  # the platform shows the options itself
        message = msgspec.structs.replace(message, body=(), buttons=())
    if Can.STYLE not in traits.can:
        message = msgspec.structs.replace(message, body=(Span(message.text),))
    if message.topic and Can.THREAD not in traits.can:
        message = _topic_as_title(message, message.topic if Can.TOPIC in traits.can else None, message.topic)
    if message.within and Can.THREAD not in traits.can:
        within = message.within if Can.TOPIC in traits.can else None
        quotes = None if message.edits else message.within
        message = msgspec.structs.replace(message, within=within, quotes=quotes)
    left_out = {name: None for ability, name in _LEFT_OUT.items() if ability not in traits.can}
    message = msgspec.structs.replace(message, **left_out)
    for part in _split(message, traits):
        is_for_all = Can.ONLY_FOR not in traits.can and not part.answers
        yield msgspec.structs.replace(part, only_for=None) if is_for_all else part


_LEFT_OUT = {
    Can.REPLY: "reply_to",
    Can.FORM: "sheet",
    Can.ANSWER: "answers",
    Can.EDIT: "edits",
    Can.POLL: "poll",
    Can.ASK: "asks",
}
"""What is said all the same where a platform can't do this."""

_FILES = Span("📎")
_NEEDED = {
    Reaction: Can.REACT,
    Admission: Can.ADMIT,
    Inspection: Can.INSPECT,
    Copy: Can.COPY,
    Marks: Can.ROLES,
    MarkNames: Can.ROLES,
}


def _is_pointless(message: OutgoingMessage, traits: Traits) -> bool:
    if message.pins or message.unpins:
        return Can.PIN not in traits.can
    if message.deletes:
        return Can.DELETE not in traits.can
    if message.act:
        return _NEEDED[type(message.act)] not in traits.can
    if message.edits and message.poll and Can.POLL in traits.can:  # its own counts need nobody; only its end does
        return not message.poll.is_closed
    # A counter that is posted anew each time would flood the chat.
    return bool(message.edits) and message.policy == "replaceable" and Can.EDIT not in traits.can


def _table_as_text(message: OutgoingMessage, table: Table) -> OutgoingMessage:
    board = "\n".join(board_lines(table))
    gap = (Span("\n"),) if message.body else ()
    return msgspec.structs.replace(message, table=None, body=(*message.body, *gap, Span(board, "code")))


def _topic_as_title(message: OutgoingMessage, stays: Topic | None, topic: Topic) -> OutgoingMessage:
    if topic.is_said:
        return msgspec.structs.replace(message, topic=stays)
    title = " ".join((topic.title, *(f"#{tag}" for tag in topic.tags)))
    gap = (Span("\n"),) if message.body else ()
    return msgspec.structs.replace(message, topic=stays, body=(Span(title, "bold"), *gap, *message.body))


def _buttons_as_commands(message: OutgoingMessage) -> OutgoingMessage:
    lines = "".join(f"\n{button.label}: /{button.command}" for button in message.buttons)
    return msgspec.structs.replace(message, buttons=(), body=(*message.body, Span(lines)))


def _files_as_names(message: OutgoingMessage) -> OutgoingMessage:
    names = "".join(f"\n📎 {file.name}" for file in message.files)
    spans = (*message.body, Span(names if message.body else names.lstrip()))
    return msgspec.structs.replace(message, files=(), body=spans)


def _split(message: OutgoingMessage, traits: Traits) -> Iterator[OutgoingMessage]:
    pages, albums = list(_pages(message.body, traits)) or [()], list(_albums(message.files, traits))
    goes_along = bool(albums) and _goes_along(message, pages[-1], albums, traits)
    if albums and not goes_along and message.buttons and not pages[0]:
        pages = [(_FILES,)]  # buttons stand under something
    parts: list[tuple[tuple[Span, ...], tuple[File, ...]]] = [(page, ()) for page in pages]
    if goes_along:
        parts[-1] = (pages[-1], albums.pop())
    parts += [((), album) for album in albums]
    if not pages[0] and len(parts) > 1:
        parts = parts[1:]
    last = len(pages) - 1  # the end of the text has what belongs to it
    for number, (body, files) in enumerate(parts):
        key = message.key if number == 0 else f"{message.key}+{number}"
        changes: dict[str, Any] = {} if number == last else {"buttons": (), "table": None, "asks": None}
        if number:  # only the first can be the edit, the quote or the thread's beginning; or the answer, unless…
            changes |= dict.fromkeys(("edits", "reply_to", "quotes", "topic", "sheet", "origin"))
            changes |= {"is_more": True} if message.answers and Can.ASIDE in traits.can else {"answers": None}
            if message.topic:
                changes["within"] = message.key
        yield msgspec.structs.replace(message, key=key, body=body, files=files, **changes)


def _goes_along(
    message: OutgoingMessage, text: Sequence[Span], albums: Sequence[Sequence[File]], traits: Traits
) -> bool:
    """Whether the files and the end of the text can be one message."""
    has_room = traits.max_caption is None or _measure_all(text, traits) <= traits.max_caption
    has_buttons = traits.max_album is None or traits.has_mixed_albums or len(albums[0]) == 1
    return has_room and (has_buttons or not message.buttons) and len(albums) == 1


def _albums(files: Sequence[File], traits: Traits) -> Iterator[tuple[File, ...]]:
    """The files as they can go together."""
    if traits.max_album is None:
        yield from [tuple(files)] if files else []
        return
    sorts = [[file for file in files if file.is_picture == is_picture] for is_picture in (True, False)]
    for sort in [list(files)] if traits.has_mixed_albums else sorts:
        yield from (tuple(sort[at : at + traits.max_album]) for at in range(0, len(sort), traits.max_album))


def _pages(body: Sequence[Span], traits: Traits) -> Iterator[tuple[Span, ...]]:
    page: list[Span] = []
    room = traits.max_text
    for span in body:
        text = span.text
        while measure(text, traits) > room:
            fits = _fitting(text, room, traits)
            cut = text.rfind("\n", fits // 2, fits) + 1 or fits
            yield (*page, Span(text[:cut], span.style)) if cut else tuple(page)
            page, room, text = [], traits.max_text, text[cut:]
        if text:
            page.append(Span(text, span.style))
            room -= measure(text, traits)
    if page:
        yield tuple(page)


def measure(text: str, traits: Traits) -> int:
    """The length of a text as the platform counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 if traits.is_utf16 else len(text)


def _measure_all(body: Sequence[Span], traits: Traits) -> int:
    return sum(measure(span.text, traits) for span in body)


def _fitting(text: str, room: int, traits: Traits) -> int:
    """How many characters of the text have room; a character that the platform counts twice is never cut in two."""
    if not traits.is_utf16:
        return room
    units = text[:room].encode("utf-16-le", "surrogatepass")[: room * 2]
    return len(units.decode("utf-16-le", "ignore"))


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
