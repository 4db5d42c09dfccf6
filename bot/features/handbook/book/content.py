"""What stands in the book: read from rows alone, in an order that nothing else decides."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Connection

from bot.domain.course import Course
from bot.domain.ids import Language
from bot.domain.messages import Span, Words
from bot.domain.questions import TAGS
from bot.features.handbook.store import entries
from bot.features.handbook.store.entries import Entry
from bot.features.handbook.topics import TAG_WORDS, lesson_title
from bot.features.handbook.words import of_version
from bot.texts.catalogue import Catalogues
from storage.personal import GONE


class Article(NamedTuple):
    """One entry. Its texts are people's words; only those of faq.yaml have styles."""

    number: int
    title: tuple[Span, ...]
    answer: tuple[Span, ...]
    version: str  # in words
    changed: str  # the date, as the course's calendar has it: 2027-03-01


class Section(NamedTuple):
    """Entries of one tag in one chapter."""

    title: str
    articles: Sequence[Article]


class Chapter(NamedTuple):
    """Entries of one lesson."""

    title: str
    sections: Sequence[Section]

    @property
    def is_parted(self) -> bool:
        """Whether its sections are worth a heading each."""
        return len(self.sections) > 1


class Change(NamedTuple):
    """One line of the change log."""

    date: str
    number: int
    version: str  # in words
    kind: str  # in words
    title: str  # as it was then
    note: str


class Labels(NamedTuple):
    """The book's own words."""

    contents: str
    log: str
    nothing: str
    no_changes: str


class Book(NamedTuple):
    """All of it in one language."""

    language: Language
    title: str
    labels: Labels
    chapters: Sequence[Chapter]
    changes: Sequence[Change]

    @property
    def size(self) -> int:
        """Entries."""
        return sum(len(section.articles) for chapter in self.chapters for section in chapter.sections)


def book_of(db: Connection, course: Course, texts: Catalogues, language: Language) -> Book:
    return _Author(db, course, texts, language).book()


class _Author:
    def __init__(self, db: Connection, course: Course, texts: Catalogues, language: Language) -> None:
        self._db, self._course, self._texts, self._language = db, course, texts, language

    def book(self) -> Book:
        say = self._texts.say
        labels = Labels(
            contents=say(self._language, "book.contents"),
            log=say(self._language, "book.log"),
            nothing=say(self._language, "book.nothing"),
            no_changes=say(self._language, "book.no_changes"),
        )
        title = say(self._language, "book.title", course=self._course.title)
        return Book(self._language, title, labels, list(self._chapters()), list(self._changes()))

    def _chapters(self) -> Iterator[Chapter]:
        """Lessons in their order, then what belongs to none."""
        versions = entries.newest_versions(self._db, self._course.id, entries.READ)
        changed = entries.changed_at(self._db, self._course.id)
        rows = sorted(entries.in_state(self._db, self._course.id, entries.READ), key=_place)
        for (_, lesson), of_lesson in groupby(rows, lambda row: _place(row)[:2]):
            sections = []
            for _, of_tag in groupby(of_lesson, lambda row: _place(row)[2]):
                same = list(of_tag)
                articles = []
                for row in same:
                    said = of_version(versions[row.id])
                    day = self._course.date_at(changed[row.id]).isoformat()
                    articles.append(Article(row.id, *said.spans(self._language), self._version(row.version), day))
                sections.append(Section(self._tag(same[0].tag), articles))
            title = self._lesson(lesson) if lesson >= 0 else self._texts.say(self._language, "book.whole_course")
            yield Chapter(title, sections)

    def _lesson(self, number: int) -> str:
        return self._show(lesson_title(self._course, number))

    def _tag(self, tag: str | None) -> str:
        known = next((words for name, words in TAG_WORDS.items() if name == tag), None)
        return self._show(known) if known else self._texts.say(self._language, "book.no_tag")

    def _version(self, number: int) -> str:
        return self._texts.say(self._language, "book.version", version=number)

    def _show(self, words: Words) -> str:
        return self._texts.show(self._language, words)

    def _changes(self) -> Iterator[Change]:
        kinds = {
            "published": self._texts.say(self._language, "book.published"),
            "changed": self._texts.say(self._language, "book.changed"),
            "retired": self._texts.say(self._language, "book.retired"),
            "restored": self._texts.say(self._language, "book.restored"),
        }
        for row in entries.log_of(self._db, self._course.id):
            title = of_version(row).title(self._language)
            day = self._course.date_at(row.at).isoformat()
            note = "" if row.note == GONE else row.note
            yield Change(day, row.entry, self._version(row.version), kinds[row.kind], title, note)


def _place(row: Entry) -> tuple[bool, int, int, int]:
    """By lesson, then by tag, then by number."""
    tags: list[str | None] = [*TAGS]
    tag = tags.index(row.tag) if row.tag in tags else len(tags)
    return row.lesson is None, -1 if row.lesson is None else row.lesson, tag, row.id
