"""Who may use which command where: one table, compared with what the core does, cell by cell.

The table says what is meant, and not what the code declares: a new command fails here until it stands in it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Connection, insert, text

from bot.domain.events import CommandInvoked, Event, FormSubmitted
from bot.domain.ids import EventKey
from bot.domain.places import Actor, Address
from bot.engine.feature import Registry
from bot.engine.single import handle_one
from bot.features import FEATURES
from storage import assistants
from storage.tables import account, metadata, staff_grant
from tests.fuzz.core import NOW, Core, opened
from tests.fuzz.course import COURSE, TELEGRAM_CHATS, fuzzed_course

EVERYBODY = ("stranger", "student", "assistant", "homework assistant", "questions assistant", "admin", "owner")
"""The owner is an admin by a claimed code, not by course.yaml; the two assistants were appointed for one area."""
STAFF = EVERYBODY[2:]
ADMINS = ("admin", "owner")
WHO = {"all": EVERYBODY, "students": ("stranger", "student"), "staff": STAFF, "admins": ADMINS}
WHO["learners"] = (*WHO["students"], "homework assistant", "questions assistant")
"""Those who were appointed have begun as students, and can still complete the course."""
WHO["others"] = (*WHO["students"], *ADMINS)
"""All but assistants: to a student, what follows `/certificate` is nothing but a name of their own."""
NOT_OF = {"homework": "questions assistant", "questions": "homework assistant"}
"""Who of the staff does not look after an area."""
ROOMS = ("main", "interest", "alumni", "staff", "questions", "homework")
PLACES = (*ROOMS, "private", "nowhere")
"""Groups of each kind, the private chat, and a group where no course lives."""
USERS = dict(zip(EVERYBODY, ("zed", "ada", "lin", "kim", "kay", "chen", "otto"), strict=True))

TABLE = """
command       | who               | where                  | besides
admit         | staff             | staff                  |
alike         | staff homework    | staff                  |
answer        | all               | all                    |
answers       | staff questions   | all                    |
appeal        | students          | all                    |
ask           | all               | all                    | link
asked         | all               | all                    |
audit         | admins            | staff                  |
battle        | all               | all                    |
bind          | admins            | all                    | anywhere
cancel        | all               | all                    | anywhere
certificate   | all               | all                    |
champions     | all               | all                    |
checkin       | all               | main interest          |
claim         | all               | all                    | anywhere
common        | staff homework    | staff                  |
contest       | all               | all                    |
contributors  | all               | all                    |
course        | all               | all                    |
decline       | staff             | staff                  |
enter         | students          | main interest alumni   | link
export        | admins            | staff                  |
extend        | all homework      | all                    |
failures      | admins            | staff                  |
faq           | all               | all                    |
feature       | staff             | all                    |
feedback      | students          | all                    |
forget        | all               | all                    | anywhere alone
form          | all               | all                    | anywhere
grade         | staff homework    | staff                  |
grading       | staff homework    | all                    |
grant         | admins            | staff                  |
growth        | all               | all                    | alone
handbook      | staff questions   | staff                  |
handbook_add  | staff questions   | staff                  |
handbook_edit | staff questions   | staff                  |
help          | all               | all                    | anywhere
helpers       | all               | all                    |
here          | all               | all                    |
homework      | students          | main interest homework | link
invitation    | all               | all                    |
items         | staff homework    | staff                  |
join          | all               | all                    | link
language      | all               | all                    |
level         | all               | all                    |
link          | all               | all                    | alone link
live          | all               | all                    |
live_ask      | all               | all                    |
makeup        | all               | main interest          |
me            | all               | all                    |
missing       | staff homework    | staff                  |
mydata        | all               | all                    | anywhere alone
nudge         | all               | all                    |
pause         | admins            | staff                  |
points        | all               | all                    |
poll          | all               | all                    |
postpone      | admins            | staff                  |
privacy       | all               | all                    | anywhere
progress      | all               | all                    | link
question      | all               | all                    |
questions     | all               | all                    |
queue         | staff             | staff                  |
quiz          | students          | all                    | alone link
rank          | all               | all                    |
redeem        | all               | all                    |
redemptions   | staff             | staff                  |
reload        | admins            | staff                  |
replay        | admins            | staff                  |
report        | staff             | staff                  |
resend        | admins            | staff                  |
resume        | admins            | staff                  |
return        | staff homework    | staff                  |
rewards       | all               | all                    | link
rituals       | staff             | staff                  |
rules         | all               | all                    |
run           | admins            | staff                  |
search        | all               | all                    |
seeds         | staff             | all                    |
shadow        | staff             | staff                  |
shares        | all               | all                    |
start         | all               | all                    | anywhere link
submit        | students          | main interest homework | link
tag           | staff             | staff                  |
task          | all               | all                    |
team          | all homework      | all                    |
thanks        | all               | all                    |
unbind        | admins            | all                    |
unlink        | staff             | staff                  |
vote          | students          | main interest alumni   |
why           | all               | all                    |
"""
"""`anywhere`: also where no course lives; `alone`: in private, where a group can't be told alone; `link`: by a link.

