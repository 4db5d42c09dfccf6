"""Polls under a post: one vote each, changed until the end; counts for all, names for nobody."""

import msgspec
import pytest
from sqlalchemy import select

from bot.domain.events import MemberLeft
from bot.domain.ids import EventKey
from bot.domain.messages import OutgoingMessage
from bot.domain.traits import Can, Traits
from bot.engine.degrade import fit
from storage.tables import outbox
from tests.community import COURSE, Community

pytestmark = pytest.mark.every_platform

POLL = "poll: {question: What next?, options: [Titles, Covers, Topics]}"
SEVERAL = "poll: {question: What next?, options: [Titles, Covers, Topics], multiple: true}"
RULES = """
voice:
  when: poll.voted
  where: {ritual: weekly_poll}
  then:
    - award: 3
"""


def ritual(poll: str = POLL, *more: str) -> str:
    return "weekly_poll:\n  on_day: 1\n  at: 09:00\n  do: post\n" + "".join(f"  {line}\n" for line in (poll, *more))


async def poll_in(course: Community, room: str = "main") -> str:
    """The poll as it stands."""
    return [text for text in await course.said(room=room) if "What next?" in text][-1]


async def buttons(course: Community) -> list[str]:
    return [button.label for post in await course.messages() if "What next?" in post.text for button in post.buttons]


@pytest.fixture
async def course(open_community) -> Community:
    course: Community = await open_community(rituals=ritual(), rules=RULES)
    await course.until(9)
    return course


async def test_a_poll_is_a_post_with_a_button_for_each_option(course: Community) -> None:
    assert await poll_in(course) == (
        "🗳 What next?\n▱▱▱▱▱▱ 0 · Titles\n▱▱▱▱▱▱ 0 · Covers\n▱▱▱▱▱▱ 0 · Topics\n0 voted · open until 2 Mar 09:00"
    )
    assert await buttons(course) == ["Titles", "Covers", "Topics"]


async def test_a_vote_is_answered_in_private_and_counted_for_all(course: Community) -> None:
    heard = await course.presses("ada", "Covers")
    assert heard == "Your vote: Covers. You can change it until the poll closes.\n+3 points"
    await course.presses("ben", "Covers")
    await course.presses("lin", "Topics")
    assert await poll_in(course) == (
        "🗳 What next?\n▱▱▱▱▱▱ 0 · Titles\n▰▰▰▰▰▰ 2 · Covers\n▰▰▰▱▱▱ 1 · Topics\n3 voted · open until 2 Mar 09:00"
    )
    assert len([text for text in await course.said() if "What next?" in text]) == 1
    assert "Ada" not in await poll_in(course)


async def test_a_vote_can_be_changed_and_earns_once(course: Community) -> None:
    await course.presses("ada", "Covers")
    assert await course.presses("ada", "Titles") == "Your vote: Titles. You can change it until the poll closes."
    assert "▰▰▰▰▰▰ 1 · Titles\n▱▱▱▱▱▱ 0 · Covers" in await poll_in(course)
    assert str(await course.presses("ada", "Titles")).startswith("That is your vote already: Titles.")
    assert await course.points("ada") == 3


async def test_several_can_be_chosen_where_that_is_said_but_never_none(open_community) -> None:
    course: Community = await open_community(rituals=ritual(SEVERAL), rules=RULES)
    await course.until(9)
    assert (await poll_in(course)).startswith("🗳 What next? (choose as many as you like)")
    await course.presses("ada", "Covers")
    assert str(await course.presses("ada", "Topics")).startswith("Your vote: Covers, Topics.")
    assert "1 voted" in await poll_in(course)
    assert str(await course.presses("ada", "Covers")).startswith("Your vote: Topics.")
    assert str(await course.presses("ada", "Topics")).startswith("Topics is your only choice")
    assert "▱▱▱▱▱▱ 0 · Covers\n▰▰▰▰▰▰ 1 · Topics\n1 voted" in await poll_in(course)
    assert await course.points("ada") == 3


async def test_after_the_end_the_counts_stay_and_a_vote_is_told_so(course: Community) -> None:
    await course.presses("ada", "Covers")
    await course.until(9)
    assert (
        await poll_in(course)
        == "🗳 What next?\n▱▱▱▱▱▱ 0 · Titles\n▰▰▰▰▰▰ 1 · Covers\n▱▱▱▱▱▱ 0 · Topics\nClosed · 1 voted"
    )
    assert await buttons(course) == []
    said = await course.answer("ben", "/poll 1 1")
    assert said == "This poll is closed; its post shows the result."
    assert (await poll_in(course)).endswith("Closed · 1 voted")
    assert await course.points("ben") == 0


