"""Teams: balanced, made when their homework opens; one hand-in for all, whoever comes and goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.features.homework.teams.dealing import Strength, dealt, how_many, ranked
from storage.tables import member, profile
from tests.community import DEMO, RULES, Community
from tests.homework_course import HOMEWORK_TEAM

pytestmark = pytest.mark.every_platform

PAID = (
    RULES
    + """
handed_in:
  when: homework.submitted
  where: {late: false}
  limit: {once_per: object}
  then: [award: 20]
"""
)
QUIET = DEMO.split("classmates:")[0]
NAMES = {"ada": "Ada", "ben": "Ben", "cleo": "Cleo", "dan": "Dan"}


async def with_students(open_community, *names: str, homework: str = HOMEWORK_TEAM) -> Community:
    """Everybody has said something on day 1; the homework opens on day 2 at 09:00."""
    course: Community = await open_community(homework=homework, rules=PAID, demo=QUIET)
    for who in names:
        if who not in ("ada", "ben"):
            await course.welcomes(who, NAMES.get(who, who.title()))
        await course.types(who, "hello")
    return course


async def opens(course: Community) -> None:
    await course.passes(days=1)
    await course.until(9, 30)


async def team_of(course: Community, who: str) -> str:
    return await course.answer(who, "/team plan", room=course.alone)


async def mate_of(course: Community, who: str) -> str:
    """With whom somebody works, where there is one other."""
    said = await team_of(course, who)
    return next(key for key, name in NAMES.items() if f"with {name}." in said)


async def number_of(course: Community, who: str) -> str:
    return (await team_of(course, who)).split("team ")[1][0]


async def told(course: Community, who: str, words: str) -> list[str]:
    """What one person alone has read, wherever that was."""
    rooms = dict.fromkeys(("main", course.alone))
    messages = [message for room in rooms for message in await course.messages(who, room)]
    return list(dict.fromkeys(one.text for one in messages if one.author == "bot" and words in one.text))


async def test_teams_are_posted_when_the_homework_opens_and_each_learns_theirs_alone(open_community) -> None:
    course = await with_students(open_community, "ada", "ben", "cleo", "dan")
    assert "are made when it opens" in await team_of(course, "ada")
    await opens(course)
    [post] = [text for text in await course.said("ben") if "made for “Team plan”" in text]
    assert "2 teams" in post
    assert sorted(name for name in NAMES.values() if name in post) == sorted(NAMES.values())
    for who, name in NAMES.items():
        [line] = await told(course, who, "you are in team")
        assert sum(other in line for other in NAMES.values()) == 1
        assert name not in line
        assert await mate_of(course, await mate_of(course, who)) == who


async def test_the_strongest_and_the_weakest_work_together(open_community) -> None:
    course = await with_students(open_community, "ada", "ben", "cleo", "dan")
    await course.types("ada", "/checkin")
    await course.types("ben", "/checkin")
    await course.types("ada", "#share one two three four five six seven eight")
    await opens(course)
    assert await mate_of(course, "ada") in ("cleo", "dan")
    assert await mate_of(course, "ben") in ("cleo", "dan")


async def test_the_post_gives_no_pseudonym_away(open_community) -> None:
    course = await with_students(open_community, "ada", "ben", "cleo", "dan")
    await course.types("ada", "/privacy name Moonlight", room=course.alone)
    await opens(course)
    [post] = [text for text in await course.said("ben") if "made for “Team plan”" in text]
    assert "Moonlight" not in post
    assert "Ada" not in post
    assert "1 more" in post


async def test_one_hands_in_for_all_and_the_others_are_told_alone_and_paid(open_community) -> None:
    course = await with_students(open_community, "ada", "ben")
    await opens(course)
    await course.types("ada", "/submit plan Our plan is to write every day.")
    line = "Ada handed in “Team plan” for your team: #1, version 1."
    assert await told(course, "ben", line) == [line]
    assert await told(course, "ada", line) == []
    assert line not in await course.said("lin")
    assert [await course.points("ada"), await course.points("ben")] == [20, 20]
    await course.types("ben", "/submit plan Our plan is to write every night.")
    assert await told(course, "ada", "Ben handed in") == ["Ben handed in “Team plan” for your team: #1, version 2."]
    assert [await course.points("ada"), await course.points("ben")] == [20, 20]


async def test_who_comes_late_gets_into_the_smallest_team(open_community) -> None:
    course = await with_students(open_community, "ada", "ben", "cleo", "dan")
    await opens(course)
    await course.welcomes("eve", "Eve")
    assert "you are in team 1, with" in await team_of(course, "eve")
    assert await team_of(course, "eve") == await team_of(course, "eve")
    await course.welcomes("fay", "Fay")
    await course.types("fay", "/submit plan A plan of mine, and of my team.")
    assert "you are in team 2, with" in await team_of(course, "fay")
    assert "Fay" in await course.answer("chen", "/team plan", room="staff")


async def test_a_student_alone_is_a_team_of_one_and_has_company_later(open_community) -> None:
    course = await with_students(open_community, "ada")
    await opens(course)
    assert "the only one" in await team_of(course, "ada")
    await course.types("ben", "hello")
    await team_of(course, "ben")
    assert await told(course, "ada", "Ben has joined") == ["Ben has joined your team for “Team plan”."]


async def test_a_leaver_gets_no_points_and_the_last_one_and_staff_are_told(open_community) -> None:
    course = await with_students(open_community, "ada", "ben")
    await opens(course)
    await course.leaves("ben")
    assert len(await told(course, "ada", "you are alone in team 1")) == 1
    assert any("has only Ada left" in text for text in await course.said("chen", "staff"))
    await course.types("ada", "/submit plan I go on by myself.")
    assert [await course.points("ada"), await course.points("ben")] == [20, 0]
    await course.types("ben", "I am back")
    assert await mate_of(course, "ben") == "ada"


async def test_staff_see_all_teams_and_move_somebody(open_community) -> None:
    course = await with_students(open_community, "ada", "ben", "cleo", "dan")
    await opens(course)
    other = "2" if await number_of(course, "ada") == "1" else "1"
    before = await mate_of(course, "ada")
    assert "This is for" not in await course.answer("chen", "/team plan", room="staff")
    await course.types("chen", f"/team plan move Ada {other}", room="staff")
    said = await team_of(course, "ada")
    assert f"you are in team {other}" in said
    assert "for now you are the only one" in await team_of(course, before)
    assert any(
        "moved" in text and "team" in text
        for text in [await course.answer("chen", "/audit", room="staff")] + await course.said("chen", "staff")
    )


async def test_students_can_not_move_anybody(open_community) -> None:
    course = await with_students(open_community, "ada", "ben")
    await opens(course)
    assert "Send `/team`".replace("`", "") in (
        await course.answer("ada", "/team plan move Ben 1", room=course.alone)
    ).replace("`", "")


async def test_two_linked_accounts_are_one_in_a_team(open_community) -> None:
    course = await with_students(open_community, "ada", "ben", "cleo")
    rows = await course.rows(select(profile.c.name, profile.c.member))
    ids = {row.name: row.member for row in rows}
    linked = update(member).where(member.c.id == ids["Cleo"]).values(merged_into=ids["Ada"])
    await course.run.app.database.run(lambda db: db.execute(linked))
    await opens(course)
    assert "team 1, with Ben." in await team_of(course, "ada")
    assert await team_of(course, "cleo") == await team_of(course, "ada")
    await course.types("cleo", "/submit plan From my other account.")
    assert [await course.points("ada"), await course.points("ben")] == [20, 20]


async def test_a_homework_without_teams_says_so(open_community) -> None:
    course = await with_students(open_community, "ada", homework=HOMEWORK_TEAM.replace("team: {size: 2}", ""))
    await opens(course)
    assert await team_of(course, "ada") == "“Team plan” is done alone, without teams."


# --- dealing them out -------------------------------------------------------------------------------------------------

STUDENTS = st.lists(st.builds(Strength, st.integers(0, 5), st.integers(0, 1000)), min_size=1, max_size=60)


@given(strengths=STUDENTS, size=st.integers(2, 10))
def test_sizes_differ_by_at_most_one_and_nobody_is_alone(strengths: list[Strength], size: int) -> None:
    order = ranked(list(enumerate(strengths)), "a course")
    teams = dealt(order, how_many(len(order), size))
    sizes = sorted(map(len, teams))
    assert sorted(who for team in teams for who in team) == [*range(len(strengths))]
    assert sizes[-1] - sizes[0] <= 1
    assert sizes[0] > 1 or len(strengths) == 1
    assert sizes[-1] <= max(size, 3)


def test_the_lot_falls_by_homework_and_the_stronger_come_first() -> None:
    same = [(who, Strength(0, 0)) for who in range(12)]
    assert ranked(same, "one") == ranked(same, "one") != ranked(same, "two")
    found = ranked([(1, Strength(0, 90)), (2, Strength(1, 5)), (3, Strength(1, 7))], "one")
    assert found == [3, 2, 1]
    assert dealt([1, 2, 3, 4, 5, 6], 3) == [[1, 6], [2, 5], [3, 4]]
