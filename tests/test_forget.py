"""`/forget`: of a person no name, account, text or file is left in any byte that we keep; others' figures stay."""

import json
import logging
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from msgspec import to_builtins
from sqlalchemy import insert, select, text

from bot.engine.feature import Registry
from bot.features import FEATURES
from storage.database import Database
from storage.documents import Documents
from storage.personal import ELSEWHERE, GONE
from storage.tables import audit, member, metadata, profile, set_aside
from tests.community import RITUALS, RULES, Community, write_course
from tests.postgres import postgres

NAME, HANDLE, PSEUDONYM, OLD_PSEUDONYM = "Quillon Ωberfrost 柒拾", "quillon-oberfrost", "Nachtkrähe Ü", "Erste Krähe Ø"
SAID = "Zwölfundsiebzig kites above the lighthouse"
SHARED = 'Mein Leuchtturm träumt "sehr" laut, heute drei Seiten geschrieben\nund morgen vier'
WORK = "灯塔上的七十二只风筝，都是我写的"
QUESTION = "Wie heißt der Leuchtturmwärter mit den siebzig Drachen?"
REASON = "für den Satz vom Papierdrachen"
TAG_TEXT = "einundneunzig Muscheln im Satz"
UPLOAD = b"\x00\x01distinctive-upload-bytes-\xc3\xa4\xff" * 40
TRACES = [NAME, HANDLE, PSEUDONYM, OLD_PSEUDONYM, SAID, SHARED[:25], WORK, QUESTION, REASON, TAG_TEXT]

EVENTS = (
    RITUALS
    + """
weekly_pk:
  {every: monday, at: 10:00, do: contest, enter_for: 1d, vote_for: 1d, voters: {member_for: 0s, check_ins: 0}}
live: {every: wednesday, at: 20:00, do: live_qa}
asks: {every: monday, at: 11:00, do: post, poll: {question: Tea?, options: [Yes, No], closes_in: 1d}}
"""
)


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO)
    return caplog


