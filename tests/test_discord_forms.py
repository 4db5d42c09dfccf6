"""Forms as a window: what was refused stands in it again, and nothing that is said is taken for an answer."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.events import CommandInvoked, FormSubmitted
from bot.domain.ids import EventKey
from tests.community import COURSE
from tests.discord_community import DiscordCommunity
from tests.test_live_qa import LIVE

SPACES = COURSE.replace("spaces:", "spaces:\n  - {id: questions, kind: questions, local: questions}")
QUESTION = "How do I find a title?"
WORDS = "✏️ What would you like to know?"


@pytest.fixture
def platform() -> str:
    return "discord"


@pytest.fixture
async def course(open_community: Any) -> DiscordCommunity:
    found: DiscordCommunity = await open_community(course=SPACES, rituals=LIVE)
    return found


async def filed(course: DiscordCommunity) -> list[str]:
    return await course.said("ben", "questions")


def values_in(course: DiscordCommunity, interaction: int) -> list[str]:
    """What stands in the window when it opens."""
    return [part["component"].get("value", "") for part in course.town.discord.modal(interaction)["components"]]


async def opens(course: DiscordCommunity, text: str = "/ask", who: str = "ada", room: str = "main") -> int:
    asked = course.town.asks(who, room, text)
    assert asked is not None
    await course.settle()
    return asked


async def is_refused(course: DiscordCommunity, room: str) -> None:
    """The same question twice."""
    for _ in range(2):
        handed_in = course.town.fills_in("ada", await opens(course, room=room), QUESTION)
        await course.settle()
    assert "asked this already" in course.town.discord.told(handed_in)[0]


@pytest.mark.parametrize("room", ["main", "private"])
async def test_after_a_refusal_what_is_said_is_no_answer(course: DiscordCommunity, room: str) -> None:
    await is_refused(course, room)
    await course.writes("ada", "By the way, my mother is ill and I may be late.", room=room)
    assert len(await filed(course)) == 1
    await course.passes(hours=3)
    await course.writes("ada", "I am here again.", room=room)
    ada = course.town.person("ada")
    assert not [text for text in course.town.discord.said(ada, ada) if "expired" in text]
    assert not [text for text in await course.said("ada") if "expired" in text]


async def test_what_was_refused_stands_in_the_window_again(open_community: Any) -> None:
    course: DiscordCommunity = await open_community(course=SPACES, questions="anonymous: 0\n")
    await hands_in(course, question=QUESTION, whom="anonymous")
    [refusal] = [m for m in await course.messages("ada", "main") if "no anonymous questions" in m.text]
    pressed = course.town.presses("ada", course.town.entry("ada", "main", refusal.number).message, "Open the form")
    await course.settle()
    assert QUESTION in values_in(course, pressed)
    given = {WORDS: QUESTION, "Under which name?": ["named"], "What is it about?": ["how_to"]}
    course.town.discord.submits(course.town.person("ada"), pressed, given)
    await course.settle()
    assert len(await filed(course)) == 1
    assert QUESTION not in values_in(course, await opens(course))


async def test_a_window_that_was_opened_for_another_course_is_not_handed_in(course: DiscordCommunity) -> None:
    form: dict[str, Any] = {"form": "ask@painting", "fields": {"question": QUESTION}}
    key = EventKey("discord:test:1")
    event = FormSubmitted(key=key, at=course.now, actor=course.actor("ada"), address=course.address(), **form)
    await course.run.app.sink([event])
    await course.settle()
    assert await filed(course) == []


async def test_who_may_not_use_a_form_has_nothing_kept_in_it(course: DiscordCommunity) -> None:
    form: dict[str, Any] = {"form": "enter@writing", "fields": {"work": "Not for me"}}
    actor, address = course.actor("lin"), course.address()
    event = FormSubmitted(key=EventKey("discord:test:1"), at=course.now, actor=actor, address=address, **form)
    await course.run.app.sink([event])
    typed: dict[str, Any] = {"actor": actor, "address": address, "name": "form", "text": "open enter"}
    await course.run.app.sink([CommandInvoked(key=EventKey("discord:test:2"), at=course.now, **typed)])
    await course.settle()
    assert not [text for text in await course.said("lin") if "Open the form" in text or "Not for me" in text]


# --- everything at once -----------------------------------------------------------------------------------------------


async def hands_in(course: DiscordCommunity, *, question: str, whom: str = "named", tag: str = "") -> int:
    """The window of /ask, filled in."""
    given = {WORDS: question, "Under which name?": [whom], "What is it about?": [tag or "how_to"]}
    handed_in = course.town.discord.submits(course.town.person("ada"), await opens(course), given)
    await course.settle()
    return handed_in


async def test_one_page_asks_for_everything_that_a_question_has(course: DiscordCommunity) -> None:
    window = course.town.discord.modal(await opens(course))
    shown = str(window)
    for words in (
        "What would you like to know?",
        "Under which name?",
        "What is it about?",
        "With pictures if you like",
    ):
        assert words in shown
    assert "in the private chat" not in shown
    await hands_in(course, question=QUESTION, tag="beyond")
    [post] = await filed(course)
    assert "Ada" in post
    assert "Beyond" in post


async def test_one_page_may_leave_the_name_out(course: DiscordCommunity) -> None:
    await hands_in(course, question=QUESTION, whom="anonymous")
    await hands_in(course, question="anonymous Why does nobody read me?")
    for post in await filed(course):
        assert "Somebody" in post
        assert "Ada" not in post
        assert "anonymous" not in post
