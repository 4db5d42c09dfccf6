"""Invited speakers: asked in private the day before by rule, named once they have agreed, first in the summary."""

from __future__ import annotations

from typing import Any

import pytest

from tests.community import COURSE, DEMO, RITUALS, RULES, Community
from tests.test_links import link

pytestmark = pytest.mark.every_platform

PEOPLE = (
    DEMO.replace(
        "  - {id: lin,",
        "  - {id: mia, name: Mia, role: student}\n  - {id: ned, name: Ned, role: student}\n  - {id: lin,",
    )
    .replace("classmates:\n  - {id: mia, name: Mia}", "classmates:\n  - {id: zoe, name: Zoe}")
    .replace("who: mia", "who: zoe")
)
ONE = RITUALS.replace("lasts: 1h", "lasts: 1h\n  invite: 1")
TWO = RITUALS.replace("lasts: 1h", "lasts: 1h\n  invite: 2")
NONE = RITUALS.replace("lasts: 1h", "lasts: 1h\n  invite: 0")
PAID = RULES + "\nspeaker: {when: speaker.shared, then: [award: 30]}\n"
LINE = "The second sentence is where a text begins, says {who}."
SHARE = "I began with the ending and then asked myself how anybody gets there."
ASKED = "We would like you to be an invited speaker"


async def opened(open_community: Any, *, good: tuple[str, ...] = ("ada", "ben"), **changed: str) -> Community:
    """Monday at noon; what these have written is featured, of the first the most."""
    course: Community = await open_community(**{"demo": PEOPLE, "rituals": ONE, "rules": PAID, **changed})
    await course.until(12)
    for who in ("ada", "ben", "mia", "ned", "lin"):
        await course.types(who, "good day")
    for place, who in enumerate(good):
        for _ in range(len(good) - place):
            number = await course.types(who, LINE.format(who=who))
            await course.types("lin", "/feature", reply_to=number)
            await course.passes(minutes=1)
    return course


async def asked(course: Community, *people: str) -> list[str]:
    """Who of all has been asked, ever."""
    said = {who: await course.said(who) for who in people or ("ada", "ben", "mia", "ned")}
    return [who for who, texts in said.items() if any(ASKED in text for text in texts)]


async def opening(course: Community) -> str:
    return [text for text in await course.said("ned") if text.startswith("Tonight's sharing is open")][-1]


async def summary(course: Community) -> str:
    return [text for text in await course.said("ned") if "sharing is closed" in text][-1]


async def invited(course: Community) -> str:
    return await course.answer("chen", "/shares invited", room="staff")


async def test_the_best_is_asked_the_day_before_named_once_agreed_and_first_in_the_summary(open_community: Any) -> None:
    course = await opened(open_community)
    await course.until(19, 59)
    assert await asked(course) == []
    await course.until(20)
    assert await asked(course) == ["ada"]
    told = next(text for text in await course.said("ada") if ASKED in text)
    assert "Your work was featured" in told
    assert "says ada" in told
    assert "12:00" in told
    assert "speakers" not in await opening(course)
    assert "2 Mar" in (await course.presses("ada", "I will") or (await course.said("ada"))[-1])
    await course.until(20)
    assert "Tonight's invited speakers: Ada\n" in await opening(course)
    assert any("we look forward to yours" in text for text in await course.said("ada"))
    await course.types("mia", "I wrote nothing much today, but I read a lot.")
    await course.types("ada", SHARE)
    await course.until(21)
    lines = (await summary(course)).split("\n")
    assert lines[1].startswith("· 🎤 Ada: I began with the ending")
    assert lines[2].startswith("· Mia: I wrote nothing")
    assert await course.points("ada") >= 30


