"""The book in Markdown: what people wrote is text in it, and never a heading, a link or markup."""

import re
from collections.abc import Iterator, Sequence

from bot.domain.messages import Span
from bot.features.handbook.book.content import Article, Book
from bot.features.handbook.book.lines import cleaned, indented

_MARKS = re.compile(
    r"[\\`*\[\]<|~$@]"
    r"|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])"
    r"|&(?=[#A-Za-z])"  # an entity
    r"|:(?=[A-Za-z/+-])"  # an address, or the name of an emoji
    r"|(?<!\S)\#|(?<=\])\("
)
_AT_START = re.compile(r"^(?=[-+=>])")
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
            if chapter.is_parted:
                yield from (f"### {_line(section.title)}", "")
            for one in section.articles:
                yield from (f'<a id="h{one.number}"></a>', "")
                yield from (f"{'####' if chapter.is_parted else '###'} {_title(one)}", "")
                yield from (_text(one.answer), "")
                yield from (f"*H{one.number} · {_line(section.title)} · {one.version} · {one.changed}*", "")
    yield from (f"## {book.labels.log}", "")
    for change in book.changes:
        note = f" — {_line(change.note)}" if change.note else ""
        about = f"H{change.number} {change.version} {change.kind}"
        yield f"- {change.date} · {about} · {_line(change.title)}{note}"
    if not book.changes:
        yield book.labels.no_changes
    yield ""


def _contents(book: Book) -> Iterator[str]:
    for chapter in book.chapters:
        yield f"- {_line(chapter.title)}"
        for section in chapter.sections:
            if chapter.is_parted:
                yield f"  - {_line(section.title)}"
            for one in section.articles:
                yield f"{'    ' if chapter.is_parted else '  '}- [{_title(one)}](#h{one.number})"


def _title(one: Article) -> str:
    return f"H{one.number} {_styled(cleaned(one.title))}"


def _line(text: str) -> str:
    return _styled(cleaned([Span(text)]))


def _text(text: Sequence[Span]) -> str:
    """Its lines stay lines, and as far to the right as they are, by spaces that mean nothing to Markdown."""
    paragraphs = "\n".join(f"{_SPACE * indent}{_styled(line)}" for indent, line in indented(text))
    return re.sub(r"(?<=[^\n])\n(?=[^\n])", "\\\\\n", re.sub(r"\n{3,}", "\n\n", paragraphs))


def _styled(line: Sequence[Span]) -> str:
    return "".join(_span(span, is_first=at == 0) for at, span in enumerate(line))


def _span(span: Span, *, is_first: bool) -> str:
    if span.style == "code" and "`" not in span.text:
        return f"`{span.text}`"
    text = _escaped(span.text, is_first=is_first)
    if span.style != "bold":
        return text
    # Beside a full stop, the marks of Markdown would not close.
    is_word = span.text[0].isalnum() and span.text[-1].isalnum()
    return f"**{text}**" if is_word else f"<strong>{text}</strong>"


def _escaped(text: str, *, is_first: bool) -> str:
    """Every mark of Markdown as itself. An address stays readable, and is no link: nobody vouches for it."""
    escaped = _MARKS.sub(r"\\\g<0>", text)
    if is_first:
        escaped = _NUMBERED.sub(r"\1\\\2", _AT_START.sub(r"\\", escaped))
    return _WWW.sub("www\\.", escaped)
