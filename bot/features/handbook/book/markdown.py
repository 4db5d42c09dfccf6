"""The book in Markdown: what people wrote is text in it, and never a heading, a link or markup."""

import re
from collections.abc import Iterator

from bot.engine.names import clean_line
from bot.features.handbook.book.content import Book
from bot.features.handbook.book.lines import indented

_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+!|~=$^&:@-])")
_NUMBERED = re.compile(r"^(\s*[0-9]+)([.)])", re.MULTILINE)
_SPACE = "\N{NO-BREAK SPACE}"
_WWW = re.compile(r"\bwww\.", re.IGNORECASE)


def as_markdown(book: Book) -> str:
    return "\n".join(_lines(book))


def _lines(book: Book) -> Iterator[str]:
    yield from (f"# {_line(book.title)}", "")
    if not book.chapters:
        yield from (book.labels.nothing, "")
    else:
        yield from (f"## {book.labels.contents}", "", *_contents(book), "")
    for chapter in book.chapters:
        yield from (f"## {_line(chapter.title)}", "")
        for section in chapter.sections:
            yield from (f"### {_line(section.title)}", "")
            for one in section.articles:
                yield from (f'<a id="h{one.number}"></a>', "")
                yield from (f"#### H{one.number} {_line(one.title)}", "")
                yield from (_text(one.answer), "")
                yield from (f"*H{one.number} · v{one.version} · {one.changed}*", "")
    yield from (f"## {book.labels.log}", "")
    for change in book.changes:
        note = f" — {_line(change.note)}" if change.note else ""
        about = f"H{change.number} v{change.version} {change.kind}"
        yield f"- {change.date} · {about} · {_line(change.title)}{note}"
    if not book.changes:
        yield book.labels.no_changes
    yield ""


def _contents(book: Book) -> Iterator[str]:
    for chapter in book.chapters:
        yield f"- {_line(chapter.title)}"
        for section in chapter.sections:
            yield f"  - {_line(section.title)}"
            for one in section.articles:
                yield f"    - [H{one.number} {_line(one.title)}](#h{one.number})"


def _line(text: str) -> str:
    return _escaped(clean_line(text))


def _text(text: str) -> str:
    """Its lines stay lines, and as far to the right as they are, by spaces that mean nothing to Markdown."""
    paragraphs = "\n".join(f"{_SPACE * indent}{_line(line)}" for indent, line in indented(text))
    return re.sub(r"(?<=[^\n])\n(?=[^\n])", "\\\\\n", re.sub(r"\n{3,}", "\n\n", paragraphs))


def _escaped(line: str) -> str:
    """Every mark of Markdown as itself. An address stays readable, and is no link: nobody vouches for it."""
    return _WWW.sub("www\\.", _NUMBERED.sub(r"\1\\\2", _MARKS.sub(r"\\\1", line)))