async def test_who_declines_makes_room_for_the_next_at_once_and_nobody_else_reads_of_it(open_community: Any) -> None:
    course = await opened(open_community)
    await course.until(20)
    await course.presses("ada", "Not this time")
    assert await asked(course) == ["ada", "ben"]
    await course.presses("ben", "I will")
    await course.until(20)
    assert "speakers: Ben\n" in await opening(course)
    for who in ("ben", "mia", "ned"):
        assert not any("Another time" in text for text in await course.said(who))
    assert await course.points("ada") > 0  # nothing was taken


async def test_who_does_not_answer_by_noon_makes_room_for_the_next(open_community: Any) -> None:
    course = await opened(open_community)
    await course.until(20)
    await course.until(11, 59)
    assert await asked(course) == ["ada"]
    await course.until(12)
    assert await asked(course) == ["ada", "ben"]
    assert "20:00" in next(text for text in await course.said("ben") if ASKED in text)  # the time to answer by, too
    await course.until(20)
    assert "speakers" not in await opening(course)


async def test_who_answers_late_may_come_while_there_is_room(open_community: Any) -> None:
    course = await opened(open_community, good=("ada",))
    await course.until(20)
    await course.until(15)
    await course.types("ada", "/invitation yes")
    await course.until(20)
    assert "speakers: Ada\n" in await opening(course)


async def test_who_answers_late_finds_the_place_of_who_was_asked_instead_taken(open_community: Any) -> None:
    course = await opened(open_community)
    await course.until(20)
    await course.until(13)
    await course.presses("ben", "I will")
    assert "there are enough" in await course.answer("ada", "/invitation yes", room=course.alone)
    await course.until(20)
    assert "speakers: Ben\n" in await opening(course)


async def test_who_left_and_is_back_finds_their_place_taken_by_who_was_asked_instead(open_community: Any) -> None:
    course = await opened(open_community)
    await course.until(20)
    await course.leaves("ada")
    await course.presses("ben", "I will")
    await course.types("ada", "I am back again")
    assert "there are enough" in await course.answer("ada", "/invitation yes", room=course.alone)
    await course.until(20)
    assert "speakers: Ben\n" in await opening(course)


async def test_who_left_and_is_back_may_still_come_while_nobody_has_their_place(open_community: Any) -> None:
    course = await opened(open_community, good=("ada",))
    await course.until(20)
    await course.leaves("ada")
    await course.types("ada", "I am back again")
    await course.types("ada", "/invitation yes", room=course.alone)
    await course.until(20)
    assert "speakers: Ada\n" in await opening(course)


async def test_who_has_agreed_may_still_take_it_back_and_the_next_is_asked(open_community: Any) -> None:
    course = await opened(open_community)
    await course.until(20)
    await course.presses("ada", "I will")
    await course.presses("ada", "I can't make it")
    assert await asked(course) == ["ada", "ben"]
    await course.until(20)
    assert "speakers" not in await opening(course)


async def test_who_wants_to_be_asked_no_more_is_not_until_they_say_otherwise(open_community: Any) -> None:
    course = await opened(open_community, good=("mia", "ada"))
    assert "won't invite you" in await course.answer("mia", "/invitation never", room=course.alone)
    await course.until(20)
    assert await asked(course) == ["ada"]
    assert "not to be invited" in await course.answer("mia", "/invitation", room=course.alone)
    await course.types("mia", "/invitation again")
    await course.until(20)
    assert await asked(course, "mia") == ["mia"]


async def test_asked_and_told_never_again_the_next_one_is_asked(open_community: Any) -> None:
    course = await opened(open_community)
    await course.until(20)
    await course.presses("ada", "Don't ask again")
    assert await asked(course) == ["ada", "ben"]
    await course.until(20)
    assert "speakers" not in await opening(course)


async def test_a_button_of_last_week_answers_nothing_of_this_one(open_community: Any) -> None:
    course = await opened(open_community)
    await course.until(20)
    await course.until(20)
    await course.passes(minutes=30)
    told = await course.presses("ada", "I will")
    assert "has opened already" in (told or (await course.said("ada"))[-1])


