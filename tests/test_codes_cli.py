"""Codes come into a pool by the command line, beside a running process; nothing ever prints one."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

import bot.features  # noqa: F401 - so that the tables of all features are known
from bot.cli.code_lists import read_codes
from bot.domain.ids import CourseId
from bot.features.rewards import pool, stocking, store
from storage.database import Database
from storage.tables import member
from tests.community import DEMO, Community, write_course
from tests.databases import opened
from tests.shell import Shell

REWARDS = """
rewards:
  tea:
    title: {zh: 奶茶券, en: Tea coupon}
    kind: code
    price: 100
  book:
    title: {zh: 书券, en: Book token}
    kind: code
    price: 300
  mug: {title: {zh: 马克杯, en: Mug}, kind: goods, price: 500, stock: 3}
"""
NOW = datetime(2027, 3, 1, 10, tzinfo=UTC)
COURSE = CourseId("writing")
REDEMPTION = {"course": COURSE, "reward": "tea", "kind": "code", "title": {"en": "Tea"}, "at": NOW, "month": "2027-03"}
REDEMPTION |= {"price": 100, "worth": 100, "state": "requested"}
QUIET = DEMO.split("classmates:")[0]


class Shop:
    """A course with codes, and the shell beside it."""

    def __init__(self, home: Path, shell: Shell, database: str) -> None:
        self.home, self.shell = home, shell
        self.file = home / "codes.csv"
        self.config = home / "config.yaml"
        courses = "courses: [./writing]\nplatforms: {local: {}}\n"
        self.config.write_text(f"language: en\ndatabase: {database}\ndata: ./data\n{courses}", encoding="utf-8")

    def lives(self, work: Callable[[Community], Awaitable[Any]]) -> Any:
        async def live() -> Any:
            files = write_course(self.home / "writing", rewards=REWARDS, demo=QUIET)
            course = await Community.open(self.home / "data", files)
            try:
                return await work(course)
            finally:
                await course.close()

        return asyncio.run(live())

    def codes(self, *arguments: str | Path, text: str | None = None, encoding: str = "utf-8") -> int:
        """Runs the command, and looks that it shows no code."""
        if text is not None:
            self.file.write_bytes(text.encode(encoding))
        code = self.shell("codes", *arguments, "-c", self.config)
        assert "SECRET" not in self.shell.out + self.shell.err
        return code

    def adds(self, text: str, *more: str, reward: str = "tea", encoding: str = "utf-8") -> int:
        return self.codes("add", reward, self.file, *more, text=text, encoding=encoding)


@pytest.fixture
def shop(tmp_path: Path, shell: Shell) -> Shop:
    found = Shop(tmp_path, shell, "sqlite:///data/writing.db")
    found.lives(lambda course: course.types("ada", "hello"))
    return found


def codes(*numbers: int) -> str:
    return "".join(f"SECRET-{number}\n" for number in numbers)


def test_codes_are_counted_and_never_shown(shop: Shop) -> None:
    assert shop.adds(codes(1, 2, 3)) == 0
    assert shop.shell.lines == [
        "Put into tea: 3 codes.",
        "tea: 3 free, 0 held for requests, 0 given, 0 withdrawn",
        "book: 0 free, 0 held for requests, 0 given, 0 withdrawn",
    ]
    assert shop.codes("list") == 0
    assert shop.shell.lines[0] == "tea: 3 free, 0 held for requests, 0 given, 0 withdrawn"


def test_the_same_code_twice_is_refused_by_its_line_and_nothing_is_put_in(shop: Shop) -> None:
    assert shop.adds(codes(1, 2, 1)) == 1
    assert shop.shell.lines == [f"{shop.file}:3:1: the same code stands in line 1 already"]
    assert shop.codes("list") == 0
    assert "tea: 0 free" in shop.shell.out


def test_a_code_that_was_put_in_before_is_refused_also_for_another_reward(shop: Shop) -> None:
    assert shop.adds(codes(1, 2)) == 0
    assert shop.adds(codes(3, 2)) == 1
    assert shop.shell.lines == [f"{shop.file}:2:1: this code was put in before"]
    assert shop.adds(codes(1), reward="book") == 1
    assert shop.codes("list") == 0
    assert [line.split(",")[0] for line in shop.shell.lines] == ["tea: 2 free", "book: 0 free"]


def test_with_new_what_is_known_is_passed_over(shop: Shop) -> None:
    assert shop.adds(codes(1, 2)) == 0
    assert shop.adds(codes(1, 2, 3), "--new") == 0
    assert shop.shell.lines[:2] == [
        "Passed over, as they were put in before: 2 codes.",
        "Put into tea: 1 code.",
    ]


def test_a_table_names_the_column_in_any_language_and_as_excel_saves_it_in_china(shop: Shop) -> None:
    assert shop.adds("序号;兑换码;面额\n1;SECRET-1;十元\n2;SECRET-2;十元\n", encoding="gb18030") == 0
    assert shop.shell.lines[0] == "Put into tea: 2 codes."


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("1,SECRET-1\n2,SECRET-2\n", "this row has more than one column, or none with the code"),
        ("code,price\n,5\n", "this row has more than one column, or none with the code"),
        ("6.21457E+15\n", "a spreadsheet has rounded this long number"),
        ("SECRET\u200b-1\n", "there are invisible characters or stray blanks in this code"),
        ("SECRET" * 50, "this code is too long: 200 characters at most"),
        ("code\n", "there are no codes in this file"),
        ("", "there are no codes in this file"),
    ],
)
def test_a_file_that_would_give_wrong_codes_is_refused(shop: Shop, text: str, complaint: str) -> None:
    assert shop.adds(text) == 1
    assert complaint in shop.shell.out
    assert shop.codes("list") == 0
    assert "tea: 0 free" in shop.shell.out


def test_only_rewards_with_codes_have_a_pool(shop: Shop) -> None:
    assert shop.adds(codes(1), reward="mug") == 2
    assert shop.shell.err.strip() == "There is no reward “mug” with codes. There are: tea, book"


def test_a_file_that_is_not_there_is_named(shop: Shop) -> None:
    assert shop.codes("add", "tea", shop.home / "gone.csv") == 1
    assert "gone.csv can't be read" in shop.shell.err


def test_codes_of_a_reward_that_never_was_are_not_withdrawn_in_silence(shop: Shop) -> None:
    assert shop.codes("withdraw", "TYPO", "--all") == 2
    assert shop.shell.out == ""
    assert "There is no reward “TYPO”, and no code of it" in shop.shell.err
    assert "tea, book" in shop.shell.err


def test_what_nobody_was_given_is_withdrawn_and_never_comes_back(shop: Shop) -> None:
    assert shop.adds(codes(1, 2, 3)) == 0
    assert shop.codes("withdraw", "tea") == 2
    assert "Which ones?" in shop.shell.err
    assert shop.codes("withdraw", "tea", shop.file, text=codes(2, 9)) == 1
    assert shop.shell.lines[:2] == [
        f"{shop.file}:2:1: this reward has no such code",
        "Withdrawn from tea: 1 code.",
    ]
    assert shop.codes("withdraw", "tea", "--all") == 0
    assert shop.shell.lines[:2] == [
        "Withdrawn from tea: 2 codes.",
        "tea: 0 free, 0 held for requests, 0 given, 3 withdrawn",
    ]
    assert shop.adds(codes(2)) == 1


def test_a_process_that_is_at_work_gives_what_was_just_put_in_and_what_is_given_stays(shop: Shop) -> None:
    async def work(course: Community) -> None:
        await course.types("chen", "/grant @ada +500 a start", room="staff")
        assert "none left" in await course.answer("ada", "/redeem tea 100")
        shop.adds(codes(1, 2))
        assert "Only you can see its code" in await course.answer("ada", "/redeem tea 100")
        assert "SECRET-1" in await course.answer("ada", "/rewards code 1")

    shop.lives(work)
    assert shop.codes("withdraw", "tea", shop.file, text=codes(1, 2)) == 1
    assert shop.shell.lines == [
        f"{shop.file}:1:1: this code was given to somebody and can't be withdrawn",
        "Withdrawn from tea: 1 code.",
        "tea: 0 free, 0 held for requests, 1 given, 1 withdrawn",
        "book: 0 free, 0 held for requests, 0 given, 0 withdrawn",
    ]
    assert "SECRET-1" in shop.lives(lambda course: course.answer("ada", "/rewards code 1"))


def test_codes_are_read_with_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "codes.txt"
    file.write_text("\ufeffcode\n\n  A-1  \nhttps://shop.example/x?c=2\n", encoding="utf-8")
    found = read_codes(file)
    assert not found.problems
    assert [(one.line, one.code) for one in found.codes] == [(3, "A-1"), (4, "https://shop.example/x?c=2")]


@pytest.fixture
def database(either_url: str, tmp_path: Path) -> Iterator[Database]:
    database = opened(either_url, tmp_path, [], at=NOW)
    yield database
    database.close()


@pytest.mark.long
def test_of_many_who_put_in_the_same_list_at_once_one_does(database: Database) -> None:
    listed = [f"SECRET-{number}" for number in range(200)]

    def put_in(_: int) -> int:
        with database.begin() as db:
            stocking.lock(db, COURSE, "tea")
            new = sorted({*listed} - stocking.known(db, listed))
            stocking.put_in(db, COURSE, "tea", new, NOW)
            return len(new)

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(put_in, range(12))) == [0] * 11 + [200]


@pytest.mark.long
def test_a_code_is_withdrawn_or_given_never_both(database: Database) -> None:
    with database.begin() as db:
        stocking.put_in(db, COURSE, "tea", [f"SECRET-{number}" for number in range(60)], NOW)
        people = [{"id": id, "course": COURSE, "role": "student", "joined_at": NOW} for id in range(1, 61)]
        db.execute(insert(member), people)

    def take(who: int) -> bool:
        with database.begin() as db:
            store.lock_stock(db, COURSE, "tea", has_budget=False)
            row = store.add(db, {**REDEMPTION, "member": who})
            return pool.hold(db, COURSE, "tea", row.id) and pool.give(db, row.id) is not None

    def withdraw(number: int) -> int:
        with database.begin() as db:
            stocking.lock(db, COURSE, "tea")
            return stocking.withdraw(db, COURSE, "tea", [f"SECRET-{number}"])

    with ThreadPoolExecutor(8) as threads:
        taken = [threads.submit(take, who) for who in range(1, 61)]
        gone = [threads.submit(withdraw, number) for number in range(59, -1, -2)]
        given, withdrawn = sum(one.result() for one in taken), sum(one.result() for one in gone)
    with database.begin() as db:
        [found] = stocking.pools(db, COURSE)
    assert found == stocking.Pool("tea", free=60 - given - withdrawn, given=given, withdrawn=withdrawn)
    assert found.free >= 0
