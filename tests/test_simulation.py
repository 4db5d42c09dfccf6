"""A simulated term: the same seed lives the same course, and chaos changes nothing that counts."""

import json
import random
import shutil
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.demo import PACKS
from bot.domain.course import Course
from bot.domain.ids import LANGUAGES, Language
from bot.engine.feature import Registry
from bot.features import FEATURES
from bot.simulation.acts import Deed, Delete, Edit, Join, Leave, Say
from bot.simulation.cast import KINDS, Cast, assistants_of, cast_of, kinds_of
from bot.simulation.figures import _named
from bot.simulation.outages import outages_of
from bot.simulation.pack import copy_pack
from bot.simulation.phrases.stock import stock_of
from bot.simulation.run import Lived, Wanted, live
from bot.simulation.script import script_of
from rules.loader import load_course, read_folder
from tests.shell import Shell

PACK = PACKS / "python-start"


def loaded(folder: Path) -> Course:
    return load_course(folder.name, read_folder(folder), Registry(FEATURES).vocabulary()).course


COURSE = loaded(PACK)


async def lived(folder: Path, *, seed: int, chaos: bool = False, students: int = 12, weeks: int = 1) -> Lived:
    wanted = Wanted(pack=PACK, weeks=weeks, students=students, assistants=2, seed=seed, language="en")
    return await live(wanted, folder, lambda day: None, chaos=chaos)


# --- the script -------------------------------------------------------------------------------------------------------


def played(seed: int, students: int = 40) -> tuple[Cast, list[list[Deed]]]:
    cast = cast_of(COURSE, students=students, assistants=assistants_of(3), seed=seed)
    return cast, list(script_of(COURSE, cast, seed))


def test_the_same_seed_writes_the_same_script() -> None:
    assert played(7) == played(7)
    assert played(7) != played(8)


def test_a_script_goes_forward_and_nobody_acts_twice_at_a_moment_or_when_a_ritual_is_due() -> None:
    _, days = played(7)
    deeds = [deed for day in days for deed in day]
    moments = [deed.at for deed in deeds]
    assert moments == sorted(moments)
    assert [deed for deed in deeds if deed.at.second == deed.at.microsecond == 0] == []
    assert max(Counter((deed.at, deed.who) for deed in deeds).values()) == 1


def test_every_student_does_at_least_six_things_on_every_day_of_theirs() -> None:
    cast, days = played(3)
    for number, day in enumerate(days, 1):
        done = Counter(deed.who for deed in day if not isinstance(deed.act, Join | Leave))
        assert {s.id: done[s.id] for s in cast.students if s.is_there(number) and done[s.id] < 6} == {}


def test_messages_are_edited_and_deleted_questions_answered_and_some_leave_and_come_back() -> None:
    cast, days = played(5, students=200)
    deeds = [deed for day in days for deed in day]
    kinds = Counter(type(deed.act) for deed in deeds)
    assert min(kinds[Edit], kinds[Delete], kinds[Leave]) > 0
    assert kinds[Join] > len(cast.students)
    questions = {d.act.post for d in deeds if isinstance(d.act, Say) and d.act.text.endswith("?")}
    answers = {d.act.reply_to for d in deeds if isinstance(d.act, Say) and d.who in cast.assistants}
    assert len(answers & questions) / len(questions) > 0.8


def test_whoever_is_in_two_rooms_on_a_day_has_time_to_change_between_them() -> None:
    _, days = played(5)
    for day in days:
        rooms: dict[str, Deed] = {}
        for deed in (deed for deed in day if deed.who.startswith("student")):
            before = rooms.get(deed.who, deed)
            assert before.room == deed.room or (deed.at - before.at).total_seconds() > 15 * 60
            rooms[deed.who] = deed


def test_no_text_that_may_count_is_said_in_two_rooms() -> None:
    _, days = played(5, students=200)
    said: dict[str, set[str]] = {}
    for deed in (deed for day in days for deed in day if deed.who.startswith("student")):
        if isinstance(deed.act, Say) and len(deed.act.text) > 40:
            said.setdefault(deed.room, set()).add(deed.act.text)
    assert said["main"] & said["corner"] == set()