async def test_nobody_is_asked_twice_in_two_weeks_nor_who_has_shown_nothing(open_community: Any) -> None:
    course = await opened(open_community, good=("ada",))
    for _ in range(4):
        await course.until(20)
    assert await asked(course) == ["ada"]
    assert len([text for text in await course.said("ada") if ASKED in text]) == 1


async def test_who_does_not_want_to_be_named_is_not_asked(open_community: Any) -> None:
    course = await opened(open_community)
    await course.types("ada", "/privacy praise off")
    await course.until(20)
    assert await asked(course) == ["ben"]


async def test_who_leaves_is_not_named_and_the_next_is_asked(open_community: Any) -> None:
    course = await opened(open_community)
    await course.until(20)
    await course.presses("ada", "I will")
    await course.leaves("ada")
    assert await asked(course, "ben") == ["ben"]
    assert "Ada: has left" in await invited(course)
    await course.until(20)
    assert "speakers" not in await opening(course)


async def test_who_is_forgotten_is_not_named_any_more_and_the_next_is_asked(open_community: Any) -> None:
    course = await opened(open_community)
    await course.until(20)
    await course.presses("ada", "I will")
    await course.types("ada", "/forget", room=course.alone)
    await course.presses("ada", "Yes, forget me", room=course.alone)
    assert await asked(course, "ben") == ["ben"]
    assert "Ada" not in await invited(course)
    await course.until(20)
    assert "speakers" not in await opening(course)


async def test_the_opening_and_the_summary_are_said_again_without_who_is_forgotten(open_community: Any) -> None:
    course = await opened(open_community)
    await course.until(20)
    await course.presses("ada", "I will")
    await course.until(20)
    await course.types("ada", SHARE)
    await course.types("mia", "I wrote nothing much today, but I read a lot.")
    await course.until(21)
    assert "Ada" in await summary(course)
    await course.types("ada", "/forget", room=course.alone)
    await course.presses("ada", "Yes, forget me", room=course.alone)
    assert "Ada" not in await opening(course)
    assert "I began" not in await summary(course)
    assert "1 member shared" in await summary(course)
    assert "I began" not in await course.answer("mia", "/shares", room=course.alone)


async def test_a_session_that_is_moved_takes_its_speakers_along(open_community: Any) -> None:
    course = await opened(open_community)
    await course.until(20)
    await course.presses("ada", "I will")
    await course.until(11)
    await course.types("chen", "/postpone evening_sharing 2h", room="staff")
    await course.until(12)
    assert "has moved to" in (await course.said("ada"))[-1]
    assert "22:00" in (await course.said("ada"))[-1]
    await course.until(22)
    assert "speakers: Ada\n" in await opening(course)


async def test_who_has_agreed_hears_that_it_is_moved_also_when_another_one_is_forgotten_first(
    open_community: Any,
) -> None:
    course = await opened(open_community, rituals=TWO)
    await course.until(20)
    await course.presses("ada", "I will")
    await course.presses("ben", "I will")
    await course.until(11)
    await course.types("chen", "/postpone evening_sharing 2h", room="staff")
    await course.types("ben", "/forget", room=course.alone)
    await course.presses("ben", "Yes, forget me", room=course.alone)
    await course.until(12)
    assert sum("has moved to" in text for text in await course.said("ada")) == 1


async def test_a_session_that_staff_open_early_names_who_has_agreed(open_community: Any) -> None:
    course = await opened(open_community)
    await course.until(20)
    await course.presses("ada", "I will")
    await course.until(18)
    await course.types("chen", "/run evening_sharing", room="staff")
    assert "speakers: Ada\n" in await opening(course)


async def test_a_session_on_hold_asks_nobody_and_tells_who_had_agreed_that_it_is_off(open_community: Any) -> None:
    course = await opened(open_community)
    await course.until(20)
    await course.presses("ada", "I will")
    await course.types("chen", "/pause evening_sharing", room="staff")
    await course.until(12)
    await course.until(20, 1)
    assert "doesn't take place" in (await course.said("ada"))[-1]
    assert await asked(course) == ["ada"]


