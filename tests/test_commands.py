"""What happens to a command that is wrong, in the wrong place, or sent by the wrong person."""

import pytest

from tests.community import Community

pytestmark = pytest.mark.every_platform


async def test_an_unknown_command_is_answered_with_the_nearest(course: Community) -> None:
    assert await course.answer("ada", "/chekin") == "There is no command /chekin. Did you mean /checkin?"
    assert await course.presses("ada", "/checkin") == "Checked in! 1 day in a row.\n+5 points, 5 in all"


async def test_an_unknown_command_far_from_all_points_to_help(course: Community) -> None:
    assert await course.answer("ada", "/zzzz") == "There is no command /zzzz. Send /help to see what you can use."


@pytest.mark.parametrize("command", ["grant ada +5 x", "reload", "audit", "failures", "replay 1", "resend 1"])
@pytest.mark.parametrize("who", ["ada", "lin"])
async def test_staff_commands_are_refused_to_others_and_only_they_see_it(
    course: Community, command: str, who: str
) -> None:
    answer = await course.answer(who, f"/{command}")
    assert answer.endswith("is for: admin. Send /help to see what you can use.")
    assert answer not in await course.said("ben")


async def test_a_command_in_the_wrong_place_says_where_it_belongs(course: Community) -> None:
    assert await course.answer("chen", "/checkin", room="staff") == (
        "/checkin does not work here. Send it in the main group, an interest group."
    )
    assert await course.answer("chen", "/audit") == "/audit does not work here. Send it in the staff room."


@pytest.mark.needs("closed rooms")
async def test_the_staff_room_is_closed_to_students(course: Community) -> None:
    from adapters.local.values import Mistake

    with pytest.raises(Mistake, match=r"chat\.no_room"):
        await course.types("ada", "let me in", room="staff")


async def test_help_lists_what_this_member_can_use_here(course: Community) -> None:
    said = await course.answer("ada", "/help")
    assert "/checkin (“check in”) · check in for today" in said
    assert "/grant" not in said
    assert "/grant · give or take points" in await course.answer("chen", "/help", room="staff")
    assert (await course.answer("ada", "/help checkin")).startswith("/checkin, once a day")
    assert await course.answer("ada", "/help audit") == "There is no /audit here. Send /help for all."


async def test_me_sums_up_how_a_member_is_doing(course: Community) -> None:
    await course.types("ada", "/checkin")
    assert await course.board("ada", "/me") == [
        ("Course", "day 1 of 14"),
        ("Check-ins", "1"),
        ("Streak", "1 day"),
        ("Points", "5"),
        ("Rank", "1"),
    ]


async def test_task_shows_todays_task(course: Community) -> None:
    assert (await course.answer("ada", "/task")).startswith("Day 1 · First words (Mon, 1 Mar)\nWrite three lines.")
    await course.passes(days=4)
    assert await course.answer("ada", "/task") == "There is no task today: take a rest, or catch up."


async def test_a_claim_code_works_once(course: Community) -> None:
    from sqlalchemy import insert

    from bot.engine.codes import digest_of
    from storage.tables import claim_code

    row = insert(claim_code).values(digest=digest_of("ABCDE-12345"), at=course.now)
    await course.run.app.database.run(lambda db: db.execute(row))
    assert await course.answer("ada", "/claim 00000-00000") == (
        "That code is wrong or was used already. Starting ./homeroom run again prints a new one."
    )
    assert (await course.answer("ada", "/claim abcde 12345")).startswith("Done: you are an admin now.")
    assert (await course.answer("ben", "/claim ABCDE-12345")).startswith("That code is wrong")
    assert (await course.answer("ada", "/audit")).startswith("/audit does not work here")  # she may now, elsewhere


async def test_binding_is_for_admins_and_yaml_wins(course: Community) -> None:
    assert (await course.answer("ada", "/bind writing main")).startswith("Only an admin of that course")
    assert await course.answer("chen", "/bind writng main") == ("There is no course “writng”. Did you mean writing?")
    assert (await course.answer("chen", "/bind writing party")).startswith("There is no kind “party”")
    assert (await course.answer("chen", "/bind writing interest")).startswith("course.yaml gives this chat to writing")


async def test_a_chat_that_no_yaml_names_can_be_bound(open_community) -> None:
    from tests.community import COURSE

    course = await open_community(course=COURSE.replace("kind: main, local: main", "kind: main, local: hall"))
    assert (await course.answer("ada", "/checkin", room="main")) == (
        "No course lives here yet. An admin can bind one with /bind COURSE main."
    )
    assert (await course.answer("chen", "/bind writing interest", room="main")) == (
        "Done: from now on this chat is an interest group of Writing camp."
    )
    assert (await course.answer("ada", "/checkin", room="main")).startswith("Checked in!")
