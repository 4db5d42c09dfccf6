"""Where a course lives, and how the bot stands there: greetings, what it lacks, who asks to be let in."""

from itertools import count
from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import select

from adapters.local.adapter import TRAITS
from bot.domain.events import CommandInvoked, JoinRequested, PlaceSeen, PlatformTrouble, PowersChanged
from bot.domain.ids import EventKey
from bot.domain.places import Actor, Address
from bot.domain.traits import Can
from storage.tables import outbox
from tests.community import COURSE, DEMO, Community

MAIN, STAFF = Address(platform="local", chat="main"), Address(platform="local", chat="staff")
ZOE = Actor(platform="local", user="zoe", name="Zoe", language="en")
PIN, ADMIN, SEND = "lacks.telegram.pin", "lacks.telegram.admin", "lacks.telegram.send"
UNBOUND = COURSE.replace("kind: main, local: main", "kind: main, local: hall")
CHEN = "  - {id: chen, name: Chen, role: admin}\n"
NUMBERS = count(1)


async def happens(course: Community, what: type[Any], address: Address | None = MAIN, **values: Any) -> None:
    where = {"address": address} if address else {}
    event = what(key=EventKey(f"local:test:{next(NUMBERS)}"), at=course.now, **where, **values)
    await course.run.app.sink([event])
    await course.run.control.settle()


async def sees(course: Community, cause: str, *lacks: str, address: Address = MAIN, **values: Any) -> None:
    await happens(course, PlaceSeen, address, title="Writers", cause=cause, lacks=lacks, **values)


async def acts(course: Community) -> list[dict[str, Any]]:
    rows = await course.rows(select(outbox.c.message).order_by(outbox.c.id))
    return [row.message["act"] for row in rows if row.message.get("act")]


@pytest.fixture
def able(monkeypatch: pytest.MonkeyPatch) -> None:
    """The chat can do what some platforms can."""
    more = structs.replace(TRAITS, can=TRAITS.can | Can.INSPECT | Can.ADMIT)
    monkeypatch.setattr("bot.demo.TRAITS", more)


# --- a chat where no course lives -------------------------------------------------------------------------------------


async def test_a_chat_of_no_course_is_greeted_in_the_language_of_who_added_the_bot(open_community) -> None:
    course = await open_community(course=UNBOUND)
    await sees(course, "added", ADMIN, by=structs.replace(ZOE, language="zh-hans"))
    [greeting] = await course.said()
    assert greeting.startswith("大家好，我是班主任")
    assert "/bind writing main（《写作营》）" in greeting
    assert "添加管理员" in greeting
    assert "/claim" not in greeting  # Chen is an admin


async def test_without_an_admin_the_greeting_says_how_to_become_one(open_community) -> None:
    course = await open_community(course=UNBOUND.replace("local:chen", "telegram:5"), demo=DEMO.replace(CHEN, ""))
    assert await course.run.app.new_claim_code()
    await sees(course, "added", by=ZOE)
    [greeting] = await course.said()
    assert greeting.index("/claim CODE") < greeting.index("/bind writing main (Writing camp)")


async def test_what_changes_in_a_chat_of_no_course_is_nobodys_business(open_community) -> None:
    course = await open_community(course=UNBOUND)
    await sees(course, "changed", ADMIN, by=ZOE)
    await sees(course, "removed", is_in=False, by=ZOE)
    await sees(course, "added", SEND, by=ZOE)  # there is no way to say anything
    assert await course.said() + await course.said("chen", "staff") == []


# --- binding ----------------------------------------------------------------------------------------------------------


async def test_after_bind_the_bot_looks_up_what_it_may_do(open_community, able: None) -> None:
    course = await open_community(course=UNBOUND)
    await course.types("chen", "/bind writing main")
    assert await acts(course) == [{"type": "inspection"}]
    await sees(course, "asked")
    assert (await course.said("ada"))[-1] == "All is well: I may do everything that I need here."


