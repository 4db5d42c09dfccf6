"""The handbook as a file: the same bytes from the same rows, and nothing that anybody wrote breaks it."""

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from bot.domain.course import Course
from bot.domain.ids import CourseId, Language
from bot.domain.messages import Localised, Text
from bot.features.handbook.book.content import Book, book_of
from bot.features.handbook.book.html import as_html
from bot.features.handbook.book.markdown import as_markdown
from bot.features.handbook.store import entries
from bot.features.handbook.store.tables import change, entry, seed, version
from bot.features.handbook.words import Said
from bot.texts.catalogue import Catalogues
from storage.database import Database
from storage.migrate import migrate
from tests.community import DEMO, Community
from tests.shell import Shell

TEXTS = Catalogues()
NOW = datetime(2027, 3, 1, 23, 30, tzinfo=UTC)
PEOPLE = DEMO.split("classmates:")[0]
HOSTILE = (
    "# Title\n<script>alert(1)</script>\n[x](javascript:alert(1)) ![i](http://e.x/i.png)\n```\ncode\n"
    "</p></article><h1>Mine</h1>\n---\n1. one\n&lt;b&gt; | a | b |\nwww.e.x http://e.x *b* _i_ \\"
)


def course_of(id: str = "writing", zone: str = "Europe/London") -> Course:
    return Course(
        id=CourseId(id),
        title=Localised({"en": "Writing <camp>", "zh_Hans": "写作营"}),
        language="en",
        zone=zone,
        starts=NOW.date(),
        ends=NOW.date() + timedelta(days=13),
        spaces=(),
    )


@pytest.fixture
def database(tmp_path: Path):
    database = Database(f"sqlite:///{(tmp_path / 'one.db').as_posix()}")
    migrate(database, tmp_path, NOW)
    yield database
    database.close()


def add(db: Any, source: str, said: Said, at: datetime = NOW, **about: Any) -> Any:
    row = entries.add(db, CourseId("writing"), source, "published", **about)
    return entries.change_to(db, row, "published", at, version=entries.add_version(db, row, said, at))


def fill(database: Database) -> None:
    """Three entries, one of them changed and one retired."""
    with database.begin() as db:
        late = add(db, "faq:late", Said({"en": "Late?", "zh_Hans": "迟交？"}, (), {"en": "Yes.", "zh_Hans": "可以。"}))
        add(db, "faq:title", Said({"en": HOSTILE}, (), {"en": HOSTILE}), tag="content", lesson=2)
        gone = add(db, "staff:1", Said({"en": "Gone?"}, (), {"en": "Not yet."}), NOW + timedelta(hours=1))
        made = entries.add_version(
            db, late, Said({"en": "Late?"}, (), {"en": "No."}), NOW + timedelta(days=1), note="*stricter* <now>"
        )
        entries.change_to(db, late, "changed", NOW + timedelta(days=1), version=made)
        entries.change_to(db, gone, "retired", NOW + timedelta(days=2), state="retired")


def book(database: Database, language: Language = "en") -> Book:
    with database.begin() as db:
        return book_of(db, course_of(), TEXTS, language)


class Tags(HTMLParser):
    """What a browser makes of a page: tags with their attributes, and whether they close as they opened."""

    VOID = frozenset(("meta", "br", "link"))

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


# --- what stands in it ------------------------------------------------------------------------------------------------


def test_lessons_come_first_then_tags_and_the_log_at_the_end(database: Database) -> None:
    fill(database)
    page = as_markdown(book(database))
    titles = [line for line in page.splitlines() if line.startswith("#") and not line.startswith("### H")]
    assert titles == [
        "# Handbook: Writing \\<camp>",
        "## Contents",
        "## Day 2",
        "## The whole course",
        "## Change log",
    ]
    assert "### H1 Late?\n\nNo.\n\n*H1 · Other · version 2 · 2027-03-02*" in page
    assert "Not yet" not in page, "what was retired is read no more"


