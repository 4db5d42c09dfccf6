"""Answers to Discord's interactions: once, for one person's eyes, and whatever was forgotten or lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import structs

from adapters.discord.answers import read_word
from adapters.discord.payloads import data_of
from bot.domain.errors import NotSent, Refused, Unknown
from bot.domain.messages import Button, Field, Sheet, Span
from tests.adapters.discord_out import Out, going_out
from tests.fakes.discord import PNG
from tests.fakes.discord.faults import Kind
from tests.wired import Naps

CALLBACK = "POST /interactions/*/callback"
SHEET = Sheet(
    name="homework",
    title="Day 3",
    fields=(Field(id="text", label="Your pages", max_length=2000),),
    command="homework day-3 " + "x" * 100,
    open_label="Write",
)
GO = Button(label="Go", command="help")


@pytest.fixture
async def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Out]:
    async with going_out(tmp_path, monkeypatch) as made:
        yield made


async def typed(out: Out) -> int:
    """Ada has typed a command."""
    path = "/applications/{application_id}/commands"
    command = {"name": "me", "description": "about you", "type": 1}
    await out.client.call("PUT", path, json=[command], application_id=out.client.application)
    return out.discord.types_command(out.ada, out.main, "me")


async def pressed(out: Out) -> int:
    """Ada has pressed a button of a message that everybody sees."""
    id = await out.says("For all", buttons=(GO,))
    return out.discord.presses(out.ada, out.main, int(id), "Go")


async def handed_in(out: Out) -> int:
    """Ada has filled in a form."""
    asked = await typed(out)
    await out.answer(asked, sheet=SHEET)
    out.given.clear()
    return out.discord.submits(out.ada, asked, {"Your pages": "Three of them."})


ACTS = [typed, pressed, handed_in]


@pytest.mark.parametrize("act", ACTS)
async def test_an_answer_is_for_who_acted_alone(out: Out, act) -> None:
    asked = await act(out)
    id = await out.answer(asked, "You have 5 *points*", buttons=(GO,))
    [seen] = out.discord.answers(asked)
    assert (seen.text, seen.is_ephemeral, str(seen.message and seen.message.id)) == (r"You have 5 \*points\*", True, id)
    assert out.given == [out.word(asked)]


@pytest.mark.parametrize("act", ACTS)
async def test_a_late_answer_takes_the_place_of_the_sign_that_we_think(out: Out, act) -> None:
    asked = await act(out)
    await out.answers.defer(out.word(asked))
    id = await out.answer(asked, "Done", files=(out.files.keep("a.png", "image/png", PNG),))
    assert out.seen(asked) == ["thinking", "message"]
    [seen] = [each.message for each in out.discord.answers(asked)[1:]]
    assert seen is not None
    assert (seen.is_ephemeral, seen.content, len(seen.files), str(seen.id)) == (True, "Done", 1, id)
    assert len(out.discord.asked("POST /interactions/{interaction}/{token}/callback")) == (2 if act is handed_in else 1)


@pytest.mark.parametrize("act", ACTS)
async def test_a_restart_after_the_sign_that_we_think_is_not_noticed(out: Out, act) -> None:
    asked = await act(out)
    await out.answers.defer(out.word(asked))
    out.restarts()
    out.clock.passes(minutes=14)
    await out.answer(asked, "Done")
    assert out.seen(asked) == ["thinking", "message"]
    assert out.discord.told(asked) == ["Done"]


@pytest.mark.parametrize("act", ACTS)
async def test_an_answer_whose_reply_was_lost_is_not_given_twice(out: Out, act) -> None:
    asked = await act(out)
    out.discord.fail(CALLBACK, "lost_reply")
    message = out.message("Done", answers=out.word(asked))
    with pytest.raises(Unknown):
        await out.answers.give(message)
    assert out.given == []
    await out.answers.give(message)
    assert out.discord.told(asked) == ["Done"]
    assert out.given == [out.word(asked)]


async def test_a_second_answer_does_not_write_over_the_first(out: Out) -> None:
    asked = await typed(out)
    await out.answer(asked, "One")
    await out.answer(asked, "Two")
    assert out.discord.told(asked) == ["One", "Two"]
    assert all(each.is_ephemeral for each in out.discord.answers(asked))


async def test_the_parts_of_a_long_answer_follow_each_other(out: Out) -> None:
    asked = await typed(out)
    await out.answers.defer(out.word(asked))
    for number in range(3):
        await out.answer(asked, f"Part {number}", is_more=number > 0)
    assert out.discord.told(asked) == ["Part 0", "Part 1", "Part 2"]
    assert all(each.is_ephemeral for each in out.discord.answers(asked))
    assert len(out.given) == 1


async def test_a_further_part_that_may_be_there_is_not_said_twice(out: Out) -> None:
    asked = await typed(out)
    await out.answer(asked, "One")
    out.discord.fail("POST /webhooks/*", "lost_reply")
    part = out.message("Two", answers=out.word(asked), is_more=True)
    with pytest.raises(Unknown):
        await out.answers.give(part)
    with pytest.raises(Refused, match="may be there already"):
        await out.answers.give(structs.replace(part, is_unsure=True))
    assert out.discord.told(asked) == ["One", "Two"]


# --- silence ----------------------------------------------------------------------------------------------------------


async def test_a_press_without_an_answer_leaves_the_message_as_it_is(out: Out) -> None:
    asked = await pressed(out)
    out.discord.fail(CALLBACK, "lost_reply")
    message = out.message(answers=out.word(asked))
    with pytest.raises(Unknown):
        await out.answers.give(message)
    await out.answers.give(message)
    assert out.seen(asked) == ["silently"]
    assert out.said() == ["For all"]


async def test_words_after_silence_are_no_change_of_what_everybody_sees(out: Out) -> None:
    asked = await pressed(out)
    await out.answer(asked)
    await out.answer(asked, "For you")
    assert out.discord.last(out.ada, out.main).is_ephemeral
    assert out.said() == ["For all", "For you"]


@pytest.mark.parametrize("act", [typed, handed_in])
async def test_where_nothing_is_said_nothing_stays(out: Out, act) -> None:
    asked = await act(out)
    await out.answer(asked)
    assert out.discord.told(asked) == []
    assert out.said() == []


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("restarts", [True, False])
async def test_the_sign_that_we_think_goes_where_nothing_is_said(out: Out, act, restarts: bool) -> None:
    asked = await act(out)
    await out.answers.defer(out.word(asked))
    if restarts:
        out.restarts()
    await out.answer(asked)
    assert out.discord.told(asked) == []
    assert out.said() == (["For all"] if act is pressed else [])


# --- thinking ---------------------------------------------------------------------------------------------------------


async def test_a_sign_that_comes_after_the_answer_is_nothing(out: Out) -> None:
    asked = await typed(out)
    await out.answer(asked, "Done")
    await out.answers.defer(out.word(asked))
    assert out.seen(asked) == ["message"]


async def test_who_sends_the_sign_away_is_told_all_the_same(out: Out) -> None:
    asked = await typed(out)
    await out.answers.defer(out.word(asked))
    out.discord.fail("PATCH /webhooks/*/messages/@original", "refused", status=404, code=10008)
    await out.answer(asked, "Done")
    assert out.discord.told(asked) == ["Done"]


@pytest.mark.parametrize("kind", ["closed", "slow"])
async def test_the_sign_that_we_think_does_not_wait_for_an_answer_that_takes_long(
    out: Out, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = await typed(out)
    monkeypatch.setattr("tests.fakes.discord.faults.asyncio", hanging := Naps())
    hanging.hold()
    out.discord.fail(CALLBACK, kind)
    message = out.message("Done", answers=out.word(asked))
    answering = asyncio.create_task(out.answers.give(message))
    await out.discord.until(lambda: hanging.asleep)
    async with asyncio.timeout(5):
        await out.answers.defer(out.word(asked))
    assert not answering.done()
    hanging.wake()
    if kind == "closed":
        with pytest.raises(Unknown):
            await answering
        await out.answers.give(structs.replace(message, is_unsure=True))
    else:
        await answering
    assert out.discord.told(asked) == ["Done"]


# --- forms ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", [typed, pressed])
async def test_a_form_opens_at_once(out: Out, act) -> None:
    asked = await act(out)
    await out.answer(asked, sheet=SHEET)
    assert out.discord.modal(asked)["title"] == "Day 3"


@pytest.mark.parametrize("act", [typed, pressed])
async def test_a_form_that_comes_late_is_a_button_that_opens_it(out: Out, act) -> None:
    asked = await act(out)
    await out.answers.defer(out.word(asked))
    out.restarts()
    await out.answer(asked, sheet=SHEET)
    message = out.discord.answers(asked)[-1].message
    assert message is not None
    assert (message.content, message.is_ephemeral, out.discord.labels(message)) == ("**Day 3**", True, ["Write"])
    assert await out.store.get("button", data_of(SHEET.command)) == {"command": SHEET.command}


async def test_a_form_after_a_form_is_a_button_below_what_is_said(out: Out) -> None:
    asked = await handed_in(out)
    await out.answer(asked, body=(Span("Not yet."),), sheet=SHEET)
    [seen] = out.discord.answers(asked)
    assert seen.text == "Not yet."
    assert seen.message
    assert out.discord.labels(seen.message) == ["Write"]


async def test_a_form_whose_reply_was_lost_is_open(out: Out) -> None:
    asked = await typed(out)
    out.discord.fail(CALLBACK, "lost_reply")
    message = out.message(answers=out.word(asked), sheet=SHEET)
    with pytest.raises(Unknown):
        await out.answers.give(message)
    await out.answers.give(message)
    assert out.seen(asked) == ["modal"]


# --- too late ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_more", [True, False])
async def test_after_a_quarter_of_an_hour_nobody_waits(out: Out, is_more: bool) -> None:
    asked = await typed(out)
    await out.answers.defer(out.word(asked))
    out.clock.passes(minutes=15, seconds=1)
    with pytest.raises(Refused) as refused:
        await out.answer(asked, "Done", is_more=is_more)
    assert refused.value.why == "late"
    assert out.given == ([] if is_more else [out.word(asked)])


async def test_what_was_not_acknowledged_in_time_is_over(out: Out) -> None:
    asked = await typed(out)
    out.discord.time_runs_out()
    with pytest.raises(Refused) as refused:
        await out.answer(asked, "Done")
    assert refused.value.why == "late"
    with pytest.raises(Refused):
        await out.answers.give(out.message("Done", answers="c:1"))


async def test_no_error_and_no_log_tells_the_token(out: Out, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    asked = await typed(out)
    token = read_word(out.word(asked)).token
    errors = []
    for fault in ("closed", "lost_reply", "html", "malformed"):
        out.discord.fail("* /*", fault)
        try:
            await out.answer(asked, "Done")
        except (Unknown, Refused, NotSent) as error:
            errors.append(f"{error!r} {error}")
    assert len(errors) >= 2
    assert token not in " ".join(errors) + caplog.text


async def test_who_waits_for_what_discord_does_not_take_is_told_that_it_did_not_work(out: Out) -> None:
    asked = await typed(out)
    out.discord.fail(CALLBACK, "refused", status=400, code=50035)
    with pytest.raises(Refused):
        await out.answer(asked, "Something that can't be said")
    assert out.discord.told(asked) == ["⚠️"]
    assert out.given
