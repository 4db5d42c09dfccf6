"""The audit of `./homeroom crash`, on made-up records: what is lost, doubled, uncertain and untold is found."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from bench.crash import report, sent, supervisor
from bench.crash.course import ORDERED, POINTS, times_of, zone_of
from bench.crash.database import is_postgres, sqlite
from bench.crash.kept import orders, points_of
from bench.crash.local import LocalTown
from bench.crash.model import minutes, rituals, wanted
from bench.crash.values import ROOMS, Audit, Decided, Effects, Messages, Orders, Posted, Said
from bot.cli import PROBLEMS, main
from bot.domain.ids import LANGUAGES
from bot.domain.messages import OutgoingMessage, Span
from bot.domain.places import Address
from bot.texts.catalogue import Catalogues
from scheduler.clock import RealClock
from tests.process import Program, until

ADA, BEN, CHEN = "1001", "1002", "1003"


def said(kind: Any, who: str = ADA, **more: Any) -> Said:
    return Said(kind=kind, who=who, **more)


def found(things: list[Said], kind: str, there: dict[Any, int], *, keeps_every_edit: bool = True) -> tuple[int, int]:
    """How many are lost and doubled."""
    effects = wanted(things, keeps_every_edit=keeps_every_edit)[kind].against(kind, there)
    return effects.lost, effects.doubled


# --- effects ----------------------------------------------------------------------------------------------------------


def test_a_message_without_an_effect_is_lost_and_one_with_two_is_doubled() -> None:
    things = [said("talk", object="message 1"), said("thought", object="message 2")]
    assert found(things, "message", {"message 1": 1, "message 2": 1}) == (0, 0)
    assert found(things, "message", {"message 1": 1}) == (1, 0)
    assert found(things, "message", {"message 1": 2, "message 2": 1}) == (0, 1)
    assert found(things, "message", {"message 1": 1, "message 2": 1, "message 3": 1}) == (0, 1)


def test_an_essay_may_be_a_message_too_and_need_not() -> None:
    things = [said("homework", object="message 1")]
    assert found(things, "message", {}) == found(things, "message", {"message 1": 1}) == (0, 0)
    assert found(things, "message", {"message 1": 2}) == (0, 1)


@pytest.mark.parametrize("way", ["word", "command", "button"])
def test_a_check_in_counts_once(way: Any) -> None:
    things = [said(way)]
    kind = f"check-in by {way}"
    assert [found(things, kind, {ADA: times}) for times in range(3)] == [(1, 0), (0, 0), (0, 1)]


def test_what_the_platform_told_nobody_of_may_have_had_its_effect_but_not_twice() -> None:
    things = [said("button", is_heard=lambda: False)]
    assert [found(things, "check-in by button", {ADA: times}) for times in range(3)] == [(0, 0), (0, 0), (0, 1)]
    points = (ADA, "check_in", "")
    assert found(things, "points", {}) == found(things, "points", {points: 5}) == (0, 0)
    assert found(things, "points", {points: 10}) == (0, 5)


def test_each_text_of_an_essay_is_a_version_where_the_platform_tells_of_each() -> None:
    things = [said("homework", object="message 1", words="Better.", versions=2)]
    assert [found(things, "homework", {"message 1": n}) for n in (1, 2, 3)] == [(1, 0), (0, 0), (0, 1)]
    seldom = [found(things, "homework", {"message 1": n}, keeps_every_edit=False) for n in (0, 1, 2, 3)]
    assert seldom == [(1, 0), (0, 0), (0, 0), (0, 1)]
    assert found(things, "edit", {("message 1", "Better."): 1}) == (0, 0)
    assert found(things, "edit", {}) == (1, 0)


def test_points_are_counted_by_member_rule_and_thing() -> None:
    things = [said("thought", object="message 1"), said("word", BEN), said("question", BEN, object="message 2")]
    things.append(said("thanks", taker=CHEN))
    right = {
        (ADA, "thoughtful", "message 1"): POINTS["thoughtful"],
        (BEN, "check_in", ""): POINTS["check_in"],
        (BEN, "ask", "message 2"): POINTS["ask"],
        (ADA, "thank", ""): POINTS["thank"],
    }
    assert found(things, "points", right) == (0, 0)
    assert found(things, "points", right | {(BEN, "ask", "message 2"): 1}) == (1, 0)
    assert found(things, "points", right | {(BEN, "check_in", ""): 10}) == (0, 5)
    assert found(things, "points", right | {(BEN, "thank", ""): 3}) == (0, 3)


def test_points_given_twice_do_not_make_up_for_points_that_were_never_given() -> None:
    things = [said("thought", object="message 1"), said("thought", object="message 2")]
    twice = {(ADA, "thoughtful", "message 1"): 2 * POINTS["thoughtful"]}
    assert found(things, "points", twice) == (POINTS["thoughtful"], POINTS["thoughtful"])


def away() -> bool:
    """The bot never hears of it."""
    return False


def test_an_answer_is_counted_by_the_command_that_it_answers() -> None:
    things = [said("points", cause="heard"), said("points", cause="unheard", is_heard=away)]
    kind = "answer to /points"
    assert found(things, kind, {"heard": 1}) == found(things, kind, {"heard": 1, "unheard": 1}) == (0, 0)
    assert found(things, kind, {"heard": 2}) == (0, 1)
    assert found(things, kind, {"unheard": 1}) == (1, 0)
    assert found(things, kind, {"heard": 1, "something else": 1}) == (0, 1)


def test_an_order_posts_once_in_each_room_for_each_command() -> None:
    things = [said("run", CHEN, cause="heard"), said("run", CHEN, cause="unheard", is_heard=away)]
    right = {(room, "heard"): 1 for room in ROOMS}
    assert found(things, "order", right) == (0, 0)
    assert found(things, "order", right | {(room, "unheard"): 1 for room in ROOMS}) == (0, 0)
    assert found(things, "order", right | {("main", "heard"): 0}) == (1, 0)
    assert found(things, "order", right | {("main", "heard"): 2}) == (0, 1)
    assert found(things, "order", {(room, "unheard"): 1 for room in ROOMS}) == (len(ROOMS), 0)


def test_a_post_belongs_to_the_order_whose_answer_is_of_its_moment() -> None:
    first, second = datetime(2027, 3, 1, 9, tzinfo=UTC), datetime(2027, 3, 1, 9, 1, tzinfo=UTC)
    decided = [_said_at(first, "reply:one"), _said_at(first, "occurrence:1@there", ORDERED)]
    decided.append(_said_at(first, "reply:something else in the same second"))
    decided += [_said_at(second, "reply:other"), _said_at(second, "occurrence:2@there", ORDERED)]
    due = {"occurrence:1": first, "occurrence:2": second}
    assert orders(decided, due, {"main": "main"}, {"one"}) == {("main", "one"): 1, ("main", "occurrence:2"): 1}


def _said_at(at: datetime, key: str, words: str = "Done.") -> tuple[Decided, OutgoingMessage]:
    address = Address(platform="local", chat="main", private=False)
    return row(1, key=key, text=words), OutgoingMessage(key=key, address=address, body=(Span(words),), at=at)


@pytest.mark.sqlite
def test_points_for_a_question_are_those_of_its_message(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'kept.db'}"
    tables = """
        CREATE TABLE account ("user" TEXT, member INTEGER);
        CREATE TABLE question (id INTEGER, member INTEGER, object TEXT);
        CREATE TABLE ledger (member INTEGER, rule TEXT, object TEXT, points INTEGER);
        INSERT INTO account VALUES ('1001', 1);
        INSERT INTO question VALUES (7, 1, 'message a'), (8, 1, 'message b');
        INSERT INTO ledger VALUES (1, 'ask', 'question 7', 2), (1, 'ask', 'question 7', 2);
        INSERT INTO ledger VALUES (1, 'thoughtful', 'message c', 1), (1, 'check_in', '2027-03-01', 5);
    """
    with closing(sqlite3.connect(tmp_path / "kept.db")) as db:
        db.executescript(tables)
    engine = create_engine(address)
    with engine.connect() as connection:
        counted = points_of(connection)
    engine.dispose()
    assert counted == {(ADA, "ask", "message a"): 4, (ADA, "thoughtful", "message c"): 1, (ADA, "check_in", ""): 5}


def test_posts_are_due_at_each_minute_that_began_and_those_of_the_start_are_open() -> None:
    since, until = datetime(2027, 3, 1, 9, 0, 30, tzinfo=UTC), datetime(2027, 3, 1, 9, 2, 5, tzinfo=UTC)
    due = minutes(since, until, "Etc/GMT-1")
    assert due == ["10:01", "10:02"]
    posts = rituals(due[1:], due)
    all_rooms = Counter({(room, "10:02"): 1 for room in ROOMS})
    assert (posts.against("ritual", all_rooms).lost, posts.against("ritual", all_rooms).doubled) == (0, 0)
    early = all_rooms + Counter({("main", "10:01"): 1})
    assert posts.against("ritual", early).is_fine
    assert posts.against("ritual", early + early).doubled == len(ROOMS) + 1
    assert posts.against("ritual", {}).lost == len(ROOMS)


@pytest.mark.parametrize("hour", range(24))
def test_no_run_sees_midnight(hour: int) -> None:
    now = datetime(2027, 3, 1, hour, 59, tzinfo=UTC)
    assert zone_of(now).startswith("Etc/GMT")
    times = times_of(now, 1000)
    assert times[0] == "08:59"
    assert times == sorted(times)


# --- messages ---------------------------------------------------------------------------------------------------------


def row(number: int, **more: Any) -> Decided:
    about: dict[str, Any] = {
        "id": number,
        "key": f"key {number}",
        "kind": "ritual",
        "room": "main",
        "text": f"Minute {number}.",
        "policy": "at_most_once",
        "state": "sent",
        "sent_as": str(number),
        "is_unsure": False,
        "attempts": 1,
        "is_silent": False,
    }
    return Decided(**about | more)


def post(number: int, *, text: str = "", life: int = 1) -> Posted:
    return Posted(room="main", id=str(number), text=text or f"Minute {number}.", life=life)


def notice(about: int) -> Decided:
    key, text = f"delivery.unknown:{about}@telegram:staff", "Nobody knows."
    return row(90, key=key, kind="notice to staff", room="staff", text=text, sent_as="90")


NOTICED = Posted(room="staff", id="90", text="Nobody knows.", life=2)


def delivery(rows: list[Decided], posted: list[Posted], *, is_exact: bool = False) -> tuple[Messages, list[str]]:
    result = sent.compare(rows, posted, shown={}, is_exact=is_exact)
    return next(one for one in result.messages if one.kind != "notice to staff"), result.problems


def test_what_is_there_once_is_right() -> None:
    messages, problems = delivery([row(1), row(2)], [post(1), post(2)], is_exact=True)
    assert (messages.wanted, messages.there, messages.repeated, messages.missing) == (2, 2, 0, 0)
    assert problems == []


def test_what_was_deleted_after_it_had_come_is_right_and_what_had_not_come_is_not() -> None:
    messages, problems = delivery([row(1, state="gone")], [post(1)], is_exact=True)
    assert (messages.there, messages.missing, problems) == (1, 0, [])
    assert delivery([row(1, state="gone")], [])[1] == ["ritual key 1 counts as sent, but never arrived"]


def test_what_counts_as_sent_and_never_came_is_wrong() -> None:
    messages, problems = delivery([row(1), row(2)], [post(1)])
    assert messages.missing == 1
    assert problems == ["ritual key 2 counts as sent, but never arrived"]


def test_two_rows_that_name_the_same_message_are_wrong() -> None:
    same = row(2, text="Minute 1.", sent_as="1")
    _, problems = delivery([row(1), same], [post(1)])
    assert problems == ["ritual key 2 counts as sent, but never arrived"]


def test_a_message_of_no_row_is_wrong() -> None:
    _, problems = delivery([row(1)], [post(1), post(7, text="Minute 1.", life=2)])
    assert problems == ["1 × 'Minute 1.' came to main, and no row of the outbox accounts for it"]


def test_a_copy_from_a_life_before_is_in_the_unknown_window_and_one_of_the_same_life_is_not() -> None:
    again = row(2, text="Hello.", kind="answer", policy="at_least_once", is_unsure=True, attempts=2)
    messages, problems = delivery([again], [post(1, text="Hello.", life=1), post(2, text="Hello.", life=2)])
    assert (messages.there, messages.repeated, messages.unknown) == (1, 1, 1)
    assert problems == []
    _, problems = delivery([again], [post(1, text="Hello.", life=2), post(2, text="Hello.", life=2)])
    assert problems == ["1 × 'Hello.' came to main, and no row of the outbox accounts for it"]


@pytest.mark.parametrize("came", [True, False])
def test_what_is_unknown_is_told_to_staff_whether_it_came_or_not(came: bool) -> None:
    unknown = row(1, state="unknown", sent_as=None)
    arrived = [post(5, text="Minute 1.")] if came else []
    messages, problems = delivery([unknown, notice(1)], [*arrived, NOTICED])
    assert (messages.there, messages.missing, messages.unknown, messages.shown) == (came, not came, 1, 1)
    assert problems == []
    messages, problems = delivery([unknown], arrived)
    assert messages.shown == 0
    assert problems == ["ritual key 1 is unknown, and staff were not told"]


def test_only_what_may_be_missing_is_given_up_as_unknown() -> None:
    unknown = row(1, state="unknown", sent_as=None, policy="at_least_once")
    _, problems = delivery([unknown, notice(1)], [NOTICED])
    assert problems == ["ritual key 1 was given up as unknown, though its policy is at_least_once"]


def test_where_the_platform_can_tell_nothing_comes_twice_and_nothing_is_missing() -> None:
    again = row(2, text="Hello.", kind="answer", policy="at_least_once", is_unsure=True, attempts=2)
    copies = [post(1, text="Hello.", life=1), post(2, text="Hello.", life=2)]
    assert delivery([again], copies, is_exact=True)[1] == ["answer: 1 came twice, 0 are missing"]


def test_what_is_never_sent_is_wrong_unless_it_waits_for_a_private_chat() -> None:
    assert delivery([row(1, state="pending", sent_as=None)], [])[1] == ["ritual key 1 is still pending"]
    assert delivery([row(1, state="dead", sent_as=None)], [])[1] == [
        "ritual key 1 ended as dead, and staff were not told"
    ]
    assert sent.compare([row(1, state="held", sent_as=None)], [], shown={}, is_exact=True).problems == []


@pytest.mark.parametrize("attempts", [1, 2, 3, 60])
def test_what_was_sent_again_accounts_for_no_more_copies_than_it_had_tries_before(attempts: int) -> None:
    again = row(50, text="Hello.", kind="answer", policy="at_least_once", is_unsure=True, attempts=attempts)
    copies = [post(life, text="Hello.", life=life) for life in range(1, 51)]
    messages, problems = delivery([again], copies)
    excused = min(attempts - 1, 49)
    assert messages.repeated == messages.unknown == excused
    too_many = f"{49 - excused} × 'Hello.' came to main, and no row of the outbox accounts for it"
    assert problems == ([too_many] if excused < 49 else [])


@pytest.mark.parametrize(
    ("state", "kind", "is_fine"),
    [
        ("expired", "answer", True),
        ("expired", "notice to staff", True),
        ("expired", "answer to a press", True),
        ("expired", "ritual", False),
        ("dead", "answer", False),
        ("dead", "notice to staff", False),
        ("dead", "answer to a press", True),
        ("dead", "edit", False),
    ],
)
def test_answers_may_come_too_late_and_only_those_to_a_press_may_be_refused(
    state: str, kind: str, is_fine: bool
) -> None:
    ended = row(1, state=state, sent_as=None, kind=kind, is_silent=kind in ("answer to a press", "edit"))
    result = sent.compare([ended], [], shown={}, is_exact=False)
    assert result.messages[0].given_up == 1
    assert result.problems == ([] if is_fine else [f"{kind} key 1 ended as {state}, and staff were not told"])


def edit(number: int, text: str, **more: Any) -> Decided:
    return row(number, kind="edit", text=text, sent_as="1", is_silent=True, policy="replaceable", **more)


def test_what_never_came_need_not_be_taken_back() -> None:
    late = row(1, kind="answer", state="expired")
    away = {"kind": "pin, mark", "state": "dead", "is_silent": True, "policy": "replaceable", "takes_back": "key 1"}
    assert delivery([late, row(2, **away)], [])[1] == []
    problem = "pin, mark key 2 ended as dead, and staff were not told"
    assert delivery([row(1), row(2, **away)], [post(1)])[1] == [problem]


def test_of_edits_the_last_one_must_be_what_the_message_says() -> None:
    edits = [edit(1, "Ada_1"), edit(2, "Ada_1, Ben")]
    right = sent.compare(edits, [], shown={("main", "1"): "Ada\\_1, Ben"}, is_exact=False)
    assert (right.messages[0].wanted, right.messages[0].there, right.messages[0].missing) == (1, 1, 0)
    assert right.problems == []
    wrong = sent.compare(edits, [], shown={("main", "1"): "Ada_1"}, is_exact=False)
    assert (wrong.messages[0].there, wrong.messages[0].missing) == (0, 1)
    assert wrong.problems == ["edit key 2 counts as sent, but the message says something else"]
    assert sent.compare(edits, [], shown={}, is_exact=False).messages == ()  # it stands there no more


def test_where_nothing_can_be_compared_nothing_is_said_to_be_there() -> None:
    pressed = row(1, kind="answer to a press", is_silent=True)
    messages, problems = delivery([pressed], [])
    assert (messages.wanted, messages.there, messages.repeated, messages.missing) == (1, None, None, None)
    assert problems == []
    printed = "\n".join(report.lines(structs.replace(audit(), messages=(messages,)), lambda id, **_: id))
    [line] = [line for line in printed.splitlines() if line.startswith("answer to a press")]
    assert line.split()[4:] == ["1", "–", "–", "–", "0", "0", "0"]


# --- the run itself ---------------------------------------------------------------------------------------------------


async def test_a_process_that_ended_by_itself_does_not_count_as_killed(tmp_path: Path) -> None:
    orders = Orders(adapter="local", kills=1, seed=7, folder=tmp_path, database=sqlite(tmp_path))
    script = tmp_path / "ends.py"
    script.write_text("raise SystemExit(3)\n", encoding="utf-8")
    program = Program([], tmp_path)
    program.logs_to(tmp_path / "logs")
    program.begins_with(script)
    program.launch()
    until(lambda: not program.is_running, "it has ended")
    town = LocalTown(orders.database)
    one = supervisor.Supervisor(orders, town, program, Random(7), RealClock().now)
    one._notice_end()
    await town.close()
    assert one._trouble == ["it had ended by itself with 3 before it was to end"]


def test_trouble_of_the_database_in_a_run_names_the_folder_that_was_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def breaks(*_: Any) -> Any:
        raise OperationalError("select 1", {}, Exception("disk I/O error"))

    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(supervisor, "run", breaks)
    assert main(["crash", "--adapter", "local", "--kills", "1"]) == PROBLEMS
    [kept] = tmp_path.glob("homeroom-crash-local-*")
    told = capsys.readouterr().err
    assert str(kept) in told
    assert "disk I/O error" in told
    assert "can't be reached" not in told


def test_a_database_that_can_not_be_reached_is_said_to_be_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    assert main(["crash", "--adapter", "local", "--kills", "1", "--database", nowhere]) == PROBLEMS
    assert "can't be reached" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


# --- what is printed --------------------------------------------------------------------------------------------------


def audit(*problems: str) -> Audit:
    return Audit(
        adapter="telegram",
        seed=7,
        kills=20,
        seconds=61.2,
        acts=400,
        unsure=3,
        effects=(Effects(kind="message", said=12, effects=11, lost=1, doubled=0),),
        messages=(Messages(kind="ritual", wanted=9, there=8, repeated=0, missing=1, unknown=1, shown=1, given_up=0),),
        problems=problems,
        folder="/tmp/kept" if problems else "",
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_says_what_was_found_and_what_to_do(language: Any) -> None:
    texts = Catalogues()

    def printed(*problems: str) -> str:
        return "\n".join(report.lines(audit(*problems), lambda id, **values: texts.say(language, id, **values)))

    fine, wrong = printed(), printed("message: 1 lost, 0 doubled")
    for text in (fine, wrong):
        assert "crash." not in text
        assert "{" not in text
        assert ["message", "12", "11", "1", "0"] in [line.split() for line in text.splitlines()]
        assert ["ritual", "9", "8", "0", "1", "1", "1", "0"] in [line.split() for line in text.splitlines()]
    assert "/tmp/kept" not in fine
    assert "/tmp/kept" in wrong
    assert "--adapter telegram --kills 20 --seed 7" in wrong
    assert "message: 1 lost, 0 doubled" in wrong


def test_only_an_address_of_postgresql_is_taken() -> None:
    assert is_postgres("postgresql://localhost/x")
    assert not is_postgres("sqlite:///x.db")