def test_the_log_names_every_change_with_its_date_in_the_courses_zone(database: Database) -> None:
    fill(database)
    log = as_markdown(book(database)).partition("## Change log")[2].strip().splitlines()
    assert log[0] == "- 2027-03-01 · H1 version 1 published · Late?"
    assert log[2] == "- 2027-03-02 · H3 version 1 published · Gone?"
    assert log[3] == "- 2027-03-02 · H1 version 2 changed · Late? — \\*stricter\\* \\<now>"
    assert log[4] == "- 2027-03-03 · H3 version 1 retired · Gone?"


def test_it_is_in_the_language_that_was_asked_for(database: Database) -> None:
    fill(database)
    page = as_html(book(database, "zh_Hans"))
    assert '<html lang="zh-Hans">' in page
    assert "《课程答疑手册》写作营" in page
    assert '<html lang="en">' in as_html(book(database))


def test_an_empty_one_says_so(database: Database) -> None:
    for page in (as_markdown(book(database)), as_html(book(database))):
        assert "There is nothing in the handbook yet." in page
        assert "Nothing has changed yet." in page


# --- the same bytes ---------------------------------------------------------------------------------------------------


def test_it_is_the_same_byte_for_byte_whenever_and_wherever_it_is_made(database: Database, tmp_path: Path) -> None:
    fill(database)
    first = [make(book(database, language)) for make in (as_markdown, as_html) for language in ("en", "zh_Hans")]
    again = [make(book(database, language)) for make in (as_markdown, as_html) for language in ("en", "zh_Hans")]
    other = Database(f"sqlite:///{(tmp_path / 'two.db').as_posix()}")
    migrate(other, tmp_path, NOW)
    with database.begin() as db:
        rows = {
            table: [dict(row) for row in db.execute(select(table)).mappings()]
            for table in (seed, entry, version, change)
        }
    with other.begin() as db:
        for table, copied in rows.items():
            db.execute(insert(table), list(reversed(copied)))
    elsewhere = [make(book(other, language)) for make in (as_markdown, as_html) for language in ("en", "zh_Hans")]
    other.close()
    assert first == again == elsewhere
    assert all("\r" not in page for page in first)


# --- hostile words ----------------------------------------------------------------------------------------------------


def test_hostile_words_are_text_on_the_page(database: Database) -> None:
    fill(database)
    page = Tags(as_html(book(database)))
    assert page.open == []
    assert not {"script", "img", "iframe"} & set(page.names)
    assert page.names.count("h1") == 1
    assert all(
        name in ("lang", "charset", "name", "content", "http-equiv", "href", "id", "class", "dir")
        for name, _ in page.attributes
    )
    assert all(value and value.startswith("#h") for name, value in page.attributes if name == "href")
    assert any("<script>alert(1)</script>" in text for text in page.texts)


def test_hostile_words_are_text_in_markdown(database: Database) -> None:
    fill(database)
    page = as_markdown(book(database))
    assert "<script" not in page.replace("\\<script", "")
    assert [line for line in page.splitlines() if line.startswith("### ")] == [
        line for line in page.splitlines() if line.startswith("### H")
    ]
    assert "](javascript" not in page
    assert "```" not in page
    assert "http://" not in page
    assert "www.e.x" not in page


@given(st.text(max_size=200))
def test_no_text_can_open_a_tag(text: str) -> None:
    said = Said({"en": text}, (), {"en": text})
    page = Tags(as_html(_one(said)))
    assert page.open == []
    assert page.names.count("article") == 1
    assert "script" not in page.names


@given(st.text(alphabet="#*_-+=>`~[]()<>!|\\ \n\t1.a:@&/", max_size=80))
def test_no_text_can_be_structure_in_markdown(text: str) -> None:
    plain, hostile = (
        as_markdown(_one(Said({"en": "a"}, (), {"en": "a"}))),
        as_markdown(_one(Said({"en": text}, (), {"en": text}))),
    )
    for mark in ("# ", "## ", "### ", "#### "):
        heads = [sum(line.startswith(mark) for line in page.splitlines()) for page in (plain, hostile)]
        assert heads[0] == heads[1]


