"""From the bytes of a file to its text, or to words that help."""

import re

from rules.unreadable import Unreadable

MAX_BYTES = 1_000_000
# What YAML does not allow in a stream, and what would upset a database or a terminal later.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def decode(content: str | bytes) -> str:
    """The text without a byte order mark. Raises Unreadable."""
    text = (content if isinstance(content, str) else _decoded(content)).removeprefix("\ufeff")
    if len(text) > MAX_BYTES:
        raise Unreadable(1, 1, "problem.file_too_large", most=MAX_BYTES)
    if found := CONTROL.search(text):
        line, column = position(text[: found.start()])
        raise Unreadable(line, column, "problem.control_character", code=f"U+{ord(found[0]):04X}")
    return text


def decode_table(content: str | bytes) -> str:
    """The same for a table: one that is not UTF-8 may be GB18030, as Excel saves it in China."""
    if isinstance(content, bytes) and len(content) <= MAX_BYTES and not _is_utf8(content) and _is_chinese(content):
        return decode(content.decode("gb18030"))
    return decode(content)


def text_of(name: str, content: str | bytes) -> str:
    """The text of a course's file, whichever it is. Raises Unreadable."""
    return decode_table(content) if name.endswith(".csv") else decode(content)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_chinese(content: bytes) -> bool:
    """Much of what Excel saves in the West is GB18030, too, by chance: but there, `é` and `ß` stand alone."""
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return False
    runs = [len(run) for run in re.findall(b"[\x80-\xff]+", content)]
    return 2 * runs.count(1) < len(runs)


def _decoded(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise Unreadable(1, 1, "problem.file_too_large", most=MAX_BYTES)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):  # what Windows calls "Unicode"
        raise Unreadable(1, 1, "problem.not_utf8")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line, column = position(content[: error.start].decode().removeprefix("\ufeff"))
        raise Unreadable(line, column, "problem.not_utf8") from None


def position(before: str) -> tuple[int, int]:
    """The line and column of what follows this text."""
    lines = re.split("\r\n|\r|\n", before)
    return len(lines), len(lines[-1]) + 1
