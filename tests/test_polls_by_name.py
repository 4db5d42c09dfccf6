"""Polls in which everybody sees who chose what: the platform's own where it has such polls, else as any other."""

from typing import Any

import pytest
from sqlalchemy import func, select

from bot.domain.events import PollVoted
from bot.domain.ids import EventKey
from bot.domain.places import Actor
from bot.features.posts.store import vote
from storage.tables import fact, member, outbox
from tests.community import Community
from tests.fakes.telegram import Seen
from tests.telegram_community import TelegramCommunity
from tests.test_polls import POLL, RULES, SEVERAL, ritual


@pytest.fixture
def platform() -> str:
    return "telegram"


def by_name(poll: str = POLL) -> str:
    return ritual(poll.replace("]", "], by_name: true", 1), "pin: true")


@pytest.fixture
async def course(open_community: Any) -> TelegramCommunity:
    return await opened(open_community, by_name())


async def opened(open_community: Any, rituals: str) -> TelegramCommunity:
    """A course whose poll is open; the class is known to be there."""
    course: TelegramCommunity = await open_community(rituals=rituals, rules=RULES)
    for who in ("ada", "ben"):
        await course.types(who, "hi")
    await course.until(9)
    return course


def posts(course: TelegramCommunity) -> list[Seen]:
    ada, main = course.town.inside("ada", "main")
    return [seen for seen in course.town.telegram.sees(ada, main) if seen.poll]


def counts(course: TelegramCommunity) -> list[int]:
    """As the platform shows them."""
    [post] = posts(course)
    assert post.poll
    return [sum(number in chosen for chosen in post.poll.votes.values()) for number, _ in enumerate(post.poll.options)]


async def votes(course: TelegramCommunity, who: str, *options: str) -> None:
    [post] = posts(course)
    course.town.telegram.votes(*course.town.inside(who, "main"), post.id, *options)
    await course.settle()


def voted(course: TelegramCommunity, key: str, who: str, *options: int, poll: str = "", **more: Any) -> PollVoted:
    """The event of a vote, for what a platform would tell late, twice, or by mistake."""
    address = course.address()
    return PollVoted(
        key=EventKey(key),
        at=more.get("at", course.now),
        actor=more.get("actor") or course.actor(who),
        address=address,
        poll=poll or f"poll:1@telegram:{address.chat}",
        options=options,
    )


async def kept(course: Community) -> list[tuple[int, int]]:
    rows = await course.rows(select(vote.c.member, vote.c.option).order_by(vote.c.member, vote.c.option))
    return [(row.member, row.option) for row in rows]


async def told(course: Community) -> list[str]:
    """The facts of votes: given, and taken back."""
    rows = await course.rows(select(fact.c.kind).where(fact.c.object == "poll 1").order_by(fact.c.id))
    return [row.kind for row in rows]


async def test_it_is_the_platforms_own_poll_which_is_pinned(course: TelegramCommunity) -> None:
    [post] = posts(course)
    assert post.poll
    assert (post.poll.question, post.poll.options) == ("What next?", ["Titles", "Covers", "Topics"])
    assert (post.poll.is_anonymous, post.poll.allows_multiple_answers) == (False, False)
    assert (post.text, post.labels, post.is_pinned) == ("", [], True)
    assert not [text for text in await course.said() if "What next?" in text]


async def test_a_vote_counts_and_earns_once_however_often_it_is_changed(course: TelegramCommunity) -> None:
    before = await course.rows(select(func.count()).select_from(outbox))
    await votes(course, "ada", "Covers")
    await votes(course, "ada", "Titles")
    await votes(course, "ben", "Titles")
    assert counts(course) == [2, 0, 0]
    assert [option for _, option in await kept(course)] == [1, 1]
    assert (await course.points("ada"), await course.points("ben")) == (3, 3)
    assert await told(course) == ["poll.voted", "poll.voted"]
    assert await course.rows(select(func.count()).select_from(outbox)) == before  # the platform counts by itself