def _one(said: Said) -> Book:
    from bot.features.handbook.book.content import Article, Chapter, Labels, Section

    article = Article(1, *said.spans("en"), "version 1", "2027-03-01")
    labels = Labels("Contents", "Change log", "Nothing.", "No changes.")
    return Book("en", "Handbook", labels, [Chapter("Day 1", [Section("Content", [article])])], [])


def test_lines_of_code_keep_their_place(database: Database) -> None:
    page = as_html(_one(Said({"en": "How?"}, (), {"en": "days:\n  - day: 1\n\ttab"})))
    assert "days:\n  - day: 1\n    tab" in page


def test_what_faq_yaml_says_keeps_its_styles_and_times_need_no_escape() -> None:
    answer = "Until 18:30: `print(**x)` shows it.\n**Then** wait; **it ends.**"
    book = _one(Said({"en": "What is `print`?"}, (), {"en": answer}, is_styled=True))
    assert "Until 18:30: <code>print(**x)</code> shows it.\n<strong>Then</strong> wait;" in as_html(book)
    page = as_markdown(book)
    assert "### H1 What is `print`?" in page
    assert "Until 18:30: `print(**x)` shows it.\\\n**Then** wait; <strong>it ends.</strong>" in page
    assert "**" not in as_html(_one(Said({"en": "a"}, (), {"en": "**b**"}, is_styled=True)))
    assert "**b**" in as_html(_one(Said({"en": "a"}, (), {"en": "**b**"})))


def test_only_what_faq_yaml_says_has_styles_in_a_chat() -> None:
    answer = "Use `print()`, **not** {name}."
    for is_styled, styles in ((True, ["plain", "code", "plain", "bold", "plain"]), (False, ["plain"])):
        shown = Said({"en": "How?"}, (), {"en": answer}, is_styled).shown("en")
        spans = TEXTS.render("en", Text(id="faq.answer", values={"text": shown}))
        assert [span.style for span in spans] == styles
        assert "{name}" in spans[-1].text
    cut = Said({"en": "How?"}, (), {"en": answer}, is_styled=True).shown("en", 10)
    assert "`" not in "".join(span.text for span in TEXTS.render("en", Text(id="faq.answer", values={"text": cut})))


# --- by command -------------------------------------------------------------------------------------------------------

FAQ = "late:\n  asked: {en: Late?, zh: 迟交？}\n  answer: {en: Until Monday., zh: 周一之前。}\n"


@pytest.mark.every_platform
async def test_an_admin_gets_it_in_the_staff_room(open_community) -> None:
    course: Community = await open_community(demo=PEOPLE, faq=FAQ)
    await course.until(10)
    for kind, name in (("", "handbook-writing.md"), (" html", "handbook-writing.html")):
        await course.types("chen", f"/export handbook{kind}", room="staff")
        [said] = [m for m in (await course.messages("chen", "staff"))[-3:] if m.files and m.files[0].name == name]
        kept = course.run.app.library.store.path(said.files[0].sha256)
        content = kept.read_text(encoding="utf-8") if kept else ""
        assert "Late?" in content


async def test_it_is_exported_from_the_command_line(open_community, shell: Shell, tmp_path: Path) -> None:
    course: Community = await open_community(demo=PEOPLE, faq=FAQ)
    await course.until(10)
    await course.types("ada", "/ask Where is the recording of the lesson?")
    await course.types("lin", "/answer Q1! Below the post.", room="staff")
    await course.types("lin", "/handbook H2 publish", room="staff")
    await course.types("ada", "/forget")
    await course.types("ada", "/forget yes")
    url = course.run.app.settings.database
    await course.close()
    config = tmp_path / "config.yaml"
    config.write_text(f"courses: [{course.folder.as_posix()}]\ndatabase: {url}\ndata: {tmp_path.as_posix()}\n")
    pages = []
    for option in ("--html", "--html"):
        assert shell("export", "handbook", "-c", config, "writing", option, "-o", tmp_path / "book") == 0, shell.err
        pages.append((tmp_path / "book").read_bytes())
    assert pages[0] == pages[1]
    page = pages[0].decode()
    assert "Where is the recording" in page
    assert "Below the post." in page
    for name in ("Ada", "Lin", "ada", "local:"):
        assert name not in page