An area behind `who` is what assistants must look after. In private everything works that works somewhere.
"""

PARTS = """
words                          | who      | else                       | where         | else
ask live why is that so?       | all      |                            | all           |
ask 直播 why is that so?       | all      |                            | all           |
battle cancel                  | staff    | battle.for_staff           | all           |
certificate withdraw @ada why  | others   | certificate.admins_only    | all           |
certificate reissue @ada       | others   | certificate.admins_only    | all           |
certificate restore @ada       | others   | certificate.admins_only    | all           |
contest appeal it is unfair    | students | contest.students_only      | all           |
contest 申诉 it is unfair      | students | contest.students_only      | all           |
contest decide 1 kept          | staff    | contest.staff_only         | staff private | contest.in_staff_room
contest 裁定 1 kept            | staff    | contest.staff_only         | staff private | contest.in_staff_room
contest enter 1                | all      |                            | all           |
contest 参赛 1                 | all      |                            | all           |
contest remove 1 copied        | staff    | contest.staff_only         | staff private | contest.in_staff_room
contest 移除 1 copied          | staff    | contest.staff_only         | staff private | contest.in_staff_room
contest restore 1              | staff    | contest.staff_only         | staff private | contest.in_staff_room
contest 恢复 1                 | staff    | contest.staff_only         | staff private | contest.in_staff_room
export handbook                | admins   | command.not_for_you        | staff private | command.wrong_place
export 手册                    | admins   | command.not_for_you        | staff private | command.wrong_place
export 答疑手册                | admins   | command.not_for_you        | staff private | command.wrong_place
growth                         | students | growth.staff_have_none     | all           |
level                          | students | level.staff                | all           |
me @ada                        | staff    | me.others                  | staff         | me.others
nudge off                      | students | nudge.staff                | all           |
progress                       | learners | progress.for_students      | all           |
redemptions grant @ada tea why | admins   | redemption.grant_not_you   | staff private | command.wrong_place
seeds list                     | staff    | command.not_for_you        | staff private | seeds.in_staff_room
seeds @ada confirm             | admins   | seeds.admins_only          | staff private | seeds.in_staff_room
why @ada                       | staff    | why.only_yours             | staff private | why.staff_room
"""
"""What is refused by what follows a command's name, and with which words."""

FORMS = {
    "answer": "answer",
    "appeal": "appeal",
    "ask": "ask",
    "certificate": "certificate",
    "enter": "enter",
    "enter_to": "enter",
    "grade_comment": "grade",
    "grade_return": "return",
    "handbook_add": "handbook_add",
    "handbook_edit": "handbook_edit",
    "live_ask": "live_ask",
    "question_back": "question",
    "question_more": "questions",
    "question_verdict": "questions",
    "quiz_answer": "quiz",
    "redemption_reason": "redemptions",
    "reward_address": "rewards",
    "submit": "submit",
    "submit_to": "submit",
}
"""Who may hand in a form is who may use this command."""

WORDS = {"bind": "bind writing main"}
"""Where the name alone only tells how a command is used."""
REFUSALS = {"command.not_for_you", "command.not_your_area", "command.wrong_place", "place.no_course", "bind.not_admin"}
REFUSALS |= {"command.alone", "command.not_by_link", "command.no_such_place", "command.unknown", "forms.gone"}
REGISTRY = Registry(FEATURES)


class Row(NamedTuple):
    """One command of the table."""

    who: tuple[str, ...]
    area: str
    where: tuple[str, ...]
    besides: frozenset[str]


class Part(NamedTuple):
    words: str
    who: tuple[str, ...]
    not_for_you: str
    where: tuple[str, ...]
    not_here: str


def _cells(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()[1:]]


def _row(who: str, where: str, besides: str) -> Row:
    group, _, area = who.partition(" ")
    return Row(WHO[group], area, ROOMS if where == "all" else tuple(where.split()), frozenset(besides.split()))


