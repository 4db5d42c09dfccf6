"""What could make a contest unfair, or leave people in the dark about it."""

import re

import pytest

from bot.features.contests.ranking import blind_order
from tests.community import Community
from tests.test_contest_results import WORKS, decided, shown, told_staff, voted
from tests.test_contests import (
    LINE,
    OTHER,
    PAID,
    RITUAL,
    ends,
    leaves,
    newcomers,
    number_of,
    opened,
    result_of,
    vote_begins,
)

pytestmark = pytest.mark.every_platform

TWO = RITUAL + RITUAL.replace("weekly_pk", "other_pk").replace("Title contest", "Other contest")


async def gallery_of(course: Community) -> str:
    """The newest gallery, as it stands now."""
    said = reversed(await course.said("mia"))
    return next(text for text in said if "works without names" in text or "vote is over" in text or "in duels" in text)


async def heard(course: Community, who: str) -> str:
    """All that this person reads, in the group and in private."""
    return "\n".join(await course.said(who) + await course.said(who, course.private_room))


# --- duels ------------------------------------------------------------------------------------------------------------


async def test_who_is_left_alone_in_a_duel_does_not_win_by_it(open_community) -> None:
    course: Community = await open_community(rituals=RITUAL + "  mode: duel\n", rules=PAID)
    await course.until(10)
    await newcomers(course, "Cam", "Dee", "Eve", "Fay")
    works = {"ada": "An apple", "ben": "A book", "mia": "A cat", "cam": "A dog"}
    for who, work in works.items():
        await course.types(who, f"/enter {work}")
    await vote_begins(course)
    number = {who: number_of(await gallery_of(course), work) for who, work in works.items()}
    alone, out, first, second = sorted(number, key=lambda who: number[who])
    for who, whom in (("dee", alone), ("eve", first), ("fay", first), (alone, second)):
        await course.types(who, f"/vote {number[whom]}")
    await course.types("chen", f"/contest remove {number[out]} It was copied", room="staff")
    assert "Duel 1 (only one work is left, so there is no vote in it)" in await gallery_of(course)
    assert "Only one work is left in duel 1" in await course.answer("fay", f"/vote {number[alone]}")
    await ends(course)
    places = [line for line in (await result_of(course)).splitlines() if re.match("[0-9]+\\. ", line)]
    assert places == [
        f"1. {first.title()} (No. {number[first]}): duel 2, 2 of 3",
        f"2. {second.title()} (No. {number[second]}): duel 2, 1 of 3",
        f"3. {alone.title()} (No. {number[alone]}): duel 1, 1 of 1",
    ]


def test_the_order_of_the_works_is_drawn_and_no_work_can_aim_at_a_place() -> None:
    works = list(range(1, 21))
    orders = [blind_order(f"salt {number}", works) for number in range(20)]
    assert len({tuple(order) for order in orders}) == 20
    assert blind_order("salt 1", works) == orders[1]
    assert all(sorted(order) == works for order in orders)


# --- the end of the vote ----------------------------------------------------------------------------------------------


async def test_after_the_end_the_gallery_asks_for_no_votes(open_community) -> None:
    course, number = await shown(open_community)
    await voted(course, number, {"ada": "ben"})
    await ends(course)
    gallery = await gallery_of(course)
    assert gallery.startswith("Title contest: the vote is over.")
    assert "One vote each" not in gallery
    assert not any(button.label.startswith("Vote") for m in await course.messages("mia") for button in m.buttons)
    await course.types("chen", f"/contest remove {number['mia']} It was copied", room="staff")
    gallery = await gallery_of(course)
    assert f"{number['mia']} This work is out of the contest." in gallery
    assert "can vote" not in gallery


async def test_staff_see_no_votes_of_a_work_before_they_are_counted(open_community) -> None:
    course, number = await shown(open_community)
    await voted(course, number, {"ada": "ben", "mia": "ben"})
    said = await course.answer("chen", "/contest", room="staff")
    assert "votes so far: 2" in said
    assert f"No. {number['ben']}, Ben" in said.splitlines()
    await course.types("chen", f"/contest remove {number['ben']} It was copied", room="staff")
    assert "votes so far: 2" in await course.answer("chen", "/contest", room="staff")


# --- appeals ----------------------------------------------------------------------------------------------------------


async def test_contest_says_where_the_result_is_and_how_an_appeal_stands(open_community) -> None:
    course, _ = await decided(open_community)
    assert await course.answer("ada", "/contest") == (
        "Title contest: the result is out, you find it in the group. If it seems wrong, send me /contest appeal and "
        "why, in private, until 8 Mar 10:00."
    )
    assert "(appeal 1)" in await course.answer("ada", "/contest appeal Please count again")
    assert "(appeal 1) is with staff" in await course.answer("ada", "/contest")
    assert "appeal 1" not in await course.answer("ben", "/contest")
    assert "Appeal 1 (contest 1) waits" in await course.answer("chen", "/contest", room="staff")
    assert "without a #" in await course.answer("chen", "/contest decide #1 kept", room="staff")
    await course.types("chen", "/contest decide 1 kept We did", room="staff")
    said = await course.answer("ada", "/contest")
    assert "the result stands" in said
    assert "Staff say: We did" in said


# --- works without names ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("work", "is_told"), [("By Ada, for all", True), ("Canada in spring", False)])
async def test_who_enters_their_own_name_is_told_that_others_will_see_it(open_community, work: str, is_told) -> None:
    course = await opened(open_community)
    said = await course.answer("ada", f"/enter {work}")
    assert said.startswith("Your work takes part in: Title contest.")
    assert ("so others will see whose it is" in said) == is_told