@pytest.mark.sqlite
async def test_no_byte_of_a_forgotten_person_is_left_and_nobody_else_has_lost_anything(
    open_community: Any, lines: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    course: Community = await open_community(rituals=EVENTS, rules=RULES)
    upload = await _live_through_two_days(course)
    assert all(_found(tmp_path / "data", trace) for trace in [*TRACES, upload])
    before = await _what_others_have(course)
    await course.types(HANDLE, "/forget")
    await course.presses(HANDLE, "Yes, forget me")
    assert await _what_others_have(course) == before
    await course.passes(days=2)
    assert {trace for trace in [*TRACES, upload, UPLOAD] if _found(tmp_path / "data", trace)} == set()
    logged = lines.text
    assert [trace for trace in TRACES if trace in logged] == []


@pytest.mark.every_platform
@pytest.mark.sqlite
async def test_no_words_of_a_forgotten_person_are_left_wherever_they_were_said(
    open_community: Any, lines: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    course: Community = await open_community(rituals=EVENTS, rules=RULES)
    await _live_through_two_days(course, with_file=False)
    assert all(_found(tmp_path / "data", trace) for trace in (NAME, HANDLE, PSEUDONYM, WORK, QUESTION))
    await course.types(HANDLE, "/forget", room=course.alone)
    await course.presses(HANDLE, "Yes, forget me", room=course.alone)
    await course.passes(days=2)
    assert [trace for trace in TRACES if _found(tmp_path / "data", trace)] == []
    assert [trace for trace in TRACES if trace in lines.text] == []


async def test_on_postgresql_no_row_of_any_table_has_it(tmp_path: Path) -> None:
    with postgres() as url:
        folder = write_course(tmp_path / "writing", rituals=EVENTS)
        course = await Community.open(tmp_path / "data", folder, database=Database(url))
        try:
            upload = await _live_through_two_days(course)
            before = await _what_others_have(course)
            await course.types(HANDLE, "/forget")
            await course.types(HANDLE, "/forget yes")
            assert await _what_others_have(course) == before
            await course.passes(days=2)
            rows = [row for table in metadata.tables for row in await course.rows(text(f'select * from "{table}"'))]
            kept = "\n".join(str(cell) for row in rows for cell in row)
        finally:
            await course.close()
    spelled = {trace: [trace, json.dumps(trace)[1:-1], json.dumps(trace, ensure_ascii=False)[1:-1]] for trace in TRACES}
    assert "Ben" in kept
    assert [trace for trace, ways in spelled.items() if any(way in kept for way in ways)] == []
    assert upload not in kept


async def test_what_was_forgotten_is_gone_at_once_but_for_the_last_word(open_community: Any, tmp_path: Path) -> None:
    course: Community = await open_community(rituals=EVENTS)
    upload = await _live_through_two_days(course)
    await course.types(HANDLE, "/forget")
    await course.types(HANDLE, "/forget yes")
    left = {trace for trace in [*TRACES, upload, UPLOAD] if _found(tmp_path / "data", trace)}
    assert left <= {HANDLE, NAME}  # as the chat handed over the last command, and knows whom to answer


async def _live_through_two_days(course: Community, *, with_file: bool = True) -> str:
    """Somebody who leaves words in every kind of place; the hash of what they sent."""
    await course.welcomes(HANDLE, NAME)
    for who in ("ben", HANDLE):
        await course.types(who, "/checkin")
    await course.types(HANDLE, f"/privacy name {OLD_PSEUDONYM}")
    await course.types(HANDLE, SAID)
    await course.until(10)
    file = course.run.app.library.store.keep("kite.bin", "application/octet-stream", UPLOAD)
    await course.types(HANDLE, f"/enter {WORK}", files=[file] if with_file else [])
    await course.types("ben", "/enter Ben's line about tea")
    await course.types(HANDLE, f"/ask live {QUESTION}")
    await course.until(11)
    await course.presses(HANDLE, "Yes")
    await course.presses("ben", "No")
    await course.types(HANDLE, f"/thanks @ben {REASON}")
    await course.types("ben", f"/thanks @{HANDLE}")
    await course.types("chen", f"/award @{HANDLE} +3 {NAME} was kind", room="staff")
    await course.until(20)
    await course.types(HANDLE, SHARED)
    await course.types("ben", "Today I rewrote my first line three times.")
    await course.until(10)
    await course.presses("ben", "Vote 1")
    await course.types("mia", "hello")
    await course.types(HANDLE, f"/privacy name {PSEUDONYM}")
    await course.types(HANDLE, f"/tag {TAG_TEXT}")
    await course.until(12)
    await course.types(HANDLE, "/checkin")
    await course.types("ben", "/checkin")
    await course.types("ben", "/rank")
    await _is_set_aside(course)
    await course.until(10)  # the contest is closed
    return file.sha256


async def _is_set_aside(course: Community) -> None:
    """An event of theirs that could not be handled, as the pipeline keeps it."""
    actor = to_builtins(course.actor(HANDLE))
    event = {"type": "message_posted", "actor": actor, "text": SAID}
    raw = json.dumps({"person": {"id": course.actor(HANDLE).user, "name": NAME}})
    rows: list[dict[str, Any]] = [
        {"key": "local:aside:1", "event": event, "raw": None, "error": f"ValueError: {SAID}", "at": course.now},
        {"key": "local:aside:2", "event": None, "raw": raw, "error": "ValueError", "at": course.now},
    ]
    await course.run.app.database.run(lambda db: db.execute(insert(set_aside), rows))


async def _what_others_have(course: Community) -> list[Any]:
    names = {"ben", "mia", "ada"}
    points = {who: await course.points(who) for who in sorted(names)}
    board = [row[1:] for row in await course.board("ben", "/rank") if row[1] in ("Ben", "Mia")]
    sums = await course.rows(select(metadata.tables["checkin"].c.local_date))
    votes = await course.rows(select(metadata.tables["contest_vote"]))
    return [points, board, len(sums), votes, (await course.answer("ben", "/why")).splitlines()[:3]]


def _found(data: Path, trace: Any) -> bool:
    """Whether any file of ours has it in any byte: as UTF-8, or as JSON may write it."""
    spelled = [trace] if isinstance(trace, bytes) else list(_spellings(trace))
    contents = [path.read_bytes() for path in data.rglob("*") if path.is_file()]
    names = "\n".join(str(path) for path in data.rglob("*")).encode()
    return any(one in content for one in spelled for content in [*contents, names])


def _spellings(trace: str) -> Iterator[bytes]:
    yield trace.encode()
    yield json.dumps(trace)[1:-1].encode()
    yield json.dumps(trace, ensure_ascii=False)[1:-1].encode()


# --- the dialogue -----------------------------------------------------------------------------------------------------


async def test_it_says_first_what_goes_and_a_yes_without_the_question_does_nothing(course: Community) -> None:
    assert (await course.answer("ada", "/forget yes")).startswith("Send /forget first")
    said = await course.answer("ada", "/forget")
    assert "Goes: your name" in said
    assert "Stays: check-ins" in said
    assert "after 30 days" in said
    await course.passes(minutes=11)
    assert (await course.answer("ada", "/forget yes")).startswith("Send /forget first")
    assert "Ada" in {row.name for row in await course.rows(select(profile))}


async def test_what_an_adapter_remembers_of_a_persons_votes_goes(course: Community) -> None:
    store = Documents(course.run.app.database, "local")
    for who in ("ada", "ben"):
        await store.put("vote", f"123:{who}", {"options": [0]})
    await course.types("ada", "/checkin")
    await course.types("ada", "/forget")
    await course.types("ada", "/forget yes")
    assert [document.key for document in await store.latest("vote", limit=9)] == ["123:ben"]


async def test_who_comes_back_is_a_new_member(course: Community) -> None:
    await course.types("ada", "/checkin")
    await course.types("ada", "/forget")
    assert (await course.answer("ada", "/forget yes")).startswith("Done, you are forgotten.")
    await course.types("ada", "I am back, and nobody knows me")
    rows = await course.rows(select(member.c.id, member.c.left_at, profile.c.name).join(profile))
    assert [(row.name, row.left_at is None) for row in rows if row.name.startswith(("Former", "Ada"))] == [
        (f"Former member {rows[0].id}", False),
        ("Ada", True),
    ]
    await course.passes(days=2)  # what is left of the one who was forgotten goes; who came back stays
    assert "I am back, and nobody knows me" in [message.text for message in await course.messages("ben")]


async def test_staff_are_refused_and_the_audit_names_nobody(course: Community) -> None:
    assert (await course.answer("lin", "/forget")).startswith("You are staff of a course.")
    await course.types("ada", "忘记我")
    await course.types("ada", "/forget yes")
    told = await course.answer("chen", "/audit", room="staff")
    assert "had all personal data forgotten" in told
    assert "Ada" not in told
    assert [row.account for row in await course.rows(select(audit)) if row.action == "forget"] == [None]


async def test_what_others_have_sent_too_stays(course: Community) -> None:
    file = course.run.app.library.store.keep("same.bin", "application/octet-stream", UPLOAD)
    for who in ("ada", "ben"):
        await course.types(who, "look", files=[file])
    await course.types("ada", "/forget")
    await course.types("ada", "/forget yes")
    assert course.run.app.library.store.path(file.sha256)


# --- a copy -----------------------------------------------------------------------------------------------------------


async def test_everything_about_a_person_comes_in_a_zip_for_them_alone_and_goes_after_a_day(
    open_community: Any, tmp_path: Path
) -> None:
    course: Community = await open_community(rituals=EVENTS)
    upload = await _live_through_two_days(course)
    await course.types(HANDLE, "/mydata")
    answer = (await course.messages(HANDLE))[-1]
    assert answer.only_for == HANDLE
    (file,) = answer.files
    path = course.run.app.library.store.path(file.sha256)
    assert path
    with zipfile.ZipFile(BytesIO(path.read_bytes())) as packed:
        everything = json.loads(packed.read("data.json"))
        told = packed.read("README.txt").decode()
        assert packed.read("ledger.csv").startswith(b"\xef\xbb\xbf")
        assert packed.read(f"files/{upload[:8]}-kite.bin") == UPLOAD
    words = json.dumps(everything, ensure_ascii=False)
    for trace in (NAME, HANDLE, PSEUDONYM, SAID, WORK, QUESTION, REASON):
        assert trace in words
    assert "Ben's line about tea" not in words
    assert "works that you entered" in told
    assert "The next one in 60 minutes" in await course.answer(HANDLE, "/mydata")
    await course.passes(days=2)
    assert not path.exists()


def test_every_table_that_names_a_person_says_what_becomes_of_it() -> None:
    declared = {personal.table.name for personal in Registry(FEATURES).personals}
    naming = {
        table.name
        for table in metadata.tables.values()
        for column in table.c
        if column.name in ("member", "user", "account", "actor", "used_by", "author")
        or any(key.column is member.c.id for key in column.foreign_keys)
    }
    assert naming - declared == set(ELSEWHERE)


def test_every_column_with_words_of_a_person_is_emptied() -> None:
    """Texts of any length in a table of a person's own are theirs, or have been looked at and are none."""
    harmless = {("ledger", "reason"), ("shadow_ledger", "reason"), ("profile", "name")}
    # What staff said in the session, and the codes of their pool: staff are not forgotten.
    of_staff = {("live_question", "answer"), ("reward_code", "code")}
    left = {
        (personal.table.name, column.name)
        for personal in Registry(FEATURES).personals
        for column in personal.table.c
        if type(column.type).__name__ == "Text" and column.name not in personal.texts and not personal.goes
    }
    assert left == harmless | of_staff
    assert GONE