async def test_on_a_quiet_day_nobody_is_asked_for_it(open_community: Any) -> None:
    quiet = COURSE + "quiet_days:\n  dates: [2027-03-02]\n"
    course = await opened(open_community, course=quiet)
    await course.until(20)
    assert await asked(course) == []
    await course.until(20)
    assert await asked(course) == ["ada"]  # for Wednesday


async def test_a_ritual_that_is_gone_after_a_reload_is_off_for_who_had_agreed(open_community: Any) -> None:
    course = await opened(open_community)
    await course.until(20)
    await course.presses("ada", "I will")
    course.rewrites(demo=PEOPLE, rules=PAID, rituals=RITUALS.split("evening_sharing")[0])
    await course.types("chen", "/reload", room="staff")
    await course.until(12)
    assert "doesn't take place" in (await course.said("ada"))[-1]


async def test_for_a_ritual_that_is_new_today_they_are_asked_at_once(open_community: Any) -> None:
    course = await opened(open_community, rituals=RITUALS.split("evening_sharing")[0])
    await course.until(15)
    course.rewrites(demo=PEOPLE, rules=PAID, rituals=ONE)
    await course.types("chen", "/reload", room="staff")
    await course.passes(minutes=1)
    assert await asked(course) == ["ada"]
    told = next(text for text in await course.said("ada") if ASKED in text)
    assert "1 Mar 20:00" in told.split("\n")[0]
    assert "1 Mar 20:00" in told.split("\n")[-1]  # to answer by, too
    await course.presses("ada", "I will")
    await course.until(20)
    assert "speakers: Ada\n" in await opening(course)


async def test_nobody_is_asked_for_a_ritual_that_begins_in_less_than_an_hour(open_community: Any) -> None:
    course = await opened(open_community, rituals=RITUALS.split("evening_sharing")[0])
    await course.until(19, 1)
    course.rewrites(demo=PEOPLE, rules=PAID, rituals=ONE)
    await course.types("chen", "/reload", room="staff")
    await course.passes(minutes=1)
    assert await asked(course) == []
    await course.until(20, 1)
    assert await asked(course) == ["ada"]  # for tomorrow


async def test_after_an_outage_they_are_asked_late(open_community: Any) -> None:
    course = await opened(open_community)
    await course.until(19)
    await course.is_away(hours=4)
    await course.comes_back()
    assert await asked(course) == ["ada"]


async def test_after_an_outage_nobody_is_asked_for_what_has_begun(open_community: Any) -> None:
    course = await opened(open_community, good=("ada",))
    await course.until(19)
    await course.is_away(hours=25, minutes=30)
    await course.comes_back()
    assert [text for text in await course.said("ada") if ASKED in text and "2 Mar" in text.split("\n")[0]] == []


async def test_a_course_that_wants_no_speakers_has_none(open_community: Any) -> None:
    course = await opened(open_community, rituals=NONE)
    await course.until(20)
    await course.until(20)
    assert await asked(course) == []
    assert "No speakers were invited" in await invited(course)


async def test_staff_see_who_was_asked_and_students_do_not(open_community: Any) -> None:
    course = await opened(open_community, rituals=TWO, good=("ada", "ben", "mia"))
    await course.until(20)
    await course.presses("ada", "Not this time")
    await course.presses("ben", "I will")
    shown = await invited(course)
    assert "· Ada: not this time" in shown
    assert "· Ben: comes" in shown
    assert "· Mia: no answer yet" in shown
    assert "Case sharing, 2 Mar 20:00\n" in shown
    for who in ("ned", "lin"):
        assert "Nothing shared is about “invited”" in await course.answer(who, "/shares invited", room=course.alone)


