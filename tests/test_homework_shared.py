"""A homework of several: members who change their team, and accounts that turn out to be one person."""

from sqlalchemy import select

from bot.features.homework.store import tables
from tests.community import DEMO, Community
from tests.homework_course import HOMEWORK_NOTE, HOMEWORK_TEAM
from tests.test_homework_standing import PAID, opened, score, staff
from tests.test_homework_teams import mate_of, number_of, opens
from tests.test_links import boards_agree, link, unlink

QUIET = DEMO.split("classmates:")[0]
TWO = QUIET.replace("  - {id: ben,", "  - {id: ada2, name: Ada Two, role: student}\n  - {id: ben,")
TEAMS = HOMEWORK_TEAM.replace("  team:", "  late: {accepted_for: 3d, loses: 10, per: 1d}\n  team:")


async def states(course: Community) -> list[str]:
    return [row.state for row in await course.rows(select(tables.hand_in).order_by(tables.hand_in.c.id))]


async def both(course: Community) -> int:
    """The points of two accounts."""
    return await course.points("ada") + await course.points("ada2")


# --- teams ------------------------------------------------------------------------------------------------------------


async def in_teams(open_community) -> tuple[Community, str, str]:
    """Two teams of two, on the second day; who works with Ada, and one of the others."""
    course: Community = await open_community(homework=TEAMS, rules=PAID, demo=QUIET)
    for who in ("ada", "ben", "cleo", "dan"):
        if who in ("cleo", "dan"):
            await course.welcomes(who, who.title())
        await course.types(who, "hello")
    await opens(course)
    mate = await mate_of(course, "ada")
    return course, mate, next(who for who in ("ben", "cleo", "dan") if who != mate)


async def moves(course: Community, who: str, to: str) -> None:
    """Into the team of somebody else."""
    said = await staff(course, f"/team plan move @{who} {await number_of(course, to)}")
    assert "is in team" in said


async def test_who_is_moved_has_the_points_of_their_team(open_community) -> None:
    course, mate, other = await in_teams(open_community)
    await course.types("ada", "/submit plan ours, in time")
    assert [await course.points(who) for who in ("ada", mate)] == [7, 7]
    await moves(course, "ada", other)
    assert [await course.points(who) for who in ("ada", mate)] == [0, 7]
    await course.passes(days=4)
    await course.types(other, "/submit plan theirs, late")
    assert [await course.points(who) for who in ("ada", other, mate)] == [2, 2, 7]
    await course.types(mate, "/homework 1 withdraw yes")
    assert [await course.points(who) for who in ("ada", mate)] == [2, 0]


async def test_who_comes_into_a_team_that_has_handed_in_gets_what_the_others_got(open_community) -> None:
    course, mate, other = await in_teams(open_community)
    await course.types("ada", "/submit plan ours, in time")
    await staff(course, "/grade 1 done")
    await moves(course, other, "ada")
    assert [await course.points(who) for who in ("ada", mate, other)] == [27, 27, 27]
    await staff(course, "/return 1 more figures")
    assert [await course.points(who) for who in ("ada", mate, other)] == [0, 0, 0]


async def test_the_deadline_of_a_team_is_its_own_though_its_first_author_was_moved(open_community) -> None:
    course, mate, other = await in_teams(open_community)
    await course.types("ada", "/submit plan first draft")
    await moves(course, "ada", other)
    await staff(course, f"/extend plan @{mate} 48h")
    await course.passes(days=4)
    await course.types(mate, "/submit plan the final one, within our longer time")
    await staff(course, "/grade 1 done")
    assert await score(course) == (0, 100)


async def test_a_token_stays_used_when_its_owner_is_moved_and_comes_back(open_community) -> None:
    course, mate, other = await in_teams(open_community)
    home = await number_of(course, "ada")
    await course.types("ada", "/extend plan")
    await course.presses("ada", "Use 1 token")
    used = await course.answer("ada", "/extend")
    await moves(course, "ada", other)
    assert await course.answer("ada", "/extend") == used
    assert "6 Mar 20:00" in await course.answer(mate, "/homework")
    assert "5 Mar 20:00" in await course.answer("ada", "/homework")
    await staff(course, f"/team plan move @ada {home}")
    assert await course.answer("ada", "/extend") == used
    await course.types("ada", "/extend plan back")
    assert await course.answer("ada", "/extend") != used
    assert "5 Mar 20:00" in await course.answer(mate, "/homework")


# --- accounts ---------------------------------------------------------------------------------------------------------


async def test_of_two_accounts_the_hand_in_in_time_counts_and_the_other_leaves_the_queue(open_community) -> None:
    course = await opened(open_community, demo=TWO)
    await course.types("ada", "hello")
    await course.types("ada2", "/submit in time")
    await course.passes(hours=38)
    await course.types("ada", "/submit late")
    assert await both(course) == 9
    await link(course)
    assert await both(course) == 7
    assert await states(course) == ["waiting", "withdrawn"]
    assert "(No. 1)" in await course.answer("ada", "/homework")
    assert "#2" not in await staff(course, "/queue")
    await staff(course, "/grade 2 100")
    assert await states(course) == ["waiting", "withdrawn"]
    assert await boards_agree(course)


async def test_of_two_in_time_the_newest_is_the_one_to_grade(open_community) -> None:
    course = await opened(open_community, demo=TWO)
    await course.types("ada", "/submit by the first account")
    await course.types("ada2", "/submit by the second account")
    await link(course)
    assert await both(course) == 7
    assert await states(course) == ["withdrawn", "waiting"]
    await staff(course, "/grade 2 100")
    assert "100%" in await course.answer("ada", "/homework")
    assert await both(course) == 27
    await staff(course, "/grade 2 10")
    assert await both(course) == 7
    assert await boards_agree(course)


async def test_what_was_withdrawn_hides_nothing(open_community) -> None:
    course = await opened(open_community, demo=TWO)
    await course.types("ada2", "/submit the real one")
    await course.types("ada", "/submit oops")
    await course.types("ada", "/homework 2 withdraw yes")
    await link(course)
    assert "(No. 1)" in await course.answer("ada", "/homework")
    await course.types("ada", "/submit the real one, mended")
    assert await states(course) == ["waiting", "withdrawn"]
    assert await both(course) == 7


async def test_parted_again_each_account_has_its_own(open_community) -> None:
    course = await opened(open_community, demo=TWO)
    await course.types("ada", "hello")
    await course.types("ada2", "/submit in time")
    await course.passes(hours=38)
    await course.types("ada", "/submit late")
    await link(course)
    await unlink(course)
    assert await states(course) == ["waiting", "waiting"]
    assert [await course.points(who) for who in ("ada", "ada2")] == [2, 7]
    await staff(course, "/grade 1 100")
    assert [await course.points(who) for who in ("ada", "ada2")] == [2, 27]
    assert await boards_agree(course)


async def test_a_grade_given_while_linked_goes_with_the_account_that_handed_in(open_community) -> None:
    course = await opened(open_community, HOMEWORK_NOTE, demo=TWO)
    await course.types("ada", "hello")
    await course.types("ada2", "/submit mine")
    await link(course)
    await staff(course, "/grade 1 100")
    await unlink(course)
    assert [await course.points(who) for who in ("ada", "ada2")] == [0, 27]
    assert await boards_agree(course)