@pytest.mark.parametrize("count", [0, 1, 5, 6, 7, 10, 99, 300])
def test_so_many_students_are_shared_out_among_the_kinds(count: int) -> None:
    assert len(kinds_of(count)) == count
    assert count < len(KINDS) or set(kinds_of(count)) == set(KINDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_say_the_words_that_the_course_knows(language: Language) -> None:
    stock, words = stock_of(language), Registry(FEATURES).words
    assert [words[word].name for word in (stock.check_in, stock.make_up, stock.thanks)] == [
        "checkin",
        "makeup",
        "thanks",
    ]


def test_a_copied_course_goes_on_with_its_calendar_from_the_start_and_has_our_staff(tmp_path: Path) -> None:
    source = shutil.copytree(PACK, tmp_path / "source")
    calendar = source / "calendar.yaml"
    text = calendar.read_text(encoding="utf-8").replace("  - day: 2\n", "  - day: 2\n    lesson: 19:30\n")
    calendar.write_text(text, encoding="utf-8")
    course = loaded(source)
    copy_pack(source, tmp_path / "copy", course, weeks=3, assistants=assistants_of(2))
    copy = loaded(tmp_path / "copy")
    assert [day.number for day in copy.days] == list(range(1, 22))
    assert copy.days[15] == msgspec.structs.replace(course.days[1], number=16)
    lessons = [anchor for anchor in copy.anchors if anchor.kind == "lesson"]
    assert [course.day_number(anchor.date) for anchor in lessons] == [2, 16]
    assert copy.assistants == {"local:assistant1", "local:assistant2"}
    assert {space.kind for space in copy.spaces} == {"main", "interest", "staff"}
    assert (copy.rules, copy.settings) == (course.rules, course.settings)


def test_a_spreadsheet_is_a_calendar_too(tmp_path: Path) -> None:
    source = shutil.copytree(PACK, tmp_path / "source")
    (source / "calendar.yaml").unlink()
    (source / "calendar.csv").write_text("day,title,task,lesson\n1,One,Do it,19:30\n", encoding="utf-8")
    copy_pack(source, tmp_path / "copy", loaded(source), weeks=4, assistants=())
    copy = loaded(tmp_path / "copy")
    assert [(day.number, day.title.in_("en")) for day in copy.days] == [(1, "One"), (15, "One")]
    assert [anchor.at.hour for anchor in copy.anchors if anchor.kind == "lesson"] == [19, 19]


def test_homework_is_repeated_with_the_calendar_and_what_would_end_after_the_course_is_left_out(tmp_path: Path) -> None:
    copy_pack(PACK, tmp_path / "copy", COURSE, weeks=3, assistants=())
    copy = loaded(tmp_path / "copy")
    once, twice = COURSE.book.homework["quiz_1"], copy.book.homework["quiz_1_2"]
    assert twice.due.date - once.due.date == timedelta(days=14)
    assert (twice.questions, twice.due.at) == (once.questions, once.due.at)
    assert {one.due.date <= copy.ends for one in copy.book.homework.values()} == {True}
    assert len(COURSE.book.homework) < len(copy.book.homework) < 2 * len(COURSE.book.homework)
    assert copy.book.grading.duty == {}


def test_the_faq_is_about_no_day_that_the_copy_may_not_have_and_everybody_is_on_duty(
    tmp_path: Path,
) -> None:
    copy_pack(PACK, tmp_path / "copy", COURSE, weeks=1, assistants=())
    copy = loaded(tmp_path / "copy")
    assert copy.answering == msgspec.structs.replace(COURSE.answering, duty={})
    assert copy.faq == tuple(msgspec.structs.replace(one, lesson=None, homework=None) for one in COURSE.faq)
    assert copy.faq


# --- the term ---------------------------------------------------------------------------------------------------------


async def test_the_same_seed_ends_in_the_same_state_and_another_in_another(tmp_path: Path) -> None:
    first, again, other = [
        await lived(tmp_path / name, seed=seed) for name, seed in (("first", 7), ("again", 7), ("other", 8))
    ]
    assert first.report.state == again.report.state
    assert first.given == again.given
    assert other.report.state != first.report.state


async def test_nothing_fails_and_everything_due_is_done(tmp_path: Path) -> None:
    report = (await lived(tmp_path / "term", seed=7)).report
    assert report.events.set_aside == 0
    assert [ritual for ritual in report.rituals if ritual.skipped or ritual.late or ritual.failed] == []
    assert report.events.least_a_day >= 6
    assert report.participation[-1].checked_in[0] > 0.3
    assert report.answers.answered > 0


def test_what_comes_before_a_session_is_not_counted_as_homework() -> None:
    assert [_named(COURSE, name) for name in ("evening_sharing:before", "evening_sharing", "quiz_1:opens")] == [
        "evening_sharing:before",
        "evening_sharing",
        "homework:opens",
    ]


@pytest.mark.parametrize("seed", [1, 4])
async def test_chaos_gives_the_same_points_for_the_same_things(tmp_path: Path, seed: int) -> None:
    calm = await lived(tmp_path / "calm", seed=seed)
    storm = await lived(tmp_path / "storm", seed=seed, chaos=True)
    assert calm.given - storm.given == storm.given - calm.given == Counter()
    assert storm.report.events.set_aside == 0
    assert storm.report.troubles["twice"] > 0


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20, 25))
async def test_chaos_changes_nothing_in_weeks_with_many_students(tmp_path: Path, seed: int) -> None:
    calm = await lived(tmp_path / "calm", seed=seed, students=60, weeks=3)
    storm = await lived(tmp_path / "storm", seed=seed, students=60, weeks=3, chaos=True)
    assert calm.given - storm.given == storm.given - calm.given == Counter()
    assert all(storm.report.troubles.get(trouble) for trouble in ("outages", "restarts", "twice", "again", "reordered"))
    assert all(storm.report.troubles.get(trouble) for trouble in ("refused", "busy", "lost", "unanswered"))


