"""The boards' projection is what a plain recount of the ledger says, whatever happened."""

import asyncio
import itertools
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, select, text, update

from bot.domain.events import MemberLeft
from bot.domain.ids import CourseId, EventKey, MemberId, ObjectId, RuleId
from bot.domain.places import Actor, Address
from bot.domain.rules import GRANTED, Category, LedgerEntry
from bot.engine.writes import Writes
from storage import boards
from storage import migrate as schema
from storage.boards import BOARDS, Board, Where
from storage.columns import stored_moment
from storage.database import Database
from storage.tables import ledger, member, profile
from tests import community
from tests.community import COURSE, RULES, Community, write_course
from tests.shell import Shell

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
DAYS = (date(2027, 2, 28), date(2027, 3, 1), date(2027, 3, 7), date(2027, 3, 8), date(2027, 12, 31), date(2028, 1, 1))
PERIODS = ("course", "2027-02", "2027-03", "2027-12", "2028-01", "2027-02-22", "2027-03-01", "2027-03-08", "2027-12-27")


# --- a plain recount --------------------------------------------------------------------------------------------------


@dataclass
class Recount:
    """What the boards ought to say, from the rows of the ledger, the members and nothing else."""

    sums: dict[Where, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    last: dict[tuple[Where, int], int] = field(default_factory=dict)
    earned: Counter[int] = field(default_factory=Counter)
    members: dict[int, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, db: Connection) -> "Recount":
        recount = cls(members={row.id: row for row in db.execute(select(member))})
        for row in db.execute(select(ledger).where(ledger.c.points != 0).order_by(ledger.c.id)):
            recount.add(row)
        return recount

    def add(self, row: Any) -> None:
        year, week, _ = row.local_date.isocalendar()
        monday = date.fromisocalendar(year, week, 1).isoformat()
        on_boards: set[Board] = {"points"}
        for board in on_boards | {board for board in BOARDS if board == row.category}:
            for period in ("course", monday, row.local_date.isoformat()[:7]):
                where = Where(row.course, board, period)
                self.sums[where][row.member] += row.points
                self.last[where, row.member] = row.id
        if row.category != GRANTED:
            self.earned[row.member] += row.points

    def is_student(self, who: int) -> bool:
        return bool(self.members[who].role == "student")

    def lines(self, where: Where) -> list[tuple[int, int, int]]:
        """Rank, member and points of everybody on a board, from the top."""
        listed = [
            (who, points)
            for who, points in self.sums[where].items()
            if points > 0
            and self.is_student(who)
            and self.members[who].left_at is None
            and self.members[who].is_on_boards
        ]
        listed.sort(key=lambda line: (-line[1], self.last[where, line[0]]))
        return [(1 + sum(other > points for _, other in listed), who, points) for who, points in listed]


def check(db: Connection) -> None:
    recount = Recount.of(db)
    assert boards.wrong(db) == 0
    courses = {row.course for row in recount.members.values()}
    for where in {Where(*place) for place in itertools.product(courses, BOARDS, PERIODS)} | set(recount.sums):
        check_board(db, where, recount)
    for who, row in recount.members.items():
        assert boards.points_of(db, MemberId(who)) == recount.sums[Where(row.course, "points")][who]
    check_standings(db, recount)
    before = every_score(db)
    assert boards.rebuild(db) == len(before[0])
    assert every_score(db) == before


def check_board(db: Connection, where: Where, recount: Recount) -> None:
    lines = recount.lines(where)
    assert boards.count(db, where) == len(lines)
    for most in (1, 3, 100):
        assert as_lines(boards.top(db, where, most)) == lines[:most]
        assert as_lines(boards.leaders(db, where, most)) == [line for line in lines if line[0] <= most]
    for who, row in recount.members.items():
        points = recount.sums[where][who]
        place = 1 + sum(other > points for _, _, other in lines)
        is_listed = any(line[1] == who for line in lines)
        stands = points > 0 and recount.is_student(who) and row.course == where.course
        assert boards.place_of(db, where, MemberId(who)) == ((place, points, is_listed) if stands else None)
        at = next((at for at, line in enumerate(lines) if line[1] == who), None)
        around = [] if at is None else lines[max(0, at - 2) : at + 3]
        assert as_lines(boards.neighbours(db, where, MemberId(who))) == around


def check_standings(db: Connection, recount: Recount) -> None:
    for course in {row.course for row in recount.members.values()}:
        members = [who for who, row in recount.members.items() if row.course == course]
        found = {who: sums for who, _, *sums in boards.standings_of(db, CourseId(course), members)}
        helped = {
            who: sum(recount.sums[Where(CourseId(course), board)][who] for board in ("help", "contribution"))
            for who in members
        }
        assert found == {who: [recount.earned[who], helped[who]] for who in members}


def as_lines(standings: Sequence[boards.Standing]) -> list[tuple[int, int, int]]:
    return [(line.rank, line.member, line.points) for line in standings]


def every_score(db: Connection) -> tuple[set[Any], set[Any]]:
    counts = select(boards.score_count).where(boards.score_count.c.members != 0)
    return {tuple(row) for row in db.execute(select(boards.score))}, {tuple(row) for row in db.execute(counts)}


# --- through the functions --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of today's schema, to be copied."""
    file = tmp_path_factory.mktemp("empty") / "empty.db"
    database = Database(f"sqlite:///{file.as_posix()}")
    schema.migrate(database, file.parent, NOW)
    database.close()
    return file


def entry_of(
    course: str, who: int, points: int, category: str = "activity", day: date = DAYS[1], *, object: str = "thing"
) -> LedgerEntry:
    return LedgerEntry(
        course=CourseId(course),
        member=MemberId(who),
        points=points,
        rule=RuleId("rule"),
        object=ObjectId(object),
        cause=EventKey("test"),
        at=NOW,
        local_date=day,
        category=category,
    )


@dataclass
class World:
    """Members of two courses, and what happens to them."""

    db: Connection
    given: list[LedgerEntry] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def joins(self, course: str) -> None:
        who = self.db.execute(
            insert(member).values(course=course, role="student", joined_at=NOW).returning(member.c.id)
        ).scalar_one()
        self.db.execute(insert(profile).values(member=who, name=f"Member {who}"))

    def happens(self, act: tuple[Any, ...]) -> None:
        match act:
            case "award", awards:
                self.writes([self.entry(*award) for award in awards])
            case "take back", number:
                self.take_back(number)
            case "join", course:
                self.joins(course)
            case change, number:
                self.changes(change, number)

    def entry(self, number: int, points: int, category: str, day: date) -> LedgerEntry:
        row = self.member(number)
        return entry_of(row.course, row.id, points, category, day, object=f"thing {next(self.numbers)}")

    def take_back(self, number: int) -> None:
        """Once more, it is given again."""
        if self.given:
            entry = self.given[number % len(self.given)]
            last = max(one.round for one in self.given if one.object == entry.object)
            points = entry.points if entry.round % 2 != last % 2 else -entry.points
            changed = {name: getattr(entry, name) for name in entry.__struct_fields__}
            self.writes([LedgerEntry(**changed | {"round": last + 1, "points": points})])

    def writes(self, entries: list[LedgerEntry]) -> None:
        self.given += entries
        Writes(entries=list(entries)).flush_decisions(self.db)
        Writes(entries=list(entries)).flush_decisions(self.db)  # what is there already counts once

    def changes(self, change: str, number: int) -> None:
        who = self.member(number).id
        values: dict[str, dict[str, Any]] = {
            "leave": {"left_at": NOW},
            "return": {"left_at": None},
            "assistant": {"role": "assistant"},
            "student": {"role": "student"},
            "hide": {"is_on_boards": False},
            "show": {"is_on_boards": True},
        }
        self.db.execute(update(member).where(member.c.id == who).values(values[change]))
        boards.relist(self.db, [who])

    def member(self, number: int) -> Any:
        rows = self.db.execute(select(member).order_by(member.c.id)).all()
        return rows[number % len(rows)]


# Few numbers, so that there are ties; those around 128 and its square change steps.
POINTS = st.sampled_from([1, 1, 2, 5, 127, 128, 16384, 2_100_000, -1, -5, -128, 0])
NUMBER = st.integers(0, 30)
AWARD = st.tuples(NUMBER, POINTS, st.sampled_from([*get_args(Category), GRANTED]), st.sampled_from(DAYS))
ACT = st.one_of(
    st.tuples(st.just("award"), st.lists(AWARD, min_size=1, max_size=6)),
    st.tuples(st.just("take back"), NUMBER),
    st.tuples(st.just("join"), st.sampled_from(["writing", "python"])),
    st.tuples(st.sampled_from(["leave", "return", "assistant", "student", "hide", "show"]), NUMBER),
)


def live_through(empty: Path, acts: Sequence[tuple[Any, ...]]) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "world.db"
        shutil.copy(empty, file)
        database = Database(f"sqlite:///{file.as_posix()}")
        try:
            with database.begin() as db:
                world = World(db)
                for course in ("writing", "writing", "writing", "python"):
                    world.joins(course)
                for act in acts:
                    world.happens(act)
                check(db)
        finally:
            database.close()


@given(acts=st.lists(ACT, max_size=25))
@settings(max_examples=60)
def test_after_whatever_happened_the_boards_are_a_recount_of_the_ledger(
    empty: Path, acts: list[tuple[Any, ...]]
) -> None:
    live_through(empty, acts)


@pytest.mark.long
@given(acts=st.lists(ACT, max_size=120))
@settings(max_examples=1000)
def test_the_same_over_long_lives(empty: Path, acts: list[tuple[Any, ...]]) -> None:
    live_through(empty, acts)


# --- through conversations --------------------------------------------------------------------------------------------

LIVELY = (
    RULES
    + """
reply:
  when: message.posted
  where: {is_reply: true, member.role: student}
  counts_as: help
  then: [{award: 3}]
story:
  when: message.posted
  where: {length: {at_least: 30}}
  limit: {once_per: day}
  counts_as: contribution
  then: [{award: 128}]
"""
)
PEOPLE = ("ada", "ben", "mia", "lin")
PERSON = st.sampled_from(PEOPLE)
SAID = st.one_of(
    st.tuples(
        st.just("says"), PERSON, st.sampled_from(["/checkin", "/makeup", "hello", "A story of many words: " + "x" * 30])
    ),
    st.tuples(st.just("replies"), PERSON, st.integers(0, 20)),
    st.tuples(st.just("deletes"), st.integers(0, 20)),
    st.tuples(st.just("grants"), PERSON, st.sampled_from(["+5", "-5", "-200", "+1000"])),
    st.tuples(st.just("leaves"), PERSON),
    st.tuples(st.just("wishes"), PERSON, st.sampled_from(["board off", "board on", "name Owl", "name off"])),
    st.tuples(st.just("promotes"), st.sampled_from(["ada", "ben"]), st.booleans()),
    st.tuples(st.just("passes"), st.integers(1, 4)),
)


EVERYTHING: list[tuple[Any, ...]] = [
    *(("says", who, "/checkin") for who in ("ada", "ben", "mia")),
    ("replies", "ada", 0),
    ("replies", "ben", 0),
    ("deletes", 3),
    ("leaves", "ada"),
    ("says", "ada", "hello"),
    ("promotes", "ben", True),
    ("grants", "mia", "-200"),
    ("wishes", "mia", "board off"),
    ("passes", 4),
    ("grants", "mia", "+1000"),
    ("wishes", "mia", "board on"),
    ("promotes", "ben", False),
    ("promotes", "ada", True),
    ("leaves", "mia"),
]


class Conversation:
    """A course in which people say and do things."""

    def __init__(self, course: Community) -> None:
        self.course = course
        self.posts: list[tuple[str, int]] = []
        self.assistants = {"lin"}
        self.numbers = itertools.count(1)

    async def happens(self, said: tuple[Any, ...]) -> None:
        course = self.course
        match said:
            case "says", who, text:
                self.posts.append((who, await course.types(who, text)))
            case "replies", who, number if self.posts:
                to = self.posts[number % len(self.posts)][1]
                self.posts.append((who, await course.types(who, "Yes", reply_to=to)))
            case "deletes", number if self.posts:
                await course.deletes(*self.posts.pop(number % len(self.posts)))
            case "grants", who, points:
                await course.types("chen", f"/grant {who} {points} test", room="staff")
            case "leaves", who:
                await self.leaves(who)
            case "wishes", who, wish:
                await course.types(who, f"/privacy {wish}")
            case "promotes", who, is_wanted:
                await self.reloads(self.assistants | {who} if is_wanted else self.assistants - {who})
            case "passes", days:
                await course.passes(days=days)

    async def leaves(self, who: str) -> None:
        actor = Actor(platform="local", user=who, name=who.title(), handle=who)
        key = EventKey(f"local:left:{next(self.numbers)}")
        address = Address(platform="local", chat="main")
        await self.course.run.app.sink([MemberLeft(key=key, at=self.course.now, actor=actor, address=address)])

    async def reloads(self, assistants: set[str]) -> None:
        self.assistants = assistants
        named = ", ".join(f"local:{who}" for who in sorted(assistants))
        write_course(self.course.folder, rules=LIVELY, course=COURSE.replace("local:lin", named))
        await self.course.types("chen", "/reload", room="staff")


async def converse(acts: Sequence[tuple[Any, ...]]) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        course = await Community.open(folder / "data", write_course(folder / "writing", rules=LIVELY))
        try:
            conversation = Conversation(course)
            for said in acts:
                await conversation.happens(said)
            await course.run.app.database.run(check)
        finally:
            await course.close()


@given(acts=st.lists(SAID, min_size=5, max_size=25))
@example(acts=EVERYTHING)
@settings(max_examples=12)
def test_after_whatever_was_said_the_boards_are_a_recount_of_the_ledger(acts: list[tuple[Any, ...]]) -> None:
    asyncio.run(converse(acts))


@pytest.mark.long
@given(acts=st.lists(SAID, max_size=60))
@settings(max_examples=100)
def test_the_same_over_long_conversations(acts: list[tuple[Any, ...]]) -> None:
    asyncio.run(converse(acts))


# --- made anew --------------------------------------------------------------------------------------------------------


def test_a_database_from_before_the_boards_has_them_after_the_migration(tmp_path: Path) -> None:
    from alembic import command
    from alembic.config import Config

    database = Database(f"sqlite:///{(tmp_path / 'old.db').as_posix()}")
    config = Config()
    config.set_main_option("script_location", str(schema._MIGRATIONS))
    with database.begin() as db:
        config.attributes["connection"] = db
        command.upgrade(config, "0001")
        for who, name, points in ((1, "Ada", 5), (2, "Ben", 7)):
            at = stored_moment(NOW)
            db.execute(
                text(f"insert into member (id, course, role, joined_at) values ({who}, 'writing', 'student', {at})")
            )
            db.execute(text(f"insert into profile (member, name) values ({who}, '{name}')"))
            db.execute(
                text(
                    "insert into ledger (course, member, points, rule, object, round, cause, at, local_date)"
                    f" values ('writing', {who}, {points}, 'check_in', 'x', 0, 'x', {at}, '2027-03-01')"
                )
            )
    schema.migrate(database, tmp_path / "backups", NOW)
    with database.begin() as db:
        found = boards.top(db, Where(CourseId("writing"), "points", "2027-03-01"), 10)
        assert [(line.rank, line.name, line.points) for line in found] == [(1, "Ben", 7), (2, "Ada", 5)]
        check(db)
    database.close()


async def test_rebuild_says_how_many_scores_there_are_and_whether_any_was_wrong(
    course: Community, shell: Shell, tmp_path: Path
) -> None:
    config, database = tmp_path / "config.yaml", community.database_in(tmp_path / "data", course.folder)
    config.write_text(f"database: {database}\ncourses: [{course.folder}]\nlanguage: en\n")
    await course.types("ada", "/checkin")
    assert shell("rebuild", "-c", config) == 0
    assert shell.out == "The boards are made anew from the ledger: 3 scores, as before.\n"
    await course.rows(
        update(boards.score).values(points=99).where(boards.score.c.period == "course").returning(boards.score.c.member)
    )
    assert shell("rebuild", "-c", config) == 0
    assert shell.out == "The boards are made anew from the ledger: 3 scores. Wrong before, and right now: 1.\n"
    assert await course.board("ada", "/rank") == [("1", "▸ Ada", "5")]


def test_rebuild_needs_a_database_of_today(shell: Shell, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(f"database: sqlite:///{tmp_path}/none.db\ncourses: [{tmp_path}/writing]\nlanguage: en\n")
    write_course(tmp_path / "writing")
    assert shell("rebuild", "-c", config) == 1
    assert shell.err.startswith("There is no database file")
    database = Database(f"sqlite:///{tmp_path}/none.db")
    with database.begin() as db:
        db.execute(text("create table alembic_version (version_num text)"))
        db.execute(text("insert into alembic_version values ('0001')"))
    database.close()
    assert shell("rebuild", "-c", config) == 1
    assert shell.err.startswith("The database is still at 0001")


# --- how much work it is ----------------------------------------------------------------------------------------------


def steps_of(db: Connection, work: Callable[[], object]) -> int:
    """How many hundreds of SQLite's own instructions some work takes."""
    connection, hundreds = db.connection.driver_connection, itertools.count()
    assert connection is not None
    connection.set_progress_handler(lambda: next(hundreds) < 0, 100)
    work()
    connection.set_progress_handler(None, 0)
    return next(hundreds)


@pytest.mark.parametrize("points_of", [lambda at: 25, lambda at: at, lambda at: at * 997], ids=["same", "all", "far"])
def test_a_place_among_many_is_no_more_work_than_among_few(
    empty: Path, tmp_path: Path, points_of: Callable[[int], int]
) -> None:
    shutil.copy(empty, tmp_path / "many.db")
    database = Database(f"sqlite:///{(tmp_path / 'many.db').as_posix()}")
    where, who, everybody = Where(CourseId("writing"), "points"), MemberId(20), range(1, 5_001)
    works: tuple[Callable[[Connection], object], ...] = (
        lambda db: boards.place_of(db, where, who),
        lambda db: boards.neighbours(db, where, who),
        lambda db: boards.top(db, where, 10),
        lambda db: boards.count(db, where),
        lambda db: boards.points_of(db, who),
        lambda db: list(boards.standings_of(db, where.course, [1, who])),
        lambda db: boards.relist(db, [who]),
        lambda db: boards.add(db, {10**6: entry_of("writing", who, 1, "help")}),
    )
    with database.begin() as db:
        made = [{"id": n, "course": "writing", "role": "student", "joined_at": NOW} for n in everybody]
        db.execute(insert(member), made)
        db.execute(insert(profile), [{"member": n, "name": f"Member {n}"} for n in everybody])
        boards.add(db, {n: entry_of("writing", n, points_of(n)) for n in everybody})
        hundreds = [steps_of(db, lambda work=work: work(db)) for work in works]  # type: ignore[misc]
    database.close()
    assert max(hundreds) < 50, hundreds