async def test_a_vote_that_is_taken_back_is_none_and_given_again_is_one(course: TelegramCommunity) -> None:
    await votes(course, "ada", "Covers")
    await votes(course, "ada")
    assert (await course.points("ada"), await kept(course)) == (0, [])
    await votes(course, "ada")
    await votes(course, "ada", "Topics")
    assert await course.points("ada") == 3
    assert [option for _, option in await kept(course)] == [3]
    assert await told(course) == ["poll.voted", "retracted", "poll.voted"]


async def test_several_can_be_chosen_where_that_is_said(open_community: Any) -> None:
    course = await opened(open_community, by_name(SEVERAL))
    await votes(course, "ada", "Titles", "Topics")
    assert [option for _, option in await kept(course)] == [1, 3]
    await votes(course, "ada", "Topics")
    assert [option for _, option in await kept(course)] == [3]
    assert (counts(course), await course.points("ada")) == ([0, 0, 1], 3)


async def test_the_same_state_told_again_changes_nothing(course: TelegramCommunity) -> None:
    for key in ("one", "one", "two"):
        await course.run.app.sink([voted(course, key, "ada", 1)])
    assert (await course.points("ada"), len(await kept(course)), await told(course)) == (3, 1, ["poll.voted"])


async def test_at_the_end_the_poll_is_stopped_and_no_vote_counts_any_more(course: TelegramCommunity) -> None:
    await votes(course, "ada", "Covers")
    await course.until(9)
    [post] = posts(course)
    assert post.poll
    assert post.poll.is_closed
    await course.run.app.sink([voted(course, "late", "ben", 0)])
    await course.run.app.sink([voted(course, "later", "ada")])
    assert (await course.points("ben"), await course.points("ada"), len(await kept(course))) == (0, 3, 1)


async def test_votes_of_strangers_and_in_polls_that_nobody_knows_are_none(course: TelegramCommunity) -> None:
    people = await course.rows(select(func.count()).select_from(member))
    stranger = Actor(platform="telegram", user="5", name="Eve", handle="eve")
    main = course.address().chat
    await course.run.app.sink([voted(course, "one", "eve", 1, actor=stranger)])  # the poll was forwarded
    for number, poll in enumerate((f"poll:7@telegram:{main}", "poll:", "daily_task", f"poll:{'9' * 40}@x", "poll:١@x")):
        await course.run.app.sink([voted(course, f"none-{number}", "ada", 1, poll=poll)])
    await course.run.app.sink([voted(course, "beyond", "ada", 3, -1, 10**9)])
    assert (await kept(course), await told(course)) == ([], [])
    assert await course.rows(select(func.count()).select_from(member)) == people


async def test_the_command_points_to_the_poll_so_that_its_counts_stay_whole(course: TelegramCommunity) -> None:
    assert await course.answer("ada", "/poll 1 2") == "This poll is by name: vote in the poll itself."
    assert await kept(course) == []


async def test_a_poll_goes_on_over_a_restart(open_community: Any, course: TelegramCommunity) -> None:
    await votes(course, "ada", "Covers")
    course = await open_community(rituals=ritual(), rules=RULES)  # the file says no more that it is by name
    await votes(course, "ben", "Covers")
    await course.until(9)
    [post] = posts(course)
    assert post.poll
    assert (post.poll.is_closed, await course.points("ben")) == (True, 3)


async def test_a_secret_poll_takes_no_vote_that_a_platform_tells_of(open_community: Any) -> None:
    course = await opened(open_community, ritual())
    assert posts(course) == []
    await course.run.app.sink([voted(course, "one", "ada", 1)])
    assert await kept(course) == []


@pytest.mark.parametrize("platform", ["local"])
async def test_where_there_are_no_such_polls_it_has_buttons_and_names_nobody(open_community: Any) -> None:
    course: Community = await open_community(rituals=by_name(), rules=RULES)
    await course.until(9)
    assert str(await course.presses("ada", "Covers")).startswith("Your vote: Covers.")
    await course.until(9)
    [poll] = [post for post in await course.messages() if "What next?" in post.text]
    assert poll.text == "🗳 What next?\n▱▱▱▱▱▱ 0 · Titles\n▰▰▰▰▰▰ 1 · Covers\n▱▱▱▱▱▱ 0 · Topics\nClosed · 1 voted"
    assert (poll.is_pinned, poll.buttons) == (True, ())