def test_no_outage_is_longer_than_what_may_be_done_late() -> None:
    outages = outages_of(COURSE, random.Random(7))
    assert outages
    assert max(outage.until - outage.since for outage in outages).total_seconds() <= 90 * 60


# --- the command ------------------------------------------------------------------------------------------------------

SMALL = ("--weeks", "1", "--students", "8", "--assistants", "1", "--seed", "3")


def test_the_report_fits_a_terminal_in_both_languages(shell: Shell) -> None:
    for locale, word in (("en_US.UTF-8", "Checked in, by week"), ("zh_CN.UTF-8", "每周打卡率")):
        shell.speaks(locale)
        assert shell("simulate", PACKS / "xhs-writing", *SMALL) == 0
        assert any(line.startswith(word) for line in shell.lines)
        assert shell.err == ""
        assert max(map(len, shell.lines)) <= 120


def test_json_holds_the_report_and_what_chaos_has_changed(shell: Shell) -> None:
    assert shell("simulate", PACK, *SMALL, "--chaos", "--json") == 0
    found: dict[str, Any] = json.loads(shell.out)
    assert found["report"]["students"] == 8
    assert len(found["report"]["state"]) == 64
    assert found["chaos"]["missing"] == found["chaos"]["added"] == []
    assert found["chaos"]["report"]["troubles"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [(("--weeks", "0"), "--weeks"), (("--students", "-1"), "--students"), (("--assistants", "51"), "--assistants")],
)
def test_what_cannot_be_simulated_is_said(shell: Shell, arguments: tuple[str, ...], named: str) -> None:
    assert shell("simulate", PACK, *arguments) == 2
    assert named in shell.err


def test_a_folder_that_is_no_course_is_refused(shell: Shell, tmp_path: Path) -> None:
    assert shell("simulate", tmp_path / "nothing") == 2
    assert str(tmp_path / "nothing") in shell.err
    assert shell("simulate", tmp_path, *SMALL) == 1
    assert "course.yaml" in shell.out
