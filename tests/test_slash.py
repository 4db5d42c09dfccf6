"""What a platform's own command box offers, what it suggests, and what is done with what it hands over."""

import itertools
import re
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.domain.events import CommandInvoked, Quoted
from bot.domain.ids import LANGUAGES, EventKey, Language
from bot.domain.places import Address
from bot.domain.ports import Asked, Parameter, SlashCommand
from bot.engine.feature import Registry
from bot.features import FEATURES
from bot.slash import slash_commands_of
from bot.suggesting import Suggesting
from bot.texts.catalogue import Catalogues
from storage.tables import member, outbox
from tests.community import COURSE, RULES, Community

REGISTRY, TEXTS = Registry(FEATURES), Catalogues()
COMMANDS = {command.name: command for command in slash_commands_of(REGISTRY, TEXTS)}
NAME = re.compile(r"[-_'\w]{1,32}")
LIVE = "live:\n  every: wednesday\n  at: 20:00\n  do: live_qa\n"
QUESTION = "How do I find a title that says what is in it?"
_numbers = itertools.count(1)

# --- what is offered --------------------------------------------------------------------------------------------------


def test_every_command_that_people_are_told_of_is_offered() -> None:
    listed = {command.name for command in REGISTRY.commands.values() if command.is_listed}
    assert set(COMMANDS) == listed | {"claim", "join"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_commands_and_no_two_parameters_of_one_have_the_same_name(language: Language) -> None:
    names = [command.names[language] for command in COMMANDS.values()]
    assert len(set(names)) == len(names)
    for command in COMMANDS.values():
        names = [one.names[language] for one in command.parameters]
        assert len(set(names)) == len(names), command.name


def test_names_are_words_and_what_they_mean_is_said_shortly() -> None:
    for command in COMMANDS.values():
        assert command.names["en"] == command.name
        parts: tuple[SlashCommand | Parameter, ...] = (command, *command.parameters)
        for one in parts:
            assert one.names["en"] == one.name
            for language in LANGUAGES:
                name = one.names[language]
                assert NAME.fullmatch(name), name
                assert name == name.lower(), name
                assert 1 <= len(one.about[language]) <= 100, (command.name, one.name)
                assert f"/{command.name} " not in one.about[language], (command.name, "a box needs no usage")


def test_parameters_that_must_be_there_come_first_as_in_the_words() -> None:
    for command in COMMANDS.values():
        optional = [one.is_optional for one in command.parameters]
        assert optional == sorted(optional), command.name


def test_what_parameters_suggest_somebody_offers() -> None:
    wanted = {one.suggests for command in REGISTRY.commands.values() for one in command.parameters if one.suggests}
    assert wanted == set(REGISTRY.suggesters)


def test_who_may_use_a_command_is_told_by_the_least_of_their_roles() -> None:
    least = {name: COMMANDS[name].least_role for name in ("checkin", "report", "grant", "claim", "bind", "unbind")}
    assert least == {
        "checkin": "student",
        "report": "assistant",
        "grant": "admin",
        "claim": "student",
        "bind": "admin",
        "unbind": "admin",
    }
    assert [name for name, command in COMMANDS.items() if not command.in_private] == ["bind", "unbind"]


def test_three_commands_stand_in_the_menu_of_a_message() -> None:
    menu = {name: command.on_message for name, command in COMMANDS.items() if command.on_message}
    assert menu == {
        "why": {"en": "Why?", "zh_Hans": "为什么得分"},
        "feature": {"en": "Feature this", "zh_Hans": "设为精选"},
        "ask": {"en": "Ask as question", "zh_Hans": "作为提问"},
    }
    assert [name for name, command in COMMANDS.items() if not command.is_typed] == ["feature"]


# --- what is handed over ----------------------------------------------------------------------------------------------


async def invokes(course: Community, who: str, name: str, text: str = "", *, room: str = "main", **more: Any) -> str:
    """Somebody uses the command box, or the menu of a message; what they alone are told."""
    before = {message.number for message in await course.messages(who, room)}
    event = CommandInvoked(
        key=EventKey(f"local:test:{next(_numbers)}"),
        at=course.now,
        actor=course.actor(who),
        address=course.address(room),
        name=name,
        text=text,
        **more,
    )
    await course.run.app.sink([event])
    await course.settle()
    heard = [m for m in await course.messages(who, room) if m.number not in before and m.author == "bot"]
    return "\n".join(message.text for message in heard)


async def chooses(course: Community, who: str, name: str, number: int, quoted: Quoted | None = None) -> str:
    """Somebody chooses a command in the menu of a message."""
    return await invokes(course, who, name, via="menu", reply_to=str(number), quoted=quoted)


def choosable() -> list[tuple[SlashCommand, str, str]]:
    return [
        (command, one.name, value)
        for command in COMMANDS.values()
        for one in command.parameters
        for value, _ in one.choices
    ]


_REST = {"privacy board": " off", "privacy praise": " off", "privacy name": " Tern", "live mark": " #1"}
_NOT_UNDERSTOOD = re.compile(r"Send it like this|is not a|I don't know|Which board")


@pytest.mark.parametrize(("command", "parameter", "value"), choosable())
async def test_every_choice_is_understood(course: Community, command: SlashCommand, parameter: str, value: str) -> None:
    await course.types("ada", "hello")
    who, room = ("ada", "main") if command.least_role == "student" else ("chen", "staff")
    text = f"{'writing ' if parameter == 'kind' else ''}{value}{_REST.get(f'{command.name} {value}', '')}"
    said = await invokes(course, who, command.name, text, room=room)
    assert said
    assert not _NOT_UNDERSTOOD.search(said), said


async def test_somebody_may_be_meant_by_their_account(course: Community) -> None:
    await course.types("ada", "hello")
    await course.types("ben", "hello")
    assert "Ada: +5" in await invokes(course, "chen", "grant", "<@ada> 5 helped 3 of us", room="staff")
    assert await course.points("ada") == 5
    assert await invokes(course, "lin", "tag", "<@!ada> +vip", room="staff") == "Ada: vip"
    assert "Your thanks to Ada" in await invokes(course, "ben", "thanks", "<@ada>")
    assert "I don't know that person yet" in await invokes(course, "ben", "thanks", "<@zoe>")
    await invokes(course, "chen", "grant", "#1 -2 a slip", room="staff")
    assert await course.points("ada") == 3


async def test_an_account_of_another_platform_is_somebody_else(course: Community) -> None:
    await course.types("ada", "hello")
    elsewhere = CommandInvoked(
        key=EventKey("other:1"),
        at=course.now,
        actor=course.actor("chen"),
        address=course.address("staff"),
        name="tag",
        text="<@other:ada>",
    )
    await course.run.app.sink([elsewhere])
    await course.settle()
    assert "I don't know that person yet" in (await course.said("chen", "staff"))[-1]


@pytest.mark.parametrize("text", ["@ada 5 helped", "@ada +5 helped", "Ada +5 helped", "#1 5 helped", "#1 +5 helped"])
async def test_points_behind_a_name_that_ends_with_them_need_no_sign(course: Community, text: str) -> None:
    await course.types("ada", "hello")
    await course.types("chen", f"/grant {text}", room="staff")
    assert await course.points("ada") == 5


async def test_a_number_may_be_part_of_a_name(course: Community) -> None:
    await course.welcomes("ada2", "Ada 2")
    await course.types("ada", "hello")
    await course.types("ada2", "hello")
    await course.types("chen", "/grant Ada 2 +7 helped", room="staff")
    assert (await course.points("ada"), await course.points("ada2")) == (0, 7)


# --- the menu of a message --------------------------------------------------------------------------------------------


@pytest.fixture
async def live(open_community) -> Community:
    rules = RULES + "asked:\n  when: question.asked\n  then: [award: 2]\n"
    course: Community = await open_community(rituals=LIVE, rules=rules)
    return course


async def live_questions(course: Community) -> str:
    return await course.answer("lin", "/live", room="staff")


async def questions(course: Community, who: str = "ada") -> str:
    return await course.answer(who, "/questions")


async def test_what_one_has_said_becomes_a_question(live: Community) -> None:
    number = await live.types("ada", QUESTION)
    said = await chooses(live, "ada", "ask", number, Quoted(user="ada", text=QUESTION))
    assert f"Got it. Your question is Q1: {QUESTION}" in said
    assert QUESTION in await questions(live)
    again = await chooses(live, "ada", "ask", number, Quoted(user="ada", text=QUESTION))
    assert again.startswith(TEXTS.say("en", "ask.again", number=1))
    assert "Q2" not in await questions(live)


async def test_staff_file_a_question_for_who_has_asked_it(live: Community) -> None:
    number = await live.types("ada", QUESTION)
    before = await live.points("ada")
    said = await chooses(live, "lin", "ask", number, Quoted(user="ada", text=QUESTION))
    assert said.endswith("Filed as Q1, asked by Ada; they have been told.")
    assert await live.points("ada") == before + 2
    assert any(f"Your question is Q1: {QUESTION}" in text for text in await live.said("ada"))
    assert "noted question 1 for Ada" in await live.answer("chen", "/audit", room="staff")
    assert await live.answer("ada", "/question Q1 withdraw") == "Q1 is withdrawn."
    [post] = [text for text in await live.said("ben") if "Q1" in text]
    assert "asked by Ada" not in post
    assert await live.points("ada") == before


async def test_students_do_not_ask_in_others_names(live: Community) -> None:
    number = await live.types("ada", QUESTION)
    said = await chooses(live, "ben", "ask", number, Quoted(user="ada", text=QUESTION))
    assert said.startswith("That is somebody else's message.")
    assert QUESTION not in await questions(live) + await questions(live, "ben")


async def test_what_is_said_among_staff_never_becomes_a_question(live: Community) -> None:
    number = await live.types("lin", QUESTION, room="staff")
    quoted = Quoted(user="lin", text=QUESTION)
    said = await invokes(live, "lin", "ask", room="staff", via="menu", reply_to=str(number), quoted=quoted)
    assert said.startswith("What is said here is for staff only")
    assert QUESTION not in "\n".join(await live.said("ada"))


async def test_ones_own_message_that_nobody_else_may_read_is_no_question(live: Community) -> None:
    number = await live.types("ada", QUESTION)
    await live.deletes("ada", number)
    said = await chooses(live, "ada", "ask", number, Quoted(user="ada", text=QUESTION))
    assert said.startswith("That message can't be a question")


async def test_what_is_no_question_is_not_put_on_the_list(live: Community) -> None:
    bots = await chooses(live, "lin", "ask", 1, Quoted(user="bot", text="Good morning", is_ours=True))
    assert bots.startswith("That message can't be a question")
    assert (await chooses(live, "ada", "ask", 1, Quoted(user="ada", text=" "))).startswith("There are no words")
    assert (await chooses(live, "ada", "ask", 1)).startswith("There are no words")


async def test_a_command_box_asks_for_the_question_alone(live: Community) -> None:
    await invokes(live, "ada", "ask", QUESTION, interaction="i1")
    assert QUESTION in await questions(live)
    await invokes(live, "ada", "ask", f"live {QUESTION}", interaction="i2")
    assert QUESTION in await live_questions(live)


@pytest.mark.every_platform
async def test_a_reply_asks_what_it_answers(open_community) -> None:
    live: Community = await open_community(rituals=LIVE)
    await live.types("ada", "/ask", reply_to=await live.types("ada", QUESTION))
    assert QUESTION in await live.answer("ada", "/questions", room=live.alone)
    assert QUESTION not in await live_questions(live)


@pytest.mark.every_platform
async def test_a_reply_asks_what_it_answers_at_the_live_session(open_community) -> None:
    live: Community = await open_community(rituals=LIVE)
    await live.types("ada", "/ask live", reply_to=await live.types("ada", QUESTION))
    assert QUESTION in await live_questions(live)


@pytest.mark.every_platform
async def test_why_explains_the_message_that_it_answers(open_community) -> None:
    course: Community = await open_community()
    await course.types("ben", "hello")
    first = await course.types("ada", "The way to begin is to begin with the second sentence.")
    await course.types("ada", "/checkin")
    await course.types("ada", "/why", reply_to=first)
    [told] = [text for text in await course.said("ada") if text.startswith("What came of this message\n")]
    assert "thoughtful: +1" in told
    assert "check-in" not in told.lower()


async def test_why_in_the_menu_is_for_the_author_and_for_staff(course: Community) -> None:
    number = await course.types("ada", "The way to begin is to begin with the second sentence.")
    assert "thoughtful: +1" in await chooses(course, "ada", "why", number)
    of_staff = await chooses(course, "lin", "why", number)
    assert of_staff.startswith("What came of this message of Ada\n")
    assert "thoughtful: +1" in of_staff
    assert (await chooses(course, "ben", "why", number)).startswith("You can see this for your own messages only.")
    assert (await chooses(course, "ben", "why", 999)).startswith("I have no record of that message")
    assert "Lin: looked up what the points of #1 Ada are for" in await course.answer("chen", "/audit", room="staff")
    short = await course.types("ada", "hm")
    assert "No rule speaks of this message." in await chooses(course, "ada", "why", short)


async def test_a_message_is_featured_from_its_menu(course: Community) -> None:
    number = await course.types("ada", "A line.")
    said = await chooses(course, "lin", "feature", number, Quoted(user="ada", text="A line."))
    assert "Ada's message is featured now." in said


# --- what is suggested ------------------------------------------------------------------------------------------------


async def suggested(
    course: Community, who: str, command: str, parameter: str, typed: str = "", *, room: str | None = "main"
) -> list[tuple[str, str]]:
    app = course.run.app
    where = course.address(room) if room else Address(platform="local", chat=who, private=True)
    asked = Asked(command=command, parameter=parameter, typed=typed, actor=course.actor(who), address=where)
    return list(await Suggesting(app.database, app.engine, app.clock)(asked))


async def test_staff_are_suggested_members_by_name_or_handle(course: Community) -> None:
    for who in ("ada", "ben", "lin"):
        await course.types(who, "hello")
    assert await suggested(course, "lin", "tag", "member", "AD", room="staff") == [("#1", "Ada @ada")]
    assert await suggested(course, "lin", "tag", "member", "@be", room="staff") == [("#2", "Ben @ben")]
    assert len(await suggested(course, "lin", "tag", "member", room="staff")) == 3
    assert await course.answer("lin", "/tag #1 +vip", room="staff") == "Ada: vip"
    assert await suggested(course, "ada", "me", "member", "be") == []
    assert await suggested(course, "ada", "tag", "member", "be") == []
    await course.leaves("ben")
    assert await suggested(course, "lin", "tag", "member", "be", room="staff") == []


async def test_names_are_never_patterns(course: Community) -> None:
    await course.types("ada", "hello")
    await course.types("lin", "hello")
    for typed in ("%", "_", "'", "\\", "\x00", "🙂" * 50):
        assert await suggested(course, "lin", "tag", "member", typed, room="staff") == []


async def test_tags_complete_the_word_that_is_typed(course: Community) -> None:
    await course.types("ada", "hello")
    await course.types("lin", "/tag @ada +vip +old", room="staff")
    assert await suggested(course, "lin", "tag", "tags", room="staff") == [("+old", "+old"), ("+vip", "+vip")]
    assert await suggested(course, "lin", "tag", "tags", "-v", room="staff") == [("-vip", "-vip")]
    assert await suggested(course, "lin", "tag", "tags", "+new -o", room="staff") == [("+new -old", "+new -old")]


async def test_the_missed_days_that_one_may_still_make_up_for(course: Community) -> None:
    await course.passes(days=2)
    await course.types("ada", "hello")
    days = await suggested(course, "ada", "makeup", "date")
    assert days == [("2027-03-02", "Tue, 2 Mar"), ("2027-03-01", "Mon, 1 Mar")]
    for value, _ in days:
        await course.types("ada", f"/makeup {value}")
    assert await course.points("ada") == 4
    assert await suggested(course, "ada", "makeup", "date") == []


async def test_rules_rituals_commands_and_courses(open_community) -> None:
    dark = RULES + "dark:\n  title: {zh: 暗, en: A dark one}\n  when: checkin.done\n  shadow: 7d\n  then: [award: 1]\n"
    course = await open_community(rules=dark, course=COURSE.replace("[local:lin]", "[local:lin, local:eve]"))
    for who in ("ada", "lin", "chen"):
        await course.types(who, "hello")
    assert ("check_in", "Daily check-in") in await suggested(course, "ada", "rules", "rule")
    assert await suggested(course, "ada", "rules", "rule", "daily") == [("check_in", "Daily check-in")]
    assert "dark" not in dict(await suggested(course, "ada", "rules", "rule"))
    assert await suggested(course, "lin", "shadow", "rule", room="staff") == [("dark", "A dark one")]
    assert await suggested(course, "ada", "shadow", "rule") == []
    rituals = [("daily_task", "daily_task"), ("evening_sharing", "evening_sharing")]
    assert await suggested(course, "chen", "run", "ritual", room="staff") == rituals
    assert await suggested(course, "chen", "pause", "ritual", room="staff") == [("all", "all rituals"), *rituals]
    assert await suggested(course, "lin", "pause", "ritual", room="staff") == []
    assert await suggested(course, "ada", "help", "command", "checki") == [("checkin", "/checkin · check in for today")]
    assert len(await suggested(course, "chen", "help", "command", room="staff")) == 25
    assert await suggested(course, "ada", "course", "course", room=None) == [("writing", "Writing camp")]
    assert await suggested(course, "zoe", "join", "course", room=None) == [("writing", "Writing camp")]
    assert await suggested(course, "chen", "bind", "course") == [("writing", "Writing camp")]
    assert await suggested(course, "ada", "bind", "course") == []
    await course.types("ada", "/language zh")
    assert await suggested(course, "ada", "rules", "rule", "每日") == [("check_in", "每日打卡")]


async def test_nothing_is_suggested_of_what_nobody_knows(course: Community) -> None:
    assert await suggested(course, "zoe", "makeup", "date") == []
    assert await suggested(course, "ada", "no", "date") == []
    assert await suggested(course, "ada", "checkin", "date") == []
    assert await suggested(course, "ada", "vote", "number") == []
    assert await suggested(course, "ada", "makeup", "date", room="elsewhere") == []


async def test_suggesting_changes_nothing(course: Community) -> None:
    async def counts() -> list[Any]:
        return [await course.rows(select(func.count()).select_from(table)) for table in (member, outbox)]

    before = await counts()
    for command in COMMANDS.values():
        for one in command.parameters:
            for who in ("ada", "chen", "zoe"):
                for room in ("main", "staff", None):
                    await suggested(course, who, command.name, one.name, room=room)
    assert await counts() == before