async def test_bind_alone_says_what_the_chat_is_and_looks_again(course: Community) -> None:
    assert (await course.answer("chen", "/bind")).startswith("This chat is the main group of Writing camp.")
    assert (await course.answer("ada", "/bind")).startswith("Only an admin")


async def test_unbind_ends_it_and_bind_begins_anew(open_community) -> None:
    course = await open_community(course=UNBOUND)
    await course.types("chen", "/bind writing main")
    await course.types("ada", "/checkin")
    assert (await course.answer("ada", "/unbind")).startswith("/unbind is for: admin")
    assert (await course.answer("chen", "/unbind")).startswith("Done: this place belongs to Writing camp no more.")
    assert (await course.answer("ada", "/points")).startswith("No course lives here yet.")
    await course.types("chen", "/bind writing interest")
    assert await course.points("ada") == 5
    assert (await course.answer("chen", "/bind")).startswith("This chat is an interest group")


async def test_what_the_yaml_names_stays(course: Community) -> None:
    assert (await course.answer("chen", "/unbind")).startswith("course.yaml gives this chat to writing as main.")


# --- how the bot stands -----------------------------------------------------------------------------------------------


async def test_only_what_is_new_since_last_time_is_said(course: Community) -> None:
    await sees(course, "start", ADMIN)
    assert (await course.said("ada"))[-1].splitlines()[1].startswith("• I am no administrator")
    await sees(course, "start", ADMIN)
    await sees(course, "changed", ADMIN)
    assert len(await course.said("ada")) == 1
    await sees(course, "changed", PIN)
    assert [line[:13] for line in (await course.said("ada"))[-1].splitlines()[1:-1]] == ["• I may not p"]
    await sees(course, "changed")
    await sees(course, "changed")
    assert (await course.said("ada"))[2:] == ["Thank you: now I may do everything that I need here."]


async def test_what_is_asked_is_answered_in_full(course: Community) -> None:
    for _ in range(2):
        await sees(course, "asked", ADMIN, PIN)
    for answer in await course.said("ada"):
        assert answer.startswith("What I still lack here:\n• I am no administrator")
        assert "/bind" in answer


async def test_where_the_bot_may_not_write_staff_read_it(course: Community) -> None:
    await sees(course, "changed", SEND)
    assert await course.said("ada") == []
    [notice] = await course.said("chen", "staff")
    assert notice.startswith("I may not write in “Writers”")


async def test_in_a_place_for_questions_nothing_is_said_about_the_bot(open_community) -> None:
    spaces = COURSE.replace("spaces:", "spaces:\n  - {id: questions, kind: questions, local: questions}")
    course = await open_community(course=spaces)
    await sees(course, "asked", address=Address(platform="local", chat="questions"))
    assert await course.said("ada", "questions") == []
    [notice] = await course.said("chen", "staff")
    assert notice.startswith("About “Writers”:\nAll is well")


async def chen_commands(course: Community, name: str, text: str, elsewhere: Address) -> str:
    """Chen fills in the command in the staff room, and chooses another chat in it; the answer."""
    command = {"actor": course.actor("chen"), "name": name, "text": text, "elsewhere": elsewhere}
    await happens(course, CommandInvoked, STAFF, **command)
    return (await course.said("chen", "staff"))[-1]


async def test_another_channel_can_be_bound_and_unbound_by_choosing_it(open_community) -> None:
    course = await open_community()
    thread = Address(platform="local", chat="42/43")
    assert "that channel is the question corner" in await chen_commands(course, "bind", "writing questions", thread)
    assert course.run.app.library.courses.last_seen.spaces[("local", "42/43")].kind == "questions"
    assert "no more" in await chen_commands(course, "unbind", "", thread)
    assert ("local", "42/43") not in course.run.app.library.courses.last_seen.spaces


@pytest.mark.parametrize("typed", ["writing main <#42>", "<#42>", "writing <#42>"])
async def test_nobody_binds_a_chat_by_typing_its_number(open_community, typed: str) -> None:
    course = await open_community()
    await course.types("chen", f"/bind {typed}", room="staff")
    assert ("local", "42") not in course.run.app.library.courses.last_seen.spaces


