"""Who talks with the bot alone: which of several courses is meant, and how one joins by a link."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.demo import DemoRun, demo_settings, start_demo
from bot.domain.events import ButtonPressed, CommandInvoked, Event, FormSubmitted, MemberLeft, MessagePosted
from bot.domain.ids import EventKey
from bot.domain.places import Actor, Address
from bot.domain.traits import Can, Traits
from storage import private_courses
from storage.tables import fact, member, outbox
from tests.community import COURSE, Community, write_course

GRACE = Actor(platform="elsewhere", user="7", name="Grace", language="en")
PRIVATE = Address(platform="elsewhere", chat="7", private=True)
PAINTING = COURSE.replace("写作营, en: Writing camp", "画画营, en: Painting camp").replace("main, local: main", "main")
LIVE = "live:\n  every: wednesday\n  at: 20:00\n  do: live_qa\n"
QUESTION, LIVE_QUESTION = "What would you like to know?", "What would you like to ask at the live Q&A?"


class Grace:
    """She writes in private; what she hears, and may press."""

    def __init__(self, course: Community) -> None:
        self.course = course
        self.number = 0
        self.seen = 0
        self.buttons: dict[str, str] = {}

    async def hands(self, event: Event) -> str:
        await self.course.run.app.sink([event])
        mine = select(outbox.c.id, outbox.c.message).where(outbox.c.platform == "elsewhere").order_by(outbox.c.id)
        rows = [row for row in await self.course.rows(mine) if row.id > self.seen]
        self.seen = max((row.id for row in rows), default=self.seen)
        self.buttons = {b["label"]: b["command"] for row in rows for b in row.message.get("buttons", ())}
        spans = [span for row in rows for span in row.message["body"]]
        return "".join(span["text"] if isinstance(span, dict) else span[0] for span in spans)

    def common(self, address: Address = PRIVATE) -> dict[str, Any]:
        self.number += 1
        key = EventKey(f"elsewhere:{self.number}")
        return {"key": key, "at": self.course.now, "actor": GRACE, "address": address}

    async def commands(self, name: str, text: str = "", **more: Any) -> str:
        return await self.hands(CommandInvoked(name=name, text=text, **more, **self.common()))

    async def presses(self, label: str) -> str:
        return await self.hands(
            ButtonPressed(command=self.buttons[label], message="1", interaction=f"i{self.number}", **self.common())
        )

    async def writes(self, text: str) -> str:
        return await self.hands(MessagePosted(text=text, message="1", **self.common()))


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Any]:
    """Opens two courses behind one bot; again: the process starts anew."""
    running: list[Community] = []

    async def open_both(*, painting: str = PAINTING) -> Grace:
        if running:
            await running.pop().close()
        writing = write_course(tmp_path / "writing", rituals=LIVE)
        folders = (writing, write_course(tmp_path / "painting", course=painting, rituals=LIVE, calendar="days: []\n"))
        settings = demo_settings(tmp_path / "data", "en", writing, 0)
        run = await start_demo(settings.model_copy(update={"courses": folders}))
        assert isinstance(run, DemoRun)
        run.app.engine.voice._traits = {"elsewhere": Traits(can=Can.BUTTONS | Can.REPLY | Can.PRIVATE)}
        running.append(Community(run=run, folder=writing))
        return Grace(running[-1])

    yield open_both
    for course in running:
        await course.close()


async def members(grace: Grace) -> list[str]:
    rows = await grace.course.rows(select(member.c.course).where(member.c.left_at.is_(None)).order_by(member.c.id))
    return [row.course for row in rows]


# --- which course -----------------------------------------------------------------------------------------------------


async def test_where_several_courses_fit_the_bot_asks_once_and_does_what_was_asked(opened) -> None:
    grace = await opened()
    assert await grace.commands("points") == "Which course?"
    assert set(grace.buttons) == {"Writing camp", "Painting camp"}
    assert (await grace.presses("Painting camp")).startswith("You have 0 points")
    assert await members(grace) == ["painting"]
    assert (await grace.commands("points")).startswith("You have 0 points")


async def test_the_word_of_a_command_is_run_too(opened) -> None:
    grace = await opened()
    assert await grace.writes("打卡") == "Which course?"
    assert "Checked in!" in await grace.presses("Writing camp")


async def test_words_that_wait_for_the_choice_are_in_no_button_and_go_with_their_person(opened) -> None:
    grace = await opened()
    await grace.commands("join", "writing")
    await grace.commands("join", "painting")
    database = grace.course.run.app.database
    await database.run(lambda db: db.execute(private_courses.private_course.delete()))
    words = "may I skip the homework this week, for my father is ill?"
    assert await grace.commands("ask", f"live {words}") == "Which course?"
    assert sorted(grace.buttons.values()) == ["course painting then", "course writing then"]
    assert "Noted" in await grace.presses("Painting camp")
    assert words in await grace.commands("live")
    await database.run(lambda db: db.execute(private_courses.private_course.delete()))
    await grace.commands("ask", "live another thing")
    await grace.commands("forget")
    await grace.commands("forget", "yes")
    assert await grace.course.rows(select(private_courses.private_asked)) == []


async def test_what_was_asked_is_done_once_and_within_an_hour(opened) -> None:
    grace = await opened()
    await grace.commands("points")
    await grace.course.passes(hours=1)
    assert "we talk about Writing camp" in await grace.presses("Writing camp")
    await grace.course.passes(days=2)
    assert await grace.course.rows(select(private_courses.private_asked)) == []


async def test_what_goes_wrong_afterwards_does_not_undo_the_choice(opened) -> None:
    grace = await opened()
    await grace.commands("grant", "Ada +5 x")
    assert "is for: admin" in await grace.presses("Writing camp")
    assert (await grace.commands("points")).startswith("You have 0 points")


async def test_a_member_of_one_course_is_never_asked(opened) -> None:
    grace = await opened()
    await grace.commands("join", "painting", via="link")
    assert (await grace.commands("points")).startswith("You have 0 points")
    assert await grace.commands("course") == "We are talking about Painting camp."


async def test_the_choice_is_shown_changed_and_outlives_a_restart(opened) -> None:
    grace = await opened()
    await grace.commands("join", "writing")
    await grace.commands("join", "painting")
    assert await grace.commands("course") == "We are talking about Painting camp. Another one?"
    assert await grace.presses("Writing camp") == (
        "All right: from now on we talk about Writing camp. /course chooses another."
    )
    grace.course = (await opened()).course
    assert await grace.commands("course") == "We are talking about Writing camp. Another one?"


async def test_a_course_that_is_over_is_not_kept(opened) -> None:
    grace = await opened(painting=PAINTING.replace("ends: 2027-03-14", "ends: 2027-03-02"))
    await grace.commands("join", "writing")
    await grace.commands("join", "painting")
    await grace.course.passes(days=2)
    assert "painting" in await members(grace)
    assert await grace.commands("course") == "We are talking about Writing camp."


async def test_who_has_left_a_course_does_not_mean_it(opened) -> None:
    grace = await opened()
    await grace.commands("join", "painting")
    await grace.commands("join", "writing")
    [main] = [s.address for s in grace.course.run.app.library.courses.last_seen.spaces_of("writing", kind="main")]
    gone = {**grace.common(main), "actor": GRACE}
    await grace.course.run.app.sink([MemberLeft(**gone)])
    assert await grace.commands("course") == "We are talking about Painting camp."


@pytest.mark.parametrize("text", ["nothing", "nothing then points", "{x} **y**", "x" * 5000])
async def test_a_course_that_is_not_there_is_not_chosen(opened, text: str) -> None:
    grace = await opened()
    assert (await grace.commands("course", text)).endswith("You may choose: Writing camp, Painting camp")
    assert await members(grace) == []


async def test_a_choice_within_a_choice_is_none(opened) -> None:
    grace = await opened()
    assert "we talk about Writing camp" in await grace.commands("course", "writing then course painting then points")


async def test_a_form_stays_with_the_course_that_it_was_opened_for(opened) -> None:
    grace = await opened()
    await grace.commands("join", "writing")
    await grace.commands("join", "painting")
    assert (await grace.commands("ask")).startswith(QUESTION)
    await grace.commands("course", "writing")
    assert "Your question is Q1: How do I hold the brush?" in await grace.writes("How do I hold the brush?")
    assert "brush" not in await grace.commands("questions")
    await grace.commands("course", "painting")
    assert "brush" in await grace.commands("questions")


async def test_a_form_is_opened_by_a_link_after_the_course_is_chosen(opened) -> None:
    grace = await opened()
    assert await grace.commands("ask", "live I never wrote this", via="link") == "Which course?"
    assert (await grace.presses("Writing camp")).startswith(LIVE_QUESTION)
    assert "Noted" in await grace.writes("How do I begin?")


# --- joining ----------------------------------------------------------------------------------------------------------


async def test_a_link_makes_a_member_and_welcomes_them(opened) -> None:
    grace = await opened()
    assert await grace.commands("join", "writing", via="link") == (
        "Welcome to Writing camp, Grace!\nThe course runs from Mon, 1 Mar to Sun, 14 Mar.\n"
        "Day 1 · First words (Mon, 1 Mar)\nWrite three lines.\n"
        "Three things to try:\n/checkin once a day\n/points to see what you have earned\n/help for everything else"
    )
    assert list(grace.buttons) == ["Check in", "My points", "What I can do"]
    assert await members(grace) == ["writing"]
    assert (await grace.commands("join", "writing", via="link")).startswith("You are in Writing camp already, Grace.")
    assert await members(grace) == ["writing"]


async def test_a_course_that_has_not_begun_says_when_it_does(opened) -> None:
    later = PAINTING.replace("starts: 2027-03-01", "starts: 2027-03-08")
    grace = await opened(painting=later)
    heard = await grace.commands("join", "painting", via="link")
    assert "It begins on Mon, 8 Mar and ends on Sun, 14 Mar." in heard
    assert list(grace.buttons) == ["My points", "What I can do"]


@pytest.mark.parametrize("text", ["nothing", "writing x", "../writing", "x" * 5000])
async def test_an_unknown_course_is_said_kindly(opened, text: str) -> None:
    grace = await opened()
    assert (await grace.commands("join", text, via="link")).startswith("I know no course")
    assert await members(grace) == []


async def test_a_course_that_is_over_takes_nobody(opened) -> None:
    grace = await opened(painting=PAINTING.replace("ends: 2027-03-14", "ends: 2027-03-02"))
    await grace.course.passes(days=2)
    assert await grace.commands("join", "painting", via="link") == (
        "Painting camp ended on Tue, 2 Mar, so there is nothing to join any more. Thank you for coming!"
    )
    assert "painting" not in await members(grace)


async def test_joining_counts_once_for_the_rules(opened) -> None:
    grace = await opened()
    for _ in range(2):
        await grace.commands("join", "writing", via="link")
    joined = await grace.course.rows(select(fact.c.kind).where(fact.c.kind == "member.joined"))
    assert len(joined) == 1


async def test_start_greets_by_the_courses_name(opened) -> None:
    grace = await opened()
    assert (await grace.commands("start")).startswith("Hello! I look after courses.\nWhich course?")
    assert (await grace.presses("Writing camp")).startswith("Hello Grace! I look after Writing camp.\n")
    assert list(grace.buttons) == ["Check in", "My points", "What I can do"]


async def test_in_a_group_these_say_where_one_is(course: Community) -> None:
    assert await course.answer("ada", "/join nothing") == "This is Writing camp."
    assert await course.answer("ada", "/course") == "This is Writing camp."
    assert (await course.answer("ada", "/start")).startswith("Hello Ada! I look after Writing camp.")


async def test_a_link_without_a_course_greets_and_asks_which(opened) -> None:
    grace = await opened()
    assert "Which course?" in await grace.commands("join", "", via="link")


async def test_what_a_link_says_is_kept_until_the_course_is_chosen_and_is_still_a_links_word(opened) -> None:
    grace = await opened()
    await grace.commands("link", "ABCDE-12345", via="link")
    heard = await grace.presses("Writing camp")
    assert "Confirm only if you asked for the code yourself" in heard


async def test_what_is_handed_in_goes_to_the_course_for_which_its_window_was_opened(opened: Any) -> None:
    grace = await opened()
    await grace.commands("join", "writing")
    await grace.commands("join", "painting")
    answer = await grace.hands(
        FormSubmitted(form="ask@writing", fields={"question": "For writing?"}, interaction="m:1", **grace.common())
    )
    assert "Your question is Q1" in answer
    asked = select(fact.c.course).where(fact.c.kind == "question.asked")
    assert [row.course for row in await grace.course.rows(asked)] == ["writing"]