@pytest.mark.parametrize("said", ["maybe", "yes no", "yes 99999999999999", "no #77", "{names}", "yes -1", "yes ²"])
async def test_what_makes_no_sense_or_was_never_asked_changes_nothing(open_community: Any, said: str) -> None:
    course = await opened(open_community)
    await course.until(20)
    told = await course.answer("ned", f"/invitation {said}", room=course.alone)
    assert "no invitation" in told or "/invitation yes" in told
    assert "· Ada: no answer yet" in await invited(course)


async def test_a_stranger_cannot_answer_for_who_was_asked(open_community: Any) -> None:
    course = await opened(open_community)
    await course.until(20)
    assert "no invitation" in await course.answer("ben", "/invitation yes 1", room=course.alone)
    assert "no invitation" in await course.answer("ben", "/invitation no 1", room=course.alone)
    assert "· Ada: no answer yet" in await invited(course)


@pytest.mark.needs("deletions")
async def test_a_speaker_who_deletes_all_they_shared_gives_back_what_it_earned(open_community: Any) -> None:
    course = await opened(open_community)
    await course.until(20)
    await course.presses("ada", "I will")
    await course.until(20)
    before = await course.points("ada")
    number = await course.types("ada", SHARE)
    assert await course.points("ada") >= before + 38
    await course.deletes("ada", number)
    assert await course.points("ada") == before


# --- several accounts, several spaces ---------------------------------------------------------------------------------


async def test_two_accounts_of_one_person_are_asked_once_and_either_may_answer(open_community: Any) -> None:
    both = PEOPLE.replace("  - {id: ben,", "  - {id: ada2, name: Ada Two, role: student}\n  - {id: ben,")
    course = await opened(open_community, demo=both, rituals=TWO, good=("ada", "ada2"))
    await link(course)
    await course.until(20)
    assert (await invited(course)).count("no answer yet") == 1
    await course.types("ada2", "/invitation yes", room=course.alone)
    assert "· Ada: comes" in await invited(course)
    await course.until(20)
    assert "speakers: Ada\n" in await opening(course)
    await course.types("ada2", SHARE)
    await course.until(21)
    assert (await summary(course)).count("🎤") == 1


async def test_two_accounts_that_were_asked_and_become_one_person_have_one_place(open_community: Any) -> None:
    both = PEOPLE.replace("  - {id: ben,", "  - {id: ada2, name: Ada Two, role: student}\n  - {id: ben,")
    course = await opened(open_community, demo=both, rituals=TWO, good=("ada", "ada2"))
    await course.until(20)
    assert await asked(course, "ada", "ada2") == ["ada", "ada2"]
    await course.presses("ada2", "I will")
    await link(course)
    await course.until(20)
    assert "speakers: Ada\n" in await opening(course)
    assert "has opened already" in await course.answer("ada", "/invitation yes 1", room=course.alone)


CLUB = COURSE.replace("  - {id: staff,", "  - {id: club, kind: interest, local: club}\n  - {id: staff,")
IN_BOTH = ONE.replace("do: sharing", "do: sharing\n  spaces: [main, club]")


async def test_each_space_asks_those_who_have_shown_something_there(open_community: Any) -> None:
    course = await opened(open_community, course=CLUB, rituals=IN_BOTH)
    await course.types("ned", "good day", room="club")
    number = await course.types("ned", LINE.format(who="ned"), room="club")
    await course.types("lin", "/feature", reply_to=number, room="club")
    await course.until(20)
    found = await invited(course)
    assert "Case sharing, 2 Mar 20:00 (main)\n· Ada: no answer yet" in found
    assert "Case sharing, 2 Mar 20:00 (club)\n· Ned: no answer yet" in found
    await course.types("ned", "/invitation yes", room=course.alone)
    await course.until(20)
    assert "speakers" not in await opening(course)
    opened_there = [text for text in await course.said("ned", "club") if "sharing is open" in text][-1]
    assert "speakers: Ned\n" in opened_there