async def test_a_poll_lasts_as_long_as_its_ritual_says(open_community) -> None:
    course: Community = await open_community(rituals=ritual(POLL.replace("]}", "], closes_in: 30m}")))
    await course.until(9, 29)
    assert await buttons(course)
    await course.until(9, 30)
    assert "Closed · 0 voted" in await poll_in(course)


async def test_the_votes_of_who_has_left_stay(course: Community) -> None:
    await course.presses("ada", "Covers")
    ada = course.actor("ada")
    gone = MemberLeft(key=EventKey("gone"), at=course.now, actor=ada, address=course.address())
    await course.run.app.sink([gone])
    await course.presses("ben", "Titles")
    assert "2 voted" in await poll_in(course)


async def test_a_poll_can_be_answered_by_a_command(course: Community) -> None:
    assert (await course.answer("ada", "/poll 1 2")).startswith("Your vote: Covers.")
    assert (await course.answer("ada", "/poll 1 4")) == (
        "There is no such poll, or no such option. Use the buttons under the poll."
    )
    assert (await course.answer("ada", "/poll 7 1")).startswith("There is no such poll")
    assert (await course.answer("ada", "/poll")).startswith("Use the buttons under the poll")
    assert (await course.answer("ada", "/poll " + "9" * 40)).startswith("Use the buttons under the poll")


async def test_words_and_a_poll_are_two_posts_and_the_poll_is_pinned(open_community) -> None:
    course: Community = await open_community(rituals=ritual(POLL, "say: Your week?", "pin: true"))
    await course.until(9)
    posts = [post for post in await course.messages() if post.author == "bot"]
    assert [(post.text.splitlines()[0], post.is_pinned) for post in posts] == [
        ("Your week?", False),
        ("🗳 What next?", True),
    ]


async def test_a_poll_goes_on_over_a_restart_and_another_file(open_community) -> None:
    course: Community = await open_community(rituals=ritual())
    await course.until(9)
    await course.presses("ada", "Covers")
    changed = ritual(POLL.replace("Covers", "Colours").replace("What next?", "And now?"))
    course = await open_community(rituals=changed)
    await course.presses("ben", "Covers")
    assert "▰▰▰▰▰▰ 2 · Covers" in await poll_in(course)
    await course.until(9)
    assert (await poll_in(course)).endswith("Closed · 2 voted")


async def test_each_space_votes_by_itself(open_community) -> None:
    spaces = COURSE.replace("local: main}", "local: main}\n  - {id: chat, kind: interest, local: chat}")
    course: Community = await open_community(course=spaces, rituals=ritual(POLL, "spaces: [main, chat]"))
    await course.until(9)
    await course.presses("ada", "Covers", room="chat")
    assert ("0 voted" in await poll_in(course), "1 voted" in await poll_in(course, "chat")) == (True, True)


async def test_a_poll_speaks_the_language_of_the_course(open_community) -> None:
    chinese = COURSE.replace("language: en", "language: zh-CN")
    poll = "poll: {question: {zh: 下周聊什么？, en: What next?}, options: [标题, 封面]}"
    course: Community = await open_community(course=chinese, rituals=ritual(poll))
    await course.until(9)
    assert (await course.said())[-1] == "🗳 下周聊什么？\n▱▱▱▱▱▱ 0 · 标题\n▱▱▱▱▱▱ 0 · 封面\n0 人已投，3月2日 09:00 截止"
    await course.presses("ada", "封面")
    assert "▰▰▰▰▰▰ 1 · 封面\n1 人已投" in (await course.said("ben"))[-1]


async def test_where_there_are_neither_buttons_nor_edits_a_poll_is_two_posts(course: Community) -> None:
    await course.types("ada", "/poll 1 2")
    await course.types("ben", "/poll 1 2")
    await course.until(9)
    rows = await course.rows(select(outbox.c.message).order_by(outbox.c.id))
    said = [msgspec.convert(row.message, OutgoingMessage) for row in rows]
    plain = [part.text for message in said if not message.only_for for part in fit(message, Traits(can=Can.NOTHING))]
    assert [text for text in plain if "What next?" in text] == [
        (
            "🗳 What next?\n▱▱▱▱▱▱ 0 · Titles\n▱▱▱▱▱▱ 0 · Covers\n▱▱▱▱▱▱ 0 · Topics\n0 voted · open until 2 Mar 09:00\n"
            "Titles: /poll 1 1\nCovers: /poll 1 2\nTopics: /poll 1 3"
        ),
        "🗳 What next?\n▱▱▱▱▱▱ 0 · Titles\n▰▰▰▰▰▰ 2 · Covers\n▱▱▱▱▱▱ 0 · Topics\nClosed · 2 voted",
    ]
