"""The book as one HTML file that needs nothing else: for a phone, a desk and paper."""

from collections.abc import Iterator, Sequence
from html import escape

from bot.domain.ids import Language
from bot.domain.messages import Span
from bot.engine.names import clean_line
from bot.features.handbook.book.content import Article, Book, Change
from bot.features.handbook.book.lines import cleaned, indented

_TAG_OF_STYLE = {"bold": "strong", "code": "code"}
_TAGS: dict[Language, str] = {"zh_Hans": "zh-Hans", "en": "en"}

_STYLE = """\
:root { color-scheme: light dark; }
body {
  max-width: 42rem; margin: 0 auto; padding: 1rem; line-height: 1.7; overflow-wrap: anywhere;
  font-family: system-ui, -apple-system, "Segoe UI", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei",
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", sans-serif;
}
h1 { font-size: 1.6rem; line-height: 1.3; }
h2 { font-size: 1.3rem; margin-top: 2.5rem; border-bottom: 1px solid #8886; }
h3.part { font-size: 1rem; color: #767676; }
article h3, h4 { font-size: 1.05rem; margin-bottom: 0.3rem; }
nav ul { padding-left: 1.2rem; }
article p { white-space: pre-wrap; margin: 0.3rem 0; }
.version, .log { color: #767676; font-size: 0.85rem; }
.log { padding-left: 1.2rem; }
a { color: inherit; }
@media print {
  body { max-width: none; padding: 0; font-size: 11pt; }
  article { break-inside: avoid; }
  h2, h3, h4 { break-after: avoid; }
  a { text-decoration: none; }
}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def as_html(book: Book) -> str:
    return "\n".join(_lines(book)) + "\n"


def _lines(book: Book) -> Iterator[str]:
    title = _line(book.title)
    yield "<!DOCTYPE html>"
    yield f'<html lang="{_TAGS[book.language]}">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield f"<title>{title}</title>"
    yield f"<style>\n{_STYLE}</style>"
    yield "</head>"
    yield "<body>"
    yield f"<h1>{title}</h1>"
    yield from _contents(book) if book.chapters else [f"<p>{escape(book.labels.nothing)}</p>"]
    yield "<main>"
    for chapter in book.chapters:
        yield f"<h2>{_line(chapter.title)}</h2>"
        for section in chapter.sections:
            if chapter.is_parted:
                yield f'<h3 class="part">{_line(section.title)}</h3>'
            for one in section.articles:
                yield from _article(one, section.title, 4 if chapter.is_parted else 3)
    yield "</main>"
    yield from _log(book)
    yield "</body>"
    yield "</html>"


def _contents(book: Book) -> Iterator[str]:
    yield "<nav>"
    yield f"<h2>{escape(book.labels.contents)}</h2>"
    yield "<ul>"
    for chapter in book.chapters:
        yield f"<li>{_line(chapter.title)}<ul>"
        for section in chapter.sections:
            if chapter.is_parted:
                yield f"<li>{_line(section.title)}<ul>"
            for one in section.articles:
                yield f'<li><a href="#h{one.number}">H{one.number} {_styled(cleaned(one.title))}</a></li>'
            if chapter.is_parted:
                yield "</ul></li>"
        yield "</ul></li>"
    yield "</ul>"
    yield "</nav>"


def _article(one: Article, tag: str, level: int) -> Iterator[str]:
    about = f"H{one.number} · {_line(tag)} · {_line(one.version)}"
    yield f'<article id="h{one.number}">'
    yield f"<h{level}>H{one.number} {_styled(cleaned(one.title))}</h{level}>"
    yield f'<p dir="auto">{_text(one.answer)}</p>'
    yield f'<p class="version">{about} · <time>{one.changed}</time></p>'
    yield "</article>"


def _log(book: Book) -> Iterator[str]:
    yield "<footer>"
    yield f"<h2>{escape(book.labels.log)}</h2>"
    if book.changes:
        yield from ('<ul class="log">', *map(_change, book.changes), "</ul>")
    else:
        yield f"<p>{escape(book.labels.no_changes)}</p>"
    yield "</footer>"


def _change(change: Change) -> str:
    note = f" — {_line(change.note)}" if change.note else ""
    about = f"H{change.number} {escape(change.version)} {escape(change.kind)}"
    return f"<li><time>{change.date}</time> · {about} · {_line(change.title)}{note}</li>"


def _line(text: str) -> str:
    return escape(clean_line(text))


def _text(text: Sequence[Span]) -> str:
    """Its lines stay lines, and as far to the right as they are."""
    return "\n".join(f"{' ' * indent}{_styled(line)}" for indent, line in indented(text))


def _styled(line: Sequence[Span]) -> str:
    return "".join(_span(span) for span in line)


def _span(span: Span) -> str:
    tag = _TAG_OF_STYLE.get(span.style)
    return f"<{tag}>{escape(span.text)}</{tag}>" if tag else escape(span.text)
