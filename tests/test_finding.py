"""What is known, and indexes of it in memory: always as new as the transaction that asks."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import current_thread

import pytest
from sqlalchemy import select

from bot.domain.ids import CourseId
from bot.engine.deepening import Deepener
from bot.engine.finding import Finder
from bot.engine.known import Found, Known
from bot.engine.retrieval import Hit, Index
from bot.features.handbook.store import entries
from bot.features.handbook.store.tables import entry
from bot.features.handbook.words import Said
from storage import changed_known
from storage.database import Database
from tests.community import DEMO, Community

COURSE = CourseId("writing")
ONE = Known("entry:1", ("How do I hand in late?",), "With /submit.")
OTHER = Known("entry:2", ("What makes a good title?",), "It says what is in the text.")
PEOPLE = DEMO.split("classmates:")[0]
FAQ = (
    "late:\n  asked: {en: How do I hand in late?, zh: 怎么补交作业？}\n  answer: {en: With submit., zh: 用补交命令。}\n"
)


class Reads:
    """Counts how often everything was read."""

    def __init__(self, *known: Known) -> None:
        self.known, self.times = list(known), 0

    def __call__(self) -> list[Known]:
        self.times += 1
        return self.known


def ids(finder: Finder, mark: object, read: Reads, words: str = "hand in late") -> list[str]:
    return [known.id for known, _ in finder.shelf(COURSE, (mark,), read).search(words, 5)]


def test_an_index_is_made_once_and_anew_when_something_has_changed() -> None:
    finder, read = Finder(), Reads(ONE)
    assert ids(finder, 1, read) == ["entry:1"]
    finder.committed()
    assert ids(finder, 1, read) == ["entry:1"]
    assert read.times == 1
    read.known.append(OTHER)
    assert ids(finder, 2, read, "good title") == ["entry:2"]
    assert read.times == 2


def test_what_was_rolled_back_is_found_by_nobody() -> None:
    finder, read = Finder(), Reads(ONE)
    ids(finder, 1, read)
    finder.committed()
    ids(finder, 2, Reads(ONE, OTHER), "good title")
    finder.rolled_back()
    assert ids(finder, 2, Reads(ONE), "good title") == [], "the mark was given out again"


def test_only_some_courses_are_kept() -> None:
    finder, read = Finder(), Reads(ONE)
    for number in range(50):
        finder.shelf(CourseId(f"course{number}"), (1,), read)
        finder.committed()
    finder.shelf(CourseId("course49"), (1,), read)
    assert read.times == 50
    finder.shelf(CourseId("course0"), (1,), read)
    assert read.times == 51


# --- by meaning, beside the transactions ------------------------------------------------------------------------------


class Steps:
    """Says what was deepened; each index finds everything in two steps."""

    def __init__(self, *, trouble: Exception | None = None) -> None:
        self.begun, self.threads, self.trouble = 0, set[str](), trouble
        self.meanwhile: Callable[[], object] = lambda: None

    def __call__(self, index: Index) -> Iterator[Index]:
        self.begun += 1
        self.threads.add(current_thread().name)
        yield index
        self.meanwhile()
        if self.trouble:
            raise self.trouble
        yield Everything()


class Everything:
    threshold = similar = 0.5

    def search(self, query: str, *, limit: int = 10) -> list[Hit]:
        return [Hit("entry:1", 1.0)]


STRANGE = "a question in words that nobody has used"


async def test_an_index_by_words_is_there_at_once_and_a_better_one_comes_later() -> None:
    finder, read, steps = Finder(), Reads(ONE), Steps()
    assert ids(finder, 1, read, STRANGE) == []
    finder.committed()
    assert ids(finder, 1, read, STRANGE) == [], "nothing was waited for"
    await Deepener(finder, steps).drain()
    assert ids(finder, 1, read, STRANGE) == ["entry:1"]
    assert (read.times, steps.begun) == (1, 1)
    assert steps.threads.isdisjoint({"MainThread"})
    await Deepener(finder, steps).drain()
    assert steps.begun == 1, "as good as it gets"


async def test_what_has_changed_is_found_by_words_until_it_was_looked_at_anew() -> None:
    finder, steps = Finder(), Steps()
    ids(finder, 1, Reads(ONE))
    finder.committed()
    await Deepener(finder, steps).drain()
    assert ids(finder, 2, Reads(ONE, OTHER), "good title") == ["entry:2"]
    finder.committed()
    await Deepener(finder, steps).drain()
    assert ids(finder, 2, Reads(), STRANGE) == ["entry:1"]


async def test_what_changes_meanwhile_is_not_overwritten_by_what_was() -> None:
    finder, steps = Finder(), Steps()

    def change() -> None:
        steps.meanwhile = lambda: None
        ids(finder, 2, Reads(ONE, OTHER))
        finder.committed()

    steps.meanwhile = change
    ids(finder, 1, Reads(ONE))
    finder.committed()
    await Deepener(finder, steps).drain()
    assert steps.begun == 2, "the newer one had its turn"
    assert ids(finder, 2, Reads(), STRANGE) == ["entry:1"]


async def test_what_was_rolled_back_is_not_looked_at() -> None:
    finder, steps = Finder(), Steps()
    ids(finder, 1, Reads(ONE))
    finder.rolled_back()
    await Deepener(finder, steps).drain()
    assert steps.begun == 0


async def test_who_searches_wakes_whoever_makes_it_better() -> None:
    finder, steps = Finder(), Steps()
    loop, reached = asyncio.get_running_loop(), asyncio.Event()
    steps.meanwhile = partial(loop.call_soon_threadsafe, reached.set)
    running = asyncio.create_task(Deepener(finder, steps).run())
    await asyncio.sleep(0)  # it waits now
    ids(finder, 1, Reads(ONE))
    finder.committed()
    await asyncio.wait_for(reached.wait(), 10)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_an_encoder_that_fails_is_told_once_and_leaves_the_words(caplog: pytest.LogCaptureFixture) -> None:
    finder, steps = Finder(), Steps(trouble=MemoryError())
    ids(finder, 1, Reads(ONE))
    finder.committed()
    await Deepener(finder, steps).run()  # ends by itself, so it is not begun again
    assert len(caplog.records) == 1
    assert ids(finder, 1, Reads()) == ["entry:1"]
    ids(finder, 2, Reads(ONE, OTHER))
    finder.committed()
    assert steps.begun == 1


def test_nothing_known_finds_nothing() -> None:
    assert ids(Finder(), 0, Reads()) == []


# --- in a course ------------------------------------------------------------------------------------------------------


@pytest.fixture
async def course(open_community) -> Community:
    course: Community = await open_community(demo=PEOPLE, faq=FAQ)
    await course.until(10)
    return course


def found(course: Community, db, words: str, language: str | None = None) -> list[Found]:
    app = course.run.app
    handler = app.registry.queries["handbook.find"]
    about = app.library.refresh(db).courses[COURSE]
    return list(handler(app.engine, db, about, words, 3, language))


async def finds(course: Community, words: str, language: str | None = None) -> list[Found]:
    return await course.run.app.database.run(lambda db: found(course, db, words, language))


async def test_what_is_found_is_in_the_language_of_who_reads_it(course: Community) -> None:
    [one] = await finds(course, "how do I hand in late?")
    assert (one.id, one.title, one.text) == ("entry:1", "How do I hand in late?", "With submit.")
    assert one.is_sure
    [one] = await finds(course, "怎么补交作业", "zh_Hans")
    assert (one.title, one.text) == ("怎么补交作业？", "用补交命令。")


async def test_what_has_nothing_to_do_with_it_is_not_found(course: Community) -> None:
    assert await finds(course, "what is the weather in Lisbon today") == []


async def test_an_entry_that_was_undone_is_not_found(course: Community) -> None:
    await finds(course, "late")

    def add_and_fail(db) -> None:
        row = entries.add(db, COURSE, "staff:1", "published")
        made = entries.add_version(db, row, Said({"en": "Who is the teacher?"}, (), {"en": "Ms Chen."}), course.now)
        entries.change_to(db, row, "published", course.now, version=made)
        assert [one.id for one in found(course, db, "who is the teacher")] == [f"entry:{row.id}"]
        raise LookupError

    with pytest.raises(LookupError):
        await course.run.app.database.run(add_and_fail)
    assert await finds(course, "who is the teacher") == []


async def test_another_process_finds_a_new_entry_at_once(course: Community, tmp_path: Path) -> None:
    await finds(course, "late")
    other = Database(course.run.app.settings.database)
    try:
        with other.begin() as db:
            row = entries.add(db, COURSE, "staff:1", "published")
            said = Said({"en": "Who is the teacher?"}, (), {"en": "Ms Chen."})
            entries.change_to(db, row, "published", course.now, version=entries.add_version(db, row, said, course.now))
    finally:
        other.close()
    assert [one.text for one in await finds(course, "who is the teacher")] == ["Ms Chen."]


async def test_a_settled_question_is_found_until_it_is_open_again(course: Community) -> None:
    await course.types("ada", "/ask Where is the recording of the lesson?")
    assert await finds(course, "where is the recording of the lesson") == []
    await course.types("lin", "/answer Q1! Below the post.", room="staff")
    [one] = await finds(course, "where is the recording of the lesson")
    assert (one.id, one.text) == ("question:1", "Below the post.")
    await course.types("ada", "/question Q1 reopen")
    assert await finds(course, "where is the recording of the lesson") == []


async def test_a_question_is_found_by_the_words_of_who_asked_the_same(course: Community) -> None:
    await course.types("ada", "/ask Where is the recording of the lesson?")
    await course.types("ben", "/ask Any video replay available?")
    await course.types("lin", "/question Q2 merge Q1", room="staff")
    await course.types("lin", "/answer Q1! Below the post.", room="staff")
    assert [one.id for one in await finds(course, "video replay available")] == ["question:1"]


async def test_nothing_is_left_to_be_looked_at(course: Community) -> None:
    await course.types("ada", "/ask Where is the recording of the lesson?")
    await course.types("lin", "/answer Q1! Below the post.", room="staff")
    assert await course.rows(select(changed_known.table)) == []
    assert [row.state for row in await course.rows(select(entry))] == ["published", "draft"]


async def test_what_changed_before_the_course_is_there_waits_for_nobody(course: Community) -> None:
    def note(db) -> None:
        changed_known.note(db, "elsewhere", ["question:1"])

    await course.run.app.database.run(note)
    await course.types("ada", "hello")
    assert await course.rows(select(changed_known.table)) == []
