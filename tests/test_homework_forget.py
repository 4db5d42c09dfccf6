"""Homework and who is forgotten: their own work goes, the course's words and other people's stay."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.features.homework.store.tables import answer, attempt, hand_in
from storage.tables import set_aside
from tests.community import DEMO, Community
from tests.homework_course import GRADING, HOMEWORK_NOTE, HOMEWORK_QUIZ, HOMEWORK_TEAM, NOTE
from tests.test_homework_teams import mate_of, opens

Open = Callable[..., Awaitable[Community]]
SECRET = "zwoelfundsiebzigdrachen"
TEMPLATE = HOMEWORK_NOTE.replace(
    "  covers:", '  template: "Data today:\\nConclusion:"\n  headings: [Data today]\n  covers:'
)
every_platform = pytest.mark.every_platform


async def started(open_community: Open, homework: str = HOMEWORK_NOTE) -> Community:
    course = await open_community(homework=homework)
    await course.until(10)
    return course


async def team(open_community: Open) -> Community:
    course = await open_community(homework=HOMEWORK_TEAM, demo=DEMO.split("classmates:")[0])
    for who in ("ada", "ben"):
        await course.types(who, "hello")
    await opens(course)
    return course


async def forgets(course: Community, who: str) -> None:
    await course.types(who, "/forget", room=course.alone)
    await course.presses(who, "Yes, forget me", room=course.alone)


async def staff(course: Community, text: str) -> str:
    before = {message.number for message in await course.messages("lin", "staff")}
    await course.types("lin", text, room="staff")
    after = await course.messages("lin", "staff")
    return "\n".join(one.text for one in after if one.number not in before and one.author != "lin")


def files_with(folder: Path, content: bytes) -> list[Path]:
    return [
        path for path in folder.rglob("*") if path.is_file() and path.suffix != ".db" and content in path.read_bytes()
    ]


# --- what others have, and what the course says -----------------------------------------------------------------------


@every_platform
async def test_who_filled_in_the_same_template_loses_nothing(open_community: Open) -> None:
    course = await started(open_community, TEMPLATE)
    await course.writes("ben", "#作业 Data today: 300 views\nConclusion: Ben's own conclusion")
    await course.writes("ada", "#作业 Data today: 5 views\nConclusion: Ada's")
    await staff(course, "/return 1 Data today: is a good heading, tell me more")
    before = await course.said("ben")
    await forgets(course, "ada")
    assert [text for text in await course.said("ben") if text == "–"] == []
    assert [text for text in before if text not in await course.said("ben") and "Ada" not in text] == []
    assert "tell me more" in await course.answer("ben", "/feedback 1", room=course.alone)


@pytest.mark.parametrize(
    "text",
    ["New homewor", "Viral note\nthree hundred yuan", "Viral note, No. 1, version 1", "Got it: Viral note, No. 1"],
)
async def test_no_first_line_takes_away_what_the_bot_has_said(open_community: Open, text: str) -> None:
    course = await started(open_community)
    await course.types("ben", "#作业 three hundred yuan and a rented room")
    await course.types("ada", f"/submit {text}")
    before = [message.text for message in await course.messages("ben")]
    await forgets(course, "ada")
    after = [message.text for message in await course.messages("ben")]
    assert [(one, now) for one, now in zip(before, after, strict=False) if one != now and "Ada" not in one] == []


async def test_what_staff_were_shown_of_a_work_goes_with_its_file(open_community: Open, tmp_path: Path) -> None:
    course = await started(open_community)
    await course.sends("ada", b"file " + SECRET.encode(), name="x.txt", text=f"#作业 {SECRET} in three rooms")
    await staff(course, "/grade next")
    assert files_with(tmp_path / "data" / "files", SECRET.encode())
    assert SECRET in "\n".join(await course.said("lin", "staff"))
    await forgets(course, "ada")
    await course.passes(days=3)
    assert files_with(tmp_path / "data" / "files", SECRET.encode()) == []
    assert SECRET not in "\n".join(await course.said("lin", "staff"))


async def test_a_file_that_somebody_else_handed_in_too_stays_theirs(open_community: Open, tmp_path: Path) -> None:
    course = await started(open_community)
    for who in ("ben", "ada"):
        await course.sends(who, b"the same " + SECRET.encode(), name="x.txt", text="#作业")
    await staff(course, "/grade next")
    await forgets(course, "ada")
    await course.passes(days=1)
    assert files_with(tmp_path / "data" / "files", SECRET.encode())


# --- what nobody waits for --------------------------------------------------------------------------------------------


@every_platform
async def test_nobody_waits_for_the_work_of_who_is_forgotten(open_community: Open) -> None:
    course = await started(open_community)
    await course.writes("ada", "#作业 three hundred yuan and a rented room")
    await staff(course, "/grade next")
    await forgets(course, "ada")
    assert "Nothing waits" in await staff(course, "/queue")
    before = len(await course.said("lin", "staff"))
    await course.passes(days=2)
    assert not [text for text in (await course.said("lin", "staff"))[before:] if "overdue" in text]
    assert await course.rows(select(set_aside)) == []


async def test_an_appeal_of_who_is_forgotten_is_looked_at_by_nobody(open_community: Open) -> None:
    course = await started(open_community)
    await course.types("ada", "#作业 three hundred yuan and a rented room")
    await staff(course, "/grade 1 50")
    await course.types("ada", f"/appeal 1 {SECRET}")
    await forgets(course, "ada")
    [row] = await course.rows(select(hand_in))
    assert (row.state, row.appeal) == ("graded", None)
    assert "Nothing waits" in await staff(course, "/queue")


async def test_a_quiz_under_way_ends_with_who_is_forgotten(open_community: Open) -> None:
    course = await open_community(homework=HOMEWORK_QUIZ)
    await course.until(20)
    await course.passes(minutes=5)
    await course.types("ada", "/quiz")
    await course.presses("ada", "B")
    await forgets(course, "ada")
    await course.passes(days=3)
    assert [await course.rows(select(table)) for table in (attempt, answer, hand_in, set_aside)] == [[], [], [], []]


# --- teams ------------------------------------------------------------------------------------------------------------


async def test_the_feedback_of_a_team_stays_with_who_is_left_of_it(open_community: Open) -> None:
    course = await team(open_community)
    mate = await mate_of(course, "ada")
    await course.types("ada", "/submit plan ours in time")
    await staff(course, "/grade 1 done")
    await staff(course, "/return 1 PLEASE-ADD-FIGURES")
    await forgets(course, "ada")
    assert "PLEASE-ADD-FIGURES" in await course.answer(mate, "/feedback 1")


async def test_the_words_of_an_appeal_go_with_the_mate_who_wrote_them(open_community: Open) -> None:
    course = await team(open_community)
    mate = await mate_of(course, "ada")
    await course.types("ada", "/submit plan ours in time")
    await staff(course, "/grade 1 done")
    await course.types(mate, f"/appeal 1 because of {SECRET}")
    await forgets(course, mate)
    [row] = await course.rows(select(hand_in))
    assert (row.state, row.appeal) == ("graded", None)


@pytest.mark.parametrize("who", ["ada", "ben"])
async def test_everybody_of_a_team_has_its_work_and_grades_in_their_own_copy(open_community: Open, who: str) -> None:
    course = await team(open_community)
    await course.types("ada", "/submit plan ours")
    await staff(course, "/grade 1 done")
    found = await own_copy(course, who)
    assert {"hand_in", "grade"} <= set(found)


async def own_copy(course: Community, who: str) -> list[str]:
    from storage.personal import Account, person_of, rows_read_by

    personals = course.run.app.engine.registry.personals
    platform = course.actor(who).platform

    def read(db: object) -> list[str]:
        whose = person_of(db, Account(platform, course.actor(who).user))  # type: ignore[arg-type]
        return [one.table.name for one in personals for _ in rows_read_by(db, one, whose)]  # type: ignore[arg-type]

    return await course.run.app.database.run(read)


# --- names ------------------------------------------------------------------------------------------------------------


@every_platform
async def test_the_counter_names_nobody_who_has_chosen_another_name(open_community: Open) -> None:
    course = await started(open_community, GRADING + NOTE)
    await course.types("ada", "/privacy name Nightowl", room=course.alone)
    await course.writes("ada", "#作业 quietly, but with three hundred yuan")
    seen = [text for text in await course.said("ben") if "handed in" in text]
    assert seen
    assert not [text for text in seen if "Ada" in text]
