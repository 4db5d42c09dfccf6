"""Forms: conversations that ask for one thing after the other, in private and in a group."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from bot.domain.events import Attachment, ButtonPressed, CommandInvoked, Event, FormSubmitted, MessagePosted, Quoted
from bot.domain.ids import EventKey
from bot.domain.places import Actor, Address
from bot.domain.traits import Can, Traits
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.forms import open_form
from bot.engine.forms_shape import FormField
from bot.features import FEATURES
from storage.forms import form_session
from storage.tables import outbox
from tests.community import COURSE, Community

LIVE = """
live:
  every: wednesday
  at: 20:00
  do: live_qa
"""
CONTEST = """
weekly_pk:
  every: monday
  at: 09:00
  do: contest
  title: {zh: 标题 PK 赛, en: Title contest}
"""
CHINESE = COURSE.replace("language: en", "language: zh-CN")
ELSEWHERE = COURSE.replace("kind: main, local: main", "kind: main, local: main, telegram: -100")
QUESTION = "How do I find a title that says what is in it?"
PRIVATE = Address(platform="elsewhere", chat="42", private=True)
PICTURE = Attachment(name="a.png", media_type="image/png", size=3, ref="ref-a")


def making(taken: list[FormSubmitted]) -> Sequence[Feature]:
    """All features, and one with a form of every kind of field."""
    feature = Feature("trial")

    @feature.command("trial")
    def trial(ctx: Context, cmd: CommandInvoked) -> None:
        open_form(ctx, "trial")

    fields = (
        FormField(id="title", max_length=20),
        FormField(id="mood", kind="choice", options=("good", "bad")),
        FormField(id="proof", kind="files", max_files=2),
        FormField(id="note", is_optional=True),
    )

    @feature.form("trial", fields=fields)
    def handed_in(ctx: Context, form: FormSubmitted) -> None:
        taken.append(form)
        ctx.reply("trial.thanks")

    return (*FEATURES, feature)


def able(course: Community, platform: str, can: Can = Can.BUTTONS | Can.REPLY) -> Community:
    """The same community, which knows what another platform can do."""
    voice = course.run.app.engine.voice
    voice._traits = {**voice._traits, platform: Traits(can=can)}
    return course


class Alone:
    """Grace, who talks with the bot in private on a platform of its own."""

    def __init__(self, course: Community) -> None:
        self.course = able(course, PRIVATE.platform)
        self.number = 0
        self.seen = 0
        self.last: dict[str, Any] = {}

    async def hands(self, *events: Event) -> str:
        """The core gets these; what it answers."""
        await self.course.run.app.sink(events)
        return await self.heard()

    async def heard(self) -> str:
        mine = select(outbox.c.id, outbox.c.message).where(outbox.c.platform == "elsewhere").order_by(outbox.c.id)
        rows = [row for row in await self.course.rows(mine) if row.id > self.seen]
        self.seen = max((row.id for row in rows), default=self.seen)
        self.last = rows[-1].message if rows else self.last
        return "\n".join("".join(span["text"] for span in _spans(row.message)) for row in rows)

    def common(self) -> dict[str, Any]:
        self.number += 1
        actor = Actor(platform="elsewhere", user="7", name="Grace", language="en")
        return {
            "key": EventKey(f"elsewhere:{self.number}"),
            "at": self.course.now,
            "actor": actor,
            "address": PRIVATE,
            "message": str(self.number),
        }

    def writing(self, text: str = "", *files: Attachment) -> MessagePosted:
        return MessagePosted(text=text, attachments=files, **self.common())

    def command(self, name: str, text: str = "", **more: Any) -> CommandInvoked:
        return CommandInvoked(name=name, text=text, **more, **self.common())

    def pressing(self, label: str) -> ButtonPressed:
        buttons = {button["label"]: button["command"] for button in self.last["buttons"]}
        return ButtonPressed(command=buttons[label], interaction=f"i{self.number}", **self.common())

    async def writes(self, text: str = "", *files: Attachment) -> str:
        return await self.hands(self.writing(text, *files))

    async def commands(self, name: str, text: str = "", **more: Any) -> str:
        return await self.hands(self.command(name, text, **more))

    async def presses(self, label: str) -> str:
        return await self.hands(self.pressing(label))

    @property
    def labels(self) -> list[str]:
        return [button["label"] for button in self.last["buttons"]]


def _spans(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [span if isinstance(span, dict) else {"text": span[0]} for span in message["body"]]


async def prompt_of(course: Community, who: str = "ada") -> int:
    """The number of the newest message of the bot that this person sees."""
    return [message.number for message in await course.messages(who) if message.author == "bot"][-1]


async def replies(course: Community, who: str, text: str, **more: Any) -> str:
    """Answers the newest message of the bot; what only that person is told."""
    prompt = await prompt_of(course, who)
    before = {message.number for message in await course.messages(who)}
    await course.types(who, text, reply_to=prompt, **more)
    heard = [m for m in await course.messages(who) if m.number not in before and m.only_for == who]
    return "\n".join(message.text for message in heard)


async def sessions(course: Community) -> list[Any]:
    return await course.rows(select(form_session))


@pytest.fixture
async def live(open_community) -> Community:
    course: Community = await open_community(rituals=LIVE)
    return course


# --- in a group -------------------------------------------------------------------------------------------------------


async def test_a_question_is_asked_for_and_taken_by_reply(live: Community) -> None:
    assert await live.answer("ada", "/ask live") == (
        "What would you like to ask at the live Q&A?\nOne message, at most 500 characters.\n"
        "Answer by replying to this message."
    )
    answered = await replies(live, "ada", QUESTION)
    assert answered.startswith("Noted: your question is number 1.\nThe next live Q&A: Wed, 3 Mar")
    assert QUESTION in await live.answer("ada", "/live")
    assert await sessions(live) == []


@pytest.mark.every_platform
async def test_wherever_the_course_lives_what_is_filled_in_is_the_answer(open_community) -> None:
    live = await open_community(rituals=LIVE)
    await live.fills_in("ada", "/ask live", QUESTION)
    assert QUESTION in await live.answer("ada", "/live")


@pytest.mark.every_platform
@pytest.mark.needs("forms as conversations")
async def test_wherever_the_course_lives_who_is_asked_can_say_no(open_community) -> None:
    live = await open_community(rituals=LIVE)
    await live.types("ada", "/ask live")
    assert "is cancelled" in await live.answer("ada", "/cancel")


async def test_the_same_in_chinese(open_community) -> None:
    live = await open_community(rituals=LIVE, course=CHINESE)
    assert await live.answer("ada", "/ask live") == (
        "想在直播答疑里问什么？\n写一条消息就行，最多 500 字。\n请直接回复这条消息。"
    )
    assert (await replies(live, "ada", "标题怎么写才不像广告？")).startswith("记下了，第 1 号问题。")
    assert await live.answer("ada", "/ask live")
    assert await replies(live, "ada", "取消") == "已取消“直播提问”，什么都没交。想重新来，发 /live_ask。"


async def test_in_a_group_only_a_reply_to_the_question_by_who_was_asked_is_the_answer(live: Community) -> None:
    other = await live.types("ben", "Good morning, all of you")
    await live.types("ada", "/ask live")
    await live.types("ada", "I am only talking here")
    await live.types("ada", "And I am answering Ben", reply_to=other)
    await live.types("ada", "打卡")
    assert "Checked in" in "\n".join(await live.said("ada"))
    assert len(await sessions(live)) == 1
    await live.types("ben", "/ask live")
    hers = (await sessions(live))[0]
    await replies(live, "ben", "What does Ben want to know about it?")
    assert [row.token for row in await sessions(live)] == [hers.token]
    assert "Your questions" not in await live.answer("ada", "/live")
    assert "What does Ben" in (await live.answer("ben", "/live")).partition("Your questions")[2]


async def test_a_reply_to_something_else_that_the_bot_said_is_ordinary_talk(live: Community) -> None:
    await live.types("ada", "/points")
    points = await prompt_of(live)
    await live.types("ada", "/ask live")
    await live.types("ada", "That is more than I thought", reply_to=points)
    assert len(await sessions(live)) == 1
    assert "That is more" not in await live.answer("ada", "/live")


async def test_a_word_that_means_a_command_is_an_answer_where_it_replies_to_the_question(live: Community) -> None:
    await live.types("ada", "/ask live")
    assert "Noted" in await replies(live, "ada", "打卡")


async def test_what_is_wrong_is_said_and_asked_again(live: Community) -> None:
    await live.types("ada", "/ask live")
    too_long = await replies(live, "ada", "x" * 501)
    assert too_long.startswith("That is too long: 501 characters, and at most 500 fit.\nWhat would you like to ask")
    assert (await replies(live, "ada", "\u200b\u3164")).startswith("I need it in words here.\n")
    assert "Noted" in await replies(live, "ada", QUESTION)


async def test_what_a_feature_refuses_is_said_and_asked_again(live: Community) -> None:
    await live.types("ada", f"/ask live {QUESTION}")
    await live.types("ada", "/ask live")
    refused = await replies(live, "ada", QUESTION)
    assert refused.startswith("You have asked this already: it is number 1.\nWhat would you like to ask")
    assert "Noted" in await replies(live, "ada", "Something else that I do not know")


async def test_a_form_is_cancelled_by_button_command_or_word(live: Community) -> None:
    cancelled = "“A question for the live Q&A” is cancelled and nothing was handed in. To begin again: /live_ask"
    await live.types("ada", "/ask live")
    assert await live.presses("ada", "Cancel") == cancelled
    await live.types("ada", "/ask live")
    assert await live.answer("ada", "/cancel") == cancelled
    await live.types("ada", "/ask live")
    assert await live.answer("ada", "取消") == cancelled
    assert await sessions(live) == []
    assert await live.answer("ada", "/cancel") == "There is nothing to cancel."
    assert await live.answer("ada", "取消") == ""  # said to somebody else
    assert await live.presses("ada", "Cancel") == "This has ended, or it is somebody else's."


async def test_a_form_that_waited_too_long_has_expired(live: Community) -> None:
    await live.types("ada", "/ask live")
    await live.passes(hours=1)
    assert await replies(live, "ada", QUESTION) == (
        "“A question for the live Q&A” has expired, and this message was not handed in. Start again with /live_ask."
    )
    assert await sessions(live) == []
    assert "Your questions" not in await live.answer("ada", "/live")


async def test_each_step_gives_it_another_hour(live: Community) -> None:
    await live.types("ada", "/ask live")
    await live.passes(minutes=50)
    await replies(live, "ada", "x" * 501)
    await live.passes(minutes=50)
    assert "Noted" in await replies(live, "ada", QUESTION)


async def test_nobody_is_asked_where_nothing_is_to_come(course: Community) -> None:
    assert await course.answer("ada", "/ask live") == "This course has no live Q&A sessions."
    assert (
        await course.answer("ada", "/enter")
        == "There is no contest now. When the next one opens, the group will hear of it."
    )
    assert await sessions(course) == []


async def test_another_form_takes_the_place_of_one_that_was_begun(open_community) -> None:
    course = await open_community(rituals=LIVE + CONTEST)
    await course.until(9)
    await course.types("ada", "/enter")
    await replies(course, "ada", "Three hundred yuan")
    assert (await course.answer("ada", "/ask live")).startswith(
        "What you had begun in “Your work for the contest” is dropped; this takes its place.\nWhat would you like"
    )
    assert "Noted" in await replies(course, "ada", QUESTION)


async def test_a_work_is_handed_in_by_several_replies_and_a_press(open_community) -> None:
    course = await open_community(rituals=CONTEST)
    await course.until(9)
    asked = await course.answer("ada", "/enter")
    assert asked.startswith("Send me your work for the contest.\n")
    assert "Done" not in [button.label for button in (await course.messages("ada"))[-1].buttons]
    assert "So far: Three hundred yuan" in await replies(course, "ada", "Three hundred yuan")
    assert "So far: Three hundred yuan and a room" in await replies(course, "ada", "and a room")
    assert (await course.presses("ada", "Done") or "").startswith("Your work takes part in: Title contest.")
    assert "Three hundred yuan and a room" in await course.answer("ada", "/contest")


async def test_whoever_deletes_the_work_takes_it_back(open_community) -> None:
    course = await open_community(rituals=CONTEST)
    await course.until(9)
    await course.types("ada", "/enter")
    await replies(course, "ada", "Three hundred yuan")
    work = (await course.messages("ada"))[-2].number
    await course.presses("ada", "Done")
    await course.deletes("ada", work)
    assert "Three hundred" not in await course.answer("ada", "/contest")


# --- in private -------------------------------------------------------------------------------------------------------


async def filled(grace: Alone) -> str:
    """All of the trial form; what it shows in the end."""
    await grace.commands("trial")
    await grace.writes("My title")
    await grace.presses("form.trial.mood.bad")
    await grace.writes("", PICTURE)
    await grace.presses("Done")
    return await grace.presses("Skip")


async def test_in_private_all_that_is_written_is_the_answer(open_community) -> None:
    taken: list[FormSubmitted] = []
    grace = Alone(await open_community(features=making(taken)))
    assert await grace.commands("trial") == "form.trial (1 of 4)\nform.trial.title\nform.trial.title.hint"
    assert (await grace.writes("打卡")).startswith("form.trial (2 of 4)\nform.trial.mood\n")
    assert grace.labels == ["form.trial.mood.good", "form.trial.mood.bad", "Back", "Cancel"]
    assert "form.trial.proof" in await grace.presses("form.trial.mood.bad")
    assert "So far: 2 files" in await grace.writes("look", PICTURE, PICTURE)
    assert "form.trial.note" in await grace.presses("Done")
    summary = await grace.presses("Skip")
    assert summary == (
        "form.trial\nPlease look it over before you send it:\n1. form.trial.title\n打卡\n"
        "2. form.trial.mood\nform.trial.mood.bad\n3. form.trial.proof\n2 files\n4. form.trial.note\n(left out)"
    )
    assert grace.labels == ["Send", "Change 1", "Change 2", "Change 3", "Change 4", "Cancel"]
    assert await grace.presses("Send") == "trial.thanks"
    [form] = taken
    assert form.fields == {"title": "打卡", "mood": "bad"}
    assert form.files == {"proof": (PICTURE, PICTURE)}
    assert await sessions(grace.course) == []


async def test_what_was_given_can_be_changed_before_it_is_sent(open_community) -> None:
    taken: list[FormSubmitted] = []
    grace = Alone(await open_community(features=making(taken)))
    await filled(grace)
    assert "form.trial.title" in await grace.presses("Change 1")
    assert "1. form.trial.title\nAnother title" in await grace.writes("Another title")
    assert "form.trial.proof" in await grace.presses("Change 3")
    assert grace.labels == ["Back", "Cancel"]
    await grace.writes("", PICTURE)
    assert "Please look it over" in await grace.presses("Done")
    assert (await grace.writes("what now?")).startswith("Everything is filled in.")
    assert await grace.writes("send") == "trial.thanks"
    assert taken[0].fields == {"title": "Another title", "mood": "bad"}


async def test_one_can_go_back(open_community) -> None:
    grace = Alone(await open_community(features=making([])))
    await grace.commands("trial")
    await grace.writes("My title")
    assert "form.trial.title" in await grace.presses("Back")
    assert "form.trial.mood" in await grace.writes("A better one")


async def test_commands_work_in_the_middle_and_the_form_goes_on(open_community) -> None:
    grace = Alone(await open_community(features=making([])))
    await grace.commands("trial")
    assert "You have 0 points" in await grace.commands("points")
    assert "form.trial.mood" in await grace.writes("My title")


async def test_a_restart_at_any_step_loses_nothing(open_community) -> None:
    taken: list[FormSubmitted] = []
    steps: list[Any] = [("My title",), ("bad",), ("", PICTURE), ("done",), ("A note",), ("send",)]
    grace = Alone(await open_community(features=making(taken)))
    await grace.commands("trial")
    for step in steps:
        assert taken == []
        grace.course = able(await open_community(features=making(taken)), PRIVATE.platform)
        await grace.writes(*step)
    [form] = taken
    assert form.fields == {"title": "My title", "mood": "bad", "note": "A note"}
    assert form.files == {"proof": (PICTURE,)}


async def test_what_is_delivered_twice_counts_once(open_community) -> None:
    taken: list[FormSubmitted] = []
    grace = Alone(await open_community(features=making(taken)))
    await grace.commands("trial")
    title = grace.writing("My title")
    await grace.hands(title)
    assert await grace.hands(title) == ""
    good = grace.pressing("form.trial.mood.good")
    await grace.hands(good, good)
    picture = grace.writing("", PICTURE)
    await grace.hands(picture)
    await grace.hands(picture)
    first, second = grace.pressing("Done"), grace.pressing("Done")
    await grace.hands(first)
    assert await grace.hands(second) == "That step is done; please go on from the newest message."
    await grace.writes("A note")
    first, second = grace.pressing("Send"), grace.pressing("Send")
    assert "trial.thanks\nThis has ended" in await grace.hands(first, second)
    [form] = taken
    assert form.files == {"proof": (PICTURE,)}


async def test_a_batch_that_opens_a_form_and_answers_it_is_taken_in_order(open_community) -> None:
    grace = Alone(await open_community(features=making([])))
    heard = await grace.hands(grace.command("trial"), grace.writing("My title"), grace.writing("good"))
    assert heard.endswith("form.trial (3 of 4)\nform.trial.proof\nform.trial.proof.hint")


async def test_in_private_too_what_has_expired_is_said_once(open_community) -> None:
    grace = Alone(await open_community(features=making([])))
    await grace.commands("trial")
    await grace.course.passes(hours=1)
    expired = "“form.trial” has expired, and this message was not handed in. Start again with /trial."
    assert await grace.writes("My title") == expired
    assert "I only understand commands" in await grace.writes("My title")
    assert await grace.writes("Hello?") == ""  # once an hour


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("", "I need it in words here."),
        ("\x00\ud800", "form.trial (2 of 4)"),
        ("{name} **x** `y` {{", "form.trial (2 of 4)"),
        ("x" * 100_000, "That is too long: 100000 characters"),
        ("/etc/passwd; DROP TABLE", "That is too long"),
    ],
)
async def test_hostile_words_are_words(open_community, said: str, answer: str) -> None:
    grace = Alone(await open_community(features=making([])))
    await grace.commands("trial")
    assert (await grace.writes(said)).startswith(answer)


@pytest.mark.parametrize(
    "command",
    [
        "",
        "x",
        "{token} 9 send",
        "{token} 0 send",
        "{token} 0 pick 1",
        "{token} 0 change 1",
        "{token} 0 skip",
        "x 0 back",
    ],
)
async def test_a_command_that_no_button_has_hands_nothing_in(open_community, command: str) -> None:
    taken: list[FormSubmitted] = []
    grace = Alone(await open_community(features=making(taken)))
    await grace.commands("trial")
    [session] = await sessions(grace.course)
    await grace.commands("form", command.format(token=session.token))
    [left] = await sessions(grace.course)
    assert (left.step, left.answers, taken) == (0, {}, [])


async def test_files_where_words_are_asked_for_are_refused_aloud(open_community) -> None:
    grace = Alone(await open_community(features=making([])))
    await grace.commands("trial")
    assert (await grace.writes("", PICTURE)).startswith("I need it in words here.")
    assert (await grace.writes("My title", PICTURE)).startswith("Only your words were taken here, not the files.")
    assert (await grace.writes("so so")).startswith("That is none of the choices: form.trial.mood.good")
    await grace.writes("2")
    assert (await grace.writes("no picture")).startswith("I need a file or a picture here.")
    assert (await grace.writes("", PICTURE, PICTURE, PICTURE)).startswith("Too many files: at most 2.")


async def test_a_platforms_own_form_is_taken_by_the_same_handler(open_community) -> None:
    grace = Alone(await open_community(rituals=LIVE))

    def submitted(text: str) -> FormSubmitted:
        return FormSubmitted(form="live_ask", fields={"question": text}, **grace.common())

    assert (await grace.hands(submitted(QUESTION))).startswith("Noted: your question is number 1.")
    assert await grace.hands(submitted("")) == "I need it in words here."
    unknown = FormSubmitted(form="nothing", fields={}, **grace.common())
    assert await grace.hands(unknown) == "This form is no longer there, so nothing was handed in."


async def test_a_link_opens_a_form_and_asks_nothing_by_itself(open_community) -> None:
    grace = Alone(await open_community(rituals=LIVE))
    heard = await grace.commands("ask", "live I never wrote this", via="link")
    assert heard.startswith("What would you like to ask")
    assert "never wrote" not in await grace.commands("live")


# --- on a platform that can't whisper, and opens the reply to a question ----------------------------------------------


async def test_in_a_group_that_cannot_whisper_the_question_opens_a_reply(open_community) -> None:
    grace = Alone(await open_community(rituals=LIVE, course=ELSEWHERE))
    able(grace.course, "telegram", Can.BUTTONS | Can.REPLY | Can.ASK | Can.PRIVATE)
    group = Address(platform="telegram", chat="-100")
    ada = Actor(platform="telegram", user="5", name="Ada")
    at = grace.course.now

    def said(number: int) -> dict[str, Any]:
        return {"key": EventKey(f"telegram:{number}"), "at": at, "actor": ada, "address": group, "message": str(number)}

    async def heard() -> list[dict[str, Any]]:
        rows = await grace.course.rows(
            select(outbox.c.message).where(outbox.c.platform == "telegram").order_by(outbox.c.id)
        )
        return [row.message for row in rows]

    await grace.course.run.app.sink([CommandInvoked(name="ask", text="live", **said(1))])
    [prompt] = await heard()
    assert (prompt["asks"], prompt.get("only_for"), prompt["reply_to"], prompt.get("buttons", [])) == (
        True,
        None,
        "1",
        [],
    )
    assert "".join(span["text"] if isinstance(span, dict) else span[0] for span in prompt["body"]).endswith(
        "Answer by replying to this message.\nTo stop, reply: cancel"
    )
    ours = Quoted(user="bot", text="What would you like to ask", is_ours=True)
    await grace.course.run.app.sink([MessagePosted(text=QUESTION, reply_to="900", quoted=ours, **said(2))])
    assert "your question is number 1" in str((await heard())[-1])


# --- the cost ---------------------------------------------------------------------------------------------------------


async def test_plain_messages_of_a_group_ask_for_no_form(course: Community) -> None:
    asked: list[str] = []
    event.listen(
        course.run.app.database.engine, "before_cursor_execute", lambda *args: asked.append(" ".join(args[2].split()))
    )
    at = course.now
    ada = Actor(platform="local", user="ada", name="Ada", handle="ada")
    main = Address(platform="local", chat="main")
    batch = [
        MessagePosted(key=EventKey(f"plain:{n}"), at=at + timedelta(seconds=n), actor=ada, address=main,
                      message=str(1000 + n), text=f"Plain talk {n}", reply_to="1")
        for n in range(5)
    ]  # fmt: skip
    await course.run.app.sink(batch)
    assert [said for said in asked if said.startswith("SELECT") and "FROM form_session" in said] == []
