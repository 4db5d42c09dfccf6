"""What people do and see on a Discord that we did not write: simcord, in memory, behind the real discord.py.

Left to `tests/fakes/discord`, because simcord can't show it: rate limits, nonces, sessions that are resumed, lost
replies, more than a hundred missed messages (its `history(after=)` begins at the wrong end), files that we send (its
form takes none of ours), and members who begin a post in a forum or a thread (they only write in the bot's). Every
interaction comes in English.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.traits import PLATFORM
from bot.domain.messages import Button, OutgoingMessage, Span
from bot.domain.places import Address
from storage import outbox
from storage.outbox import Queued
from tests.community import COURSE
from tests.simcord_camp import Camp, answered, asked_in, labels, opened, words
from tests.simcord_run import API, GATEWAY
from tests.test_live_qa import LIVE, PAID, QUESTION
from tests.test_marks import RULES as LEVELS
from tests.test_members import GREET
from tests.test_polls import RULES as VOICE
from tests.test_polls_by_name import by_name
from tests.test_reactions import RULED, THOUGHT

QUESTIONS_IN_A_FORUM = COURSE.replace("spaces:", "spaces:\n  - {id: questions, kind: questions, local: forum}")
CHECKED_IN = "Checked in! 1 day in a row.\n+5 points, 5 in all"
WELL = "All is well: I may do everything that I need here."
DUE = "⏳ An answer is due by 2 Mar 12:30. If you know, just reply here."
LACKS = "I may not write here, so no task and no board can be posted."

Open = Callable[..., Awaitable[Camp]]


@pytest.fixture
async def open_camp(tmp_path: Path, new_database: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Open]:
    """Opens a camp, perhaps with other files of the course."""
    monkeypatch.setattr(Route, "BASE", API)  # which the client sets, and nothing sets back
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(GATEWAY))
    shutil.copyfile(new_database, tmp_path / "camp.db")
    async with AsyncExitStack() as stack:
        yield lambda **files: stack.enter_async_context(opened(tmp_path, **files))


@pytest.fixture
async def camp(open_camp: Open) -> Camp:
    return await open_camp()


@pytest.fixture
async def live(open_camp: Open) -> Camp:
    """A day before the live Q&A, whose questions stand in a forum."""
    camp = await open_camp(rituals=LIVE, rules=PAID, course=QUESTIONS_IN_A_FORUM)
    await camp.passes(days=1)
    return camp


# --- commands ---------------------------------------------------------------------------------------------------------


async def test_a_command_is_answered_to_who_gave_it_and_to_nobody_else(camp: Camp) -> None:
    assert answered(await camp.asks("ada", "checkin")) == CHECKED_IN
    assert CHECKED_IN in [words(one) for one in camp.said(who="ada")]
    assert [words(one) for one in camp.said(who="ben")] == ["**Check-in, Mon, 1 Mar** · 1 so far\nAda"]


async def test_commands_have_chinese_names(camp: Camp) -> None:
    with camp.env.time_context():
        commands = await camp.env.bot.http.get_global_commands(int(camp.process.client.application))
    names = {one["name"]: one.get("name_localizations") for one in commands}
    assert names["checkin"] == {"zh-CN": "打卡"}
    assert names["Why?"] == {"zh-CN": "为什么得分"}


async def test_what_somebody_types_is_completed(camp: Camp) -> None:
    offered = await camp.person("ada").autocomplete(camp.room("main"), "help", "command", "poi")
    assert offered[0] == {"name": "/points · my points and where they came from", "value": "points"}


async def test_commands_of_staff_are_offered_to_staff(camp: Camp) -> None:
    main = camp.room("main")
    assert "grant" not in camp.person("ada").available_commands(main)
    assert "grant" in camp.person("chen").available_commands(main)
    await camp.says("ada", "hi")
    seen = await camp.asks("chen", "grant", room="staff", member=camp.person("ada"), points=7, reason="a fine title")
    assert "+7" in answered(seen)
    assert await camp.points("ada") == "You have **7 points**, 7 of them today."


async def test_the_menu_of_a_message_asks_about_it(live: Camp) -> None:
    said = await live.says("ben", "What is a title?")
    seen = await live.asks_in_menu("chen", "Why?", said)
    assert answered(seen).startswith("**What came of this message of Ben**")
    seen = await live.asks_in_menu("chen", "Ask as question", said)
    assert answered(seen) == "Filed as Q1, asked by Ben; they have been told."


async def test_in_private_the_bot_answers_too(camp: Camp) -> None:
    await camp.person("ada").send_dm("打卡")
    await camp.settle()
    assert camp.told("ada") == [CHECKED_IN]


# --- buttons and lists ------------------------------------------------------------------------------------------------


async def test_each_who_presses_the_button_of_the_morning_hears_for_themselves(camp: Camp) -> None:
    await camp.until(9)
    [task] = camp.said()
    assert "Write three lines." in words(task)
    assert labels(task) == ["Check in"]
    for who in ("ada", "ben"):
        assert answered(await camp.presses(who, task, "Check in")) == CHECKED_IN
    again = answered(await camp.presses("ada", task, "Check in"))
    assert again.startswith("You have checked in today already")


async def test_a_button_of_before_a_restart_works_after_it(camp: Camp) -> None:
    await camp.until(9)
    [task] = camp.said()
    await camp.restarts()
    assert answered(await camp.presses("ada", task, "Check in")) == CHECKED_IN
    assert words(camp.said(who="ben")[0]) == words(task)


async def test_what_is_too_much_for_buttons_is_chosen_from_lists(camp: Camp) -> None:
    choices = tuple(Button(label=f"No. {number}", command=f"help {number}") for number in range(25))
    await _posts(camp, *choices, Button(label="My points", command="points"))
    [offer] = camp.said()
    assert labels(offer) == []
    assert answered(await camp.chooses("ada", offer, "points")).startswith("You have **0 points**")


async def _posts(camp: Camp, *buttons: Button) -> None:
    """The bot posts something that no course has: more buttons than a message holds."""
    address = Address(platform=PLATFORM, chat=str(camp.room("main").id))
    message = OutgoingMessage(key="offer", address=address, body=(Span("Choose!"),), buttons=buttons, at=camp.now())
    queued = Queued(message=message, not_before=camp.now(), expires_at=camp.now() + timedelta(hours=1))
    await camp.process.app.database.run(lambda db: outbox.enqueue(db, [queued]))
    await camp.settle()


# --- forms and forums -------------------------------------------------------------------------------------------------


async def test_a_question_is_written_into_a_form(live: Camp) -> None:
    form = await live.asks("ada", "ask")
    assert asked_in(form) == ("📎 What would you like to know?", "")
    assert "Your question is Q1" in answered(await live.fills_in("ada", form, **{"question:text": QUESTION}))


async def test_a_form_that_is_refused_opens_again_with_what_was_written(live: Camp) -> None:
    form = await live.asks("ada", "ask", question="live")
    assert asked_in(form) == ("What would you like to ask at the live Q&A?", "")
    assert answered(await live.fills_in("ada", form, question=QUESTION)).startswith("Noted: your question is number 1.")
    refused = await live.fills_in("ada", await live.asks("ada", "ask", question="live"), question=QUESTION)
    assert answered(refused) == "You have asked this already: it is number 1."
    assert refused.response
    form = await live.presses("ada", refused.response, "Open the form")
    assert asked_in(form)[1] == QUESTION
    seen = await live.fills_in("ada", form, question=f"{QUESTION} And why?")
    assert answered(seen).startswith("Noted: your question is number 2.")


@pytest.mark.parametrize(
    ("asked", "title", "posted"),
    [
        (QUESTION, f"Q1 {QUESTION}", f"🙋 Q1 · Ada\n🏷 How-to\n{DUE}"),  # the title says it
        (f"live {QUESTION}", f"#1 {QUESTION}", f"For the live Q&A: {QUESTION}"),
    ],
)
async def test_a_question_is_a_post_in_the_forum_and_who_answers_there_is_heard(
    live: Camp, asked: str, title: str, posted: str
) -> None:
    await live.asks("ada", "ask", question=asked)
    [post] = live.room("forum").threads
    assert post.name == title
    live.rooms["post"] = post
    assert [words(one) for one in live.said("post", who="ben")] == [posted]
    await live.says("ben", THOUGHT, room="post")
    assert await live.points("ben") == "You have **1 point**, 1 of them today."


# --- channels ---------------------------------------------------------------------------------------------------------


async def test_another_channel_is_bound_from_here_and_greeted(camp: Camp) -> None:
    seen = await camp.asks("chen", "bind", course="writing", kind="interest", channel=camp.room("club"))
    assert answered(seen) == "Done: from now on that channel is an interest group of Writing camp."
    assert [words(one) for one in camp.said("club")] == [WELL]
    assert answered(await camp.asks("chen", "bind", room="club")).startswith("This chat is an interest group")


async def test_a_forum_is_bound_and_no_post_of_ours_is_in_its_way(camp: Camp) -> None:
    seen = await camp.asks("chen", "bind", course="writing", kind="questions", channel=camp.room("forum"))
    assert answered(seen) == "Done: from now on that channel is the question corner of Writing camp."
    assert camp.room("forum").threads == []
    assert [words(one) for one in camp.said("staff", who="chen")] == [f"About “Writing camp #forum”:\n{WELL}"]


async def test_where_the_bot_may_not_write_it_says_what_it_lacks_elsewhere(camp: Camp) -> None:
    assert camp.env.bot.user
    mute = discord.PermissionOverwrite(send_messages=False)
    camp.rooms["club"] = camp.guild.create_text_channel("club", overwrites={camp.env.bot.user: mute})
    await camp.asks("chen", "bind", course="writing", kind="interest", channel=camp.room("club"))
    assert camp.said("club") == []
    [told] = [words(one) for one in camp.said("staff", who="chen")]
    assert told.startswith("I may not write in “Writing camp #club”, so I say it here:")
    assert LACKS in told


async def test_staff_read_of_a_post_that_was_refused(camp: Camp) -> None:
    path = f"/channels/{camp.room('main').id}/messages"
    camp.env.inject_error("POST", path, status=403, code=50013, message="Missing Permissions", times=None)
    await camp.until(9)
    [told] = [words(one) for one in camp.said("staff", who="chen")]
    assert "could not be delivered" in told
    assert "Missing Permissions" in told
    assert "Write three lines." in told


# --- messages, reactions, polls ---------------------------------------------------------------------------------------


async def test_a_word_is_answered_for_a_minute(camp: Camp) -> None:
    said = await camp.says("ada", "打卡")
    [answer] = [one for one in camp.said(who="ben") if words(one) == CHECKED_IN]
    assert answer.reference
    assert answer.reference.message_id == said.id
    await camp.passes(minutes=1)
    assert [words(one) for one in camp.said(who="ben")] == ["**Check-in, Mon, 1 Mar** · 1 so far\nAda"]


async def test_a_reaction_earns_as_long_as_it_stays(open_camp: Open) -> None:
    camp = await open_camp(rules=RULED)
    await camp.says("ben", "hi")
    said = await camp.says("ada", "hello")
    for is_there, points in ((True, "2 points"), (False, "0 points"), (True, "2 points")):
        await camp.reacts("ben", said, "👍", on=is_there)
        assert f"**{points}**" in await camp.points("ada")


async def test_what_a_message_earned_stays_when_it_is_edited_and_goes_when_it_is_deleted(camp: Camp) -> None:
    said = await camp.says("ada", THOUGHT)
    await camp.person("ada").edit(said, "ok")
    await camp.settle()
    assert "**1 point**" in await camp.points("ada")
    await camp.person("ada").delete(said)
    await camp.settle()
    assert "**0 points**" in await camp.points("ada")


async def test_votes_in_a_poll_by_name_earn_until_it_ends(open_camp: Open) -> None:
    camp = await open_camp(rules=VOICE, rituals=by_name())
    for who in ("ada", "ben"):
        await camp.says(who, "hi")
    await camp.until(9)
    [post] = [one for one in camp.said() if one.poll]
    assert post.poll
    assert [answer.text for answer in post.poll.answers] == ["Titles", "Covers", "Topics"]
    assert post.pinned
    for who, answer in (("ada", 1), ("ben", 2)):
        await camp.person(who).vote(post, answer=answer)
        await camp.settle()
        assert "**3 points**" in await camp.points(who)
    await camp.person("ben").remove_vote(post, answer=2)
    await camp.settle()
    assert "**0 points**" in await camp.points("ben")
    await camp.passes(days=1)
    [post] = [one for one in camp.said() if one.poll]
    assert post.poll
    assert post.poll.is_finalised()


# --- people -----------------------------------------------------------------------------------------------------------


async def test_who_comes_is_welcomed_and_who_has_left_is_off_the_board(open_camp: Open) -> None:
    camp = await open_camp(rules=GREET)
    zoe = camp.person("zoe")
    await camp.settle()
    assert [words(one) for one in camp.said()] == ["Welcome, Zoe!"]
    await camp.says("zoe", "打卡")
    await camp.says("ben", "打卡")
    assert "Zoe" in answered(await camp.asks("ada", "rank"))
    camp.guild.remove_member(zoe)
    await camp.settle()
    board = answered(await camp.asks("ada", "rank"))
    assert "Ben" in board
    assert "Zoe" not in board


async def test_levels_and_titles_are_roles_that_come_and_go(open_camp: Open) -> None:
    camp = await open_camp(rules=LEVELS)
    assert {"Newcomer", "Regular"} <= camp.guild.roles.keys()
    await camp.asks("ada", "checkin")
    assert await camp.roles("ada") == {"Regular", "🌟 Star of the week"}
    await camp.passes(days=4)
    assert await camp.roles("ada") == {"Regular"}


# --- after an absence -------------------------------------------------------------------------------------------------


async def test_what_was_said_while_the_connection_was_gone_is_answered(camp: Camp) -> None:
    await camp.is_cut_off()
    await camp.says("ada", "打卡")
    assert camp.said() == []
    await camp.is_back()
    answer, counter = (words(message) for message in camp.said(who="ben"))
    assert answer.startswith("Checked in! 1 day in a row.")
    assert "Ada" in counter
    assert "**5 points**" in await camp.points("ada")


async def test_what_was_said_while_no_process_ran_counts_for_when_it_was_said(camp: Camp) -> None:
    day = timedelta(days=1).total_seconds()
    await camp.restarts(meanwhile=lambda: camp.person("ada").send(camp.room("main"), "打卡"), away=day)
    assert answered(await camp.asks("ada", "checkin")).startswith("Checked in! 2 days in a row.")
