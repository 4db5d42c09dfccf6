"""A board is settled by ritual: praise for the first, facts for the rules, silence where there is nobody."""

from tests.community import RITUALS, RULES, Community

SETTLED = RITUALS + "sunday_board:\n  every: sunday\n  at: 21:30\n  do: settle_board\n  top: 2\n"
TITLED = RULES + (
    "titles:\n  star: {title: {en: Star, zh: 之星}, icon: 🌟, lasts: 7d}\n"
    "starred:\n  when: board.settled\n  where: {board: points, period: week, place: 1}\n  then: [{title: star}]\n"
)


async def week(course: Community) -> None:
    """Ada checks in on three days of the first week, Ben and Mia on one."""
    await course.types("ben", "/checkin")
    for _ in range(3):
        await course.types("ada", "/checkin")
        await course.passes(days=1)
    await course.passes(days=3)


async def test_the_first_of_the_week_are_praised_and_get_what_rules_say(open_community) -> None:
    course = await open_community(rules=TITLED, rituals=SETTLED)
    await week(course)
    await course.until(21, 31)
    posted = [text for text in await course.said("ben") if text.startswith("The points board of the week")]
    assert posted == [
        "The points board of the week is settled\n1. Ada: 25 points\n2. Ben: 5 points\n2. Mia: 5 points\n"
        "Applause for them, and for everybody who is still here 👏"
    ]
    assert "Star" in await course.answer("ada", "/me")
    assert "Star" not in await course.answer("ben", "/me")


async def test_who_wants_no_praise_is_honoured_without_it(open_community) -> None:
    course = await open_community(rules=TITLED, rituals=SETTLED)
    await week(course)
    await course.types("ada", "/privacy praise off")
    await course.types("ben", "/privacy name Night Owl")
    await course.until(21, 31)
    (posted,) = [text for text in await course.said("chen") if text.startswith("The points board of the week")]
    assert "Ada" not in posted
    assert "2. Night Owl: 5 points" in posted
    assert "Star" in await course.answer("ada", "/me")


async def test_a_week_without_points_is_passed_over(open_community) -> None:
    course = await open_community(rituals=SETTLED, rules="", demo="people:\n  - {id: ada, name: Ada, role: student}\n")
    await course.passes(days=6)
    await course.until(21, 31)
    assert not [text for text in await course.said("ada") if "settled" in text]


async def test_a_restart_settles_nothing_twice(open_community) -> None:
    course = await open_community(rules=TITLED, rituals=SETTLED)
    await week(course)
    await course.until(21, 31)
    course = await open_community(rules=TITLED, rituals=SETTLED)
    await course.passes(hours=1)
    posted = [text for text in await course.said("ben") if text.startswith("The points board of the week")]
    assert len(posted) == 1