async def test_staff_are_told_once_of_works_that_say_the_same(open_community) -> None:
    course = await opened(open_community)
    for who, work in (("ada", LINE), ("ben", f"{LINE.upper()}!"), ("mia", OTHER)):
        await course.types(who, f"/enter {work}")
    await vote_begins(course)
    said = [text for text in await course.said("chen", "staff") if "have the same text" in text]
    assert len(said) == 1
    theirs = {1, 2, 3} - {number_of(await gallery_of(course), OTHER)}
    assert f"No. {', '.join(map(str, sorted(theirs)))}" in said[0]
    assert "same text" not in "".join(await course.said("mia"))


async def test_files_of_a_work_are_given_out_under_names_that_tell_nothing(open_community) -> None:
    course = await opened(open_community)
    await course.sends("ada", b"What I wrote", name="ada-miller.txt", text="/enter")
    await course.types("ben", f"/enter {OTHER}")
    await vote_begins(course)
    gallery = await gallery_of(course)
    assert "files too" in gallery
    hers = number_of(gallery, "1 file")
    await course.types("mia", f"/contest {hers}")
    seen = [m for room in ("main", course.private_room) for m in await course.messages("mia", room) if m.files]
    given = [file.name for m in seen if m.author == "bot" for file in m.files]
    assert set(given) == {f"{hers}-1.txt"}


async def test_what_a_work_says_in_full_holds_no_hidden_marks(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", "/enter first\u202e line\n\n\n\n\nlast line")
    await course.types("ben", f"/enter {OTHER}")
    await vote_begins(course)
    hers = number_of(await gallery_of(course), "first line")
    assert await course.answer("mia", f"/contest {hers}") == f"No. {hers}\nfirst line\n\nlast line"


# --- works that are taken out -----------------------------------------------------------------------------------------


async def test_the_author_and_who_voted_for_it_know_that_a_work_is_out(open_community) -> None:
    course, number = await shown(open_community)
    for who in ("ada", "mia"):
        await course.types(who, "hello", room=course.private_room)
    await voted(course, number, {"mia": "ben"})
    await course.types("chen", f"/contest remove {number['ben']} It was copied", room="staff")
    said = await course.answer("ben", "/contest", room=course.private_room)
    assert "Your work was taken out of this contest. Why: It was copied" in said
    assert "Your work:" not in said
    assert "Your vote is free again" in await heard(course, "mia")
    assert "Your vote is free again" not in await heard(course, "ada")


async def test_nobody_is_asked_to_vote_again_in_a_duel_that_has_no_work_left(open_community) -> None:
    course: Community = await open_community(rituals=RITUAL + "  mode: duel\n", rules=PAID)
    await course.until(10)
    await newcomers(course, "Cam", "Dee")
    await course.types("dee", "hello", room=course.private_room)
    works = {"ada": "An apple", "ben": "A book", "mia": "A cat", "cam": "A dog"}
    for who, work in works.items():
        await course.types(who, f"/enter {work}")
    await vote_begins(course)
    await course.types("dee", "/vote 1")
    for number in (2, 1):
        await course.types("chen", f"/contest remove {number} It was copied", room="staff")
    assert "Your vote is free again" not in await heard(course, "dee")


async def test_whose_author_leaves_during_the_vote_is_shown_as_out(open_community) -> None:
    course, number = await shown(open_community)
    await leaves(course, "ben")
    await course.settle()
    gallery = await gallery_of(course)
    assert f"{number['ben']} This work is out of the contest." in gallery
    assert WORKS["ada"] in gallery
    assert "There is no work" in await course.answer("mia", f"/vote {number['ben']}")


# --- two at once ------------------------------------------------------------------------------------------------------


async def test_with_two_contests_at_once_one_says_which(open_community) -> None:
    course = await opened(open_community, rituals=TWO)
    assert "Which one is this for?" in await course.answer("ada", f"/enter {LINE}")
    assert "takes part in: Other contest." in await course.answer("ada", f"/enter #1 {LINE}")
    assert "takes part in: Title contest." in await course.answer("ada", f"/enter #2 {OTHER}")
    for who in ("ben", "mia"):
        await course.types(who, f"/enter #1 A text of {who}'s")
        await course.types(who, f"/enter #2 Another of {who}'s")
    await vote_begins(course)
    assert "Which one do you mean?" in await course.answer("ada", "/vote 1")
    assert "(only" not in await course.answer("ada", "/contest 1 #2")
    for voter in ("ada", "ben", "mia"):
        for contest in (1, 2):
            await course.types(voter, f"/vote 1 #{contest}")
    await ends(course)
    said = await course.answer("ada", "/contest appeal Why?")
    assert "Other contest: /contest appeal #1 WHY" in said
    assert "against the result of: Other contest" in await course.answer("ada", "/contest appeal #1 Why?")
    assert "against the result of: Title contest" in await course.answer("ada", "/contest appeal #2 Why?")
    assert "Appeal 2 against the result of: Title contest (contest 2)" in await told_staff(course, "Appeal 2")


# --- whose votes count ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_discounted", [True, False])
async def test_the_gallery_says_whose_votes_count(open_community, is_discounted: bool) -> None:
    course, _ = await shown(open_community, rituals=RITUAL + f"  discount: {str(is_discounted).lower()}\n")
    assert ("Votes count of those who had handed in homework" in await gallery_of(course)) == is_discounted