ROWS = {name: _row(*cells) for name, *cells in _cells(TABLE)}
PART_ROWS = [
    Part(words, WHO[who], else_who, PLACES if where == "all" else tuple(where.split()), else_where)
    for words, who, else_who, where, else_where in _cells(PARTS)
]


def expected(name: str, who: str, place: str) -> str:
    """What the table says: the refusal, or nothing."""
    row = ROWS[name]
    if "anywhere" in row.besides:
        return "" if who in row.who else "bind.not_admin"
    if place == "nowhere":
        return "place.no_course"
    if who not in row.who:
        return "command.not_for_you"
    if row.area and who == NOT_OF[row.area]:
        return "command.not_your_area"
    return "" if place == "private" or place in row.where else "command.wrong_place"


def expected_of(part: Part, who: str, place: str) -> str:
    """What the second table says; what is refused in most places is refused there whoever says it."""
    refusals = [part.not_for_you * (who not in part.who), part.not_here * (place not in part.where)]
    first, then = reversed(refusals) if part.words.startswith("seeds") else refusals
    return first or then


# --- what the core does -----------------------------------------------------------------------------------------------


class _Answers(logging.Handler):
    """The ids of the texts that refused."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.ids: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg == "event %r was answered with %s" and isinstance(record.args, tuple):
            self.ids.append(str(record.args[1]))


class _Undone(Exception):
    """What was tried is not to stay."""


class Outcome(NamedTuple):
    """The refusal, or nothing; and all rows there are afterwards, without what is said."""

    refusal: str
    rows: tuple[Any, ...]
    said: int
    failure: Exception | None = None  # it was let in, and then something broke


@dataclass
class Bench:
    """Tries an event, and leaves everything as it was."""

    core: Core
    answers: _Answers

    def tried(self, event: Event) -> Outcome:
        self.answers.ids.clear()
        found: list[Outcome] = []
        try:
            with self.core.app.database.begin() as db:
                handle_one(self.core.app.pipeline._transaction(db), event)
                rows, said = tuple(db.execute(_ROWS).all()), db.execute(_SAID).scalar_one()
                found.append(Outcome("".join(self.answers.ids), rows, said))
                raise _Undone
        except _Undone:
            return found[0]
        except Exception as failure:  # noqa: BLE001 - whatever it is
            return Outcome("", (), 0, failure)


def _content(table: Any) -> str:
    row = " || '|' || ".join(f'quote("{column.name}")' for column in table.columns)
    return f"SELECT '{table.name}', group_concat({row}) FROM {table.name}"


_ROWS = text(" UNION ALL ".join(_content(one) for one in metadata.sorted_tables if one.name != "outbox"))
_SAID = text("SELECT count(*) FROM outbox")


@contextmanager
def _hearing() -> Iterator[_Answers]:
    answers, log = _Answers(), logging.getLogger("bot.engine.saying")
    level = log.level
    log.addHandler(answers)
    log.setLevel(logging.INFO)
    try:
        yield answers
    finally:
        log.removeHandler(answers)
        log.setLevel(level)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, new_database: Path) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("permissions")
    course = fuzzed_course(folder / "writing")
    (course / "course.yaml").write_text(COURSE.replace("local:kim", "local:kim, local:kay"), encoding="utf-8")
    with opened(folder, course, new_database) as core, _hearing() as answers:
        for who in EVERYBODY[1:]:
            core.process(command("task", who, "main", key=f"first {who}"))
        with core.app.database.begin() as db:
            _appoint(db)
        for who in EVERYBODY[1:]:
            core.process(command("task", who, "private", key=f"second {who}"))
        core.check()
        yield Bench(core, answers)


def _appoint(db: Connection) -> None:
    """Otto has claimed a code; Kim looks after homework, Kay after questions."""
    by = _member(db, "chen")
    db.execute(insert(staff_grant).values(account="local:otto", course=None, role="admin", at=NOW))
    db.execute(text("UPDATE member SET role = 'admin' WHERE id = :id"), {"id": _member(db, "otto")})
    for user, area in (("kim", "homework"), ("kay", "questions")):
        assistants.begin(db, "writing", _member(db, user), areas=[area], shifts=(), by=by, at=NOW)  # type: ignore[list-item, arg-type]


def _member(db: Connection, user: str) -> Any:
    return db.execute(account.select().where(account.c.user == user)).one().member


def _done(who: str, place: str, platform: str = "local") -> dict[str, Any]:
    user = USERS[who]
    chat = user if place == "private" else str(TELEGRAM_CHATS[place]) if platform == "telegram" else place
    return {
        "at": NOW,
        "actor": Actor(platform=platform, user=user, name=user.title(), handle=user),
        "address": Address(platform=platform, chat=chat, private=place == "private"),
    }


def command(words: str, who: str, place: str, *, key: str = "one", platform: str = "local", **more: Any) -> Event:
    name, _, rest = words.partition(" ")
    done = _done(who, place, platform)
    return CommandInvoked(key=EventKey(f"{platform}:{key}"), name=name, text=rest, message="7", **done, **more)


# --- the table --------------------------------------------------------------------------------------------------------


def test_every_command_stands_in_the_table() -> None:
    assert sorted(ROWS) == sorted(REGISTRY.commands)


def test_every_branch_stands_in_the_table() -> None:
    assert {tuple(part.words.split()[:2]) for part in PART_ROWS} >= set(REGISTRY.branches)


def test_every_form_belongs_to_a_command_of_the_table() -> None:
    assert {name: form.command for name, form in REGISTRY.forms.items()} == FORMS


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("place", PLACES)
def test_each_command_is_for_whom_and_where_the_table_says(bench: Bench, who: str, place: str) -> None:
    untouched = bench.tried(command("nosuchcommand", who, place))
    found, meant = {}, {}
    for name in ROWS:
        outcome = bench.tried(command(WORDS.get(name, name), who, place))
        meant[name], found[name] = expected(name, who, place), outcome.refusal * (outcome.refusal in REFUSALS)
        assert outcome.failure is None, f"/{name} broke"
        assert not meant[name] or outcome.rows == untouched.rows, f"/{name} was refused, and has changed something"
        assert not meant[name] or outcome.said == untouched.said, f"/{name} was not answered once"
    assert found == meant


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("place", PLACES)
def test_each_form_may_be_handed_in_by_whom_its_command_is_for(bench: Bench, who: str, place: str) -> None:
    untouched = bench.tried(command("nosuchcommand", who, place))
    found, meant = {}, {}
    for name, opens in FORMS.items():
        fields = {field.id: "1" for field in REGISTRY.forms[name].fields}
        form = FormSubmitted(key=EventKey("local:one"), form=f"{name}@writing", fields=fields, **_done(who, place))
        outcome, meant[name] = bench.tried(form), expected(opens, who, place) if place != "nowhere" else "forms.gone"
        found[name] = outcome.refusal * (outcome.refusal in REFUSALS)
        assert outcome.failure is None, f"{name} broke"
        assert not meant[name] or outcome.rows == untouched.rows, f"{name} was refused, and has changed something"
    assert found == meant


@pytest.mark.parametrize("part", PART_ROWS, ids=lambda part: part.words)
@pytest.mark.parametrize("who", EVERYBODY)
def test_what_follows_a_command_is_for_whom_and_where_the_table_says(bench: Bench, part: Part, who: str) -> None:
    known = {part.not_for_you, part.not_here} - {""}
    found, meant = {}, {}
    for place in PLACES[:-1]:
        untouched = bench.tried(command("nosuchcommand", who, place))
        outcome = bench.tried(command(part.words, who, place))
        by_name = expected(part.words.split()[0], who, place)
        meant[place] = by_name or expected_of(part, who, place)
        found[place] = outcome.refusal * (outcome.refusal in known | REFUSALS)
        assert outcome.failure is None, f"it broke in {place}"
        assert not meant[place] or outcome.rows == untouched.rows, f"refused in {place}, and has changed something"
    assert found == meant


@pytest.mark.parametrize("name", ROWS)
def test_only_what_the_table_names_runs_by_a_link(bench: Bench, name: str) -> None:
    outcome = bench.tried(command(name, "student", "private", via="link"))
    assert outcome.failure is None
    assert (outcome.refusal == "command.not_by_link") == ("link" not in ROWS[name].besides)


@pytest.mark.parametrize("name", ROWS)
def test_what_is_for_one_alone_is_sent_to_the_private_chat(bench: Bench, name: str) -> None:
    """On Telegram, where a group reads every answer."""
    outcome = bench.tried(command(name, "student", "main", platform="telegram"))
    assert outcome.failure is None
    assert (outcome.refusal == "command.alone") == ("alone" in ROWS[name].besides)


@pytest.mark.parametrize("name", ROWS)
def test_a_command_that_is_let_in_does_not_fail(bench: Bench, name: str) -> None:
    for who in EVERYBODY:
        for place in PLACES:
            assert bench.tried(command(name, who, place)).failure is None
