"""Staff feature messages of members: the author is told, rules may reward it, and it can be taken back."""

import pytest
from sqlalchemy import func, select

from bot.features.featuring import table
from tests.community import RITUALS, RULES, Community

pytestmark = pytest.mark.every_platform

PAID = (
    RULES
    + """
featured:
  title: {zh: 精选, en: Featured}
  when: message.featured
  counts_as: contribution
  then: [award: 15]
"""
)
REVIEW = RITUALS + "review:\n  every: wednesday\n  at: 20:00\n  do: review\n  spaces: [main]\n"
LINE = "The second sentence is where a text begins."
TOLD = "A message of yours was featured ⭐"


@pytest.fixture
async def course(open_community) -> Community:
    course: Community = await open_community(rules=PAID, rituals=REVIEW)
    await course.types("lin", "hello")
    return course


async def features(course: Community, number: int, who: str = "lin") -> str:
    """What they are told who answer a message with `/feature`."""
    before = {message.number for message in await course.messages(who)}
    await course.types(who, "/feature", reply_to=number)
    heard = [m for m in await course.messages(who) if m.number not in before and m.author == "bot"]
    return "\n".join(message.text for message in heard)


async def test_a_featured_message_earns_and_its_author_is_told(course: Community) -> None:
    number = await course.types("ada", LINE)
    before = await course.points("ada")
    assert "Ada's message is featured now." in await features(course, number)
    assert await course.points("ada") == before + 15
    assert any(TOLD in text and "+15" in text for text in await course.said("ada"))
    assert not any(TOLD in text for text in await course.said("ben"))
    assert "Message featured\n    ✓ Featured: +15" in await course.answer("ada", "/why", room=course.alone)


async def test_once_more_takes_it_back_and_staff_see_both(course: Community) -> None:
    number = await course.types("ada", LINE)
    before = await course.points("ada")
    await features(course, number)
    assert "no longer featured" in await features(course, number)
    assert await course.points("ada") == before
    audited = await course.answer("chen", "/audit", room="staff")
    assert "Lin: featured a message of #2 Ada" in audited
    assert "Lin: no longer features a message of #2 Ada" in audited
    assert "featured now" in await features(course, number)
    assert await course.points("ada") == before + 15


async def test_only_staff_may_feature_and_only_what_a_member_has_said(course: Community) -> None:
    number = await course.types("ada", LINE)
    assert "featured now" not in await features(course, number, "ben")
    assert await course.points("ada") == 1  # for its length
    await course.types("ada", "/checkin")  # which the bot counts in a post
    ours = [
        message.number for message in await course.messages("lin") if message.author == "bot" and not message.only_for
    ]
    assert "That message can't be featured" in await features(course, ours[0])
    assert "Reply /feature to the message" in await course.answer("lin", "/feature")


@pytest.mark.needs("deletions")
async def test_what_a_deleted_message_has_earned_goes_with_it(course: Community) -> None:
    number = await course.types("ada", LINE)
    await features(course, number)
    await course.deletes("ada", number)
    assert await course.points("ada") == 0


async def test_the_review_day_shows_what_was_featured(course: Community) -> None:
    await features(course, await course.types("ada", LINE))
    taken_back = await course.types("ben", "A line that was featured by mistake.")
    await features(course, taken_back)
    await features(course, taken_back)
    await course.passes(days=2)
    await course.until(20)
    [opened] = [text for text in await course.said() if "Ada" in text and LINE in text]
    assert "by mistake" not in opened


async def test_the_review_day_shows_what_a_featured_message_says_after_an_edit(course: Community) -> None:
    number = await course.types("ada", LINE)
    await features(course, number)
    await course.edits("ada", number, "The third sentence is where a text begins to move.")
    await course.passes(days=2)
    await course.until(20)
    shown = "\n".join(text for text in await course.said("ben") if "Ada" in text)
    assert "The third sentence" in shown
    assert LINE not in shown


async def test_who_is_forgotten_is_featured_no_more(course: Community) -> None:
    await features(course, await course.types("ada", LINE))
    await course.types("ada", "/forget", room=course.alone)
    await course.presses("ada", "Yes, forget me", room=course.alone)
    assert (await course.rows(select(func.count()).select_from(table)))[0][0] == 0