async def test_staff_are_told_who_removed_the_bot_and_that_it_is_back(course: Community) -> None:
    await sees(course, "start")
    await sees(course, "removed", is_in=False, by=ZOE)
    await sees(course, "start", is_in=False)  # known already
    await sees(course, "added", by=ZOE)
    gone, back = await course.said("chen", "staff")
    assert gone.startswith("⚠ Zoe has removed me from “Writers”.")
    assert back.startswith("Zoe has added me to “Writers”")
    assert await course.said("ada") == ["All is well: I may do everything that I need here."]


async def test_a_staff_room_without_the_bot_is_not_told_about_itself(course: Community) -> None:
    await sees(course, "removed", address=STAFF, is_in=False, by=ZOE)
    assert await course.said("chen", "staff") == []


# --- people -----------------------------------------------------------------------------------------------------------


async def test_who_manages_the_chat_is_no_staff_by_that(course: Community) -> None:
    await course.types("ada", "hello")
    ada = Actor(platform="local", user="ada", name="Ada")
    await sees(course, "start")
    await happens(course, PowersChanged, actor=ada, is_manager=True)
    await happens(course, PowersChanged, actor=ada, is_manager=False)
    gained, lost = await course.said("chen", "staff")
    assert gained.startswith("Ada became an administrator of “Writers” on the platform; in the course: student.")
    assert "add local:ada to admins" in gained
    assert lost == "Ada is no longer an administrator of “Writers” on the platform; in the course still: student."
    assert "became an administrator of the chat main" in await course.answer("chen", "/audit", room="staff")


async def test_staff_let_people_in_with_one_press(open_community, able: None) -> None:
    course = await open_community()
    await sees(course, "start")
    await happens(course, JoinRequested, actor=ZOE)
    assert (await course.said("lin", "staff"))[-1] == "Zoe asks to be let into “Writers”."
    assert await course.presses("lin", "Admit", room="staff") == "Done: Zoe is let in."
    assert await acts(course) == [{"type": "admission", "user": "zoe", "is_admitted": True}]
    assert (await course.said("lin", "staff"))[-1] == "Lin let Zoe in."  # in the place of the question
    assert await course.answer("chen", "/decline 1", room="staff") == "That is done: Lin has let Zoe in."
    assert len(await acts(course)) == 1
    assert "let somebody in (request 1)" in await course.answer("chen", "/audit", room="staff")


async def test_staff_decline_a_request(open_community, able: None) -> None:
    course = await open_community()
    await happens(course, JoinRequested, actor=ZOE)
    assert await course.presses("lin", "Decline", room="staff") == "Done: Zoe is not let in."
    assert await acts(course) == [{"type": "admission", "user": "zoe", "is_admitted": False}]
    assert await course.answer("chen", "/admit 1", room="staff") == "That is done: Lin has declined Zoe's request."
    assert (await course.answer("chen", "/admit 7", room="staff")).startswith("There is no request number 7")


# --- platforms --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["unauthorized", "second_poller", "unreachable", "webhook", "new_kind"])
async def test_staff_hear_of_a_platform_in_trouble_once_and_when_it_is_over(course: Community, kind: str) -> None:
    await happens(course, PlatformTrouble, None, platform="elsewhere", kind=kind, is_over=True)  # nobody knew of it
    for _ in range(2):
        await happens(course, PlatformTrouble, None, platform="elsewhere", kind=kind)
    await course.passes(minutes=5)
    for _ in range(2):
        await happens(course, PlatformTrouble, None, platform="elsewhere", kind=kind, is_over=True)
    trouble, over = await course.said("chen", "staff")
    assert trouble.startswith("⚠")
    assert "Elsewhere" in trouble
    assert over == "✅ Elsewhere works again, after 5 minutes."


async def test_nobody_is_promised_a_look_where_there_is_nothing_to_be_found(course: Community) -> None:
    assert await course.answer("chen", "/bind") == "This chat is the main group of Writing camp."
