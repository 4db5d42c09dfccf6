"""Every command, button and form with texts that are meant to break it: always answered, and nothing of them is run."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.render import payload_of
from adapters.telegram.render import call_for
from bot.domain.events import ButtonPressed, CommandInvoked, Event, FormSubmitted, MessagePosted, Quoted
from bot.domain.ids import EventKey
from bot.domain.messages import OutgoingMessage
from bot.domain.places import Actor, Address
from bot.engine.feature import Registry
from bot.features import FEATURES
from storage.forms import form_session
from tests.fuzz.core import NOW, TRAITS, Core, Template, parts_of, texts_of
from tests.fuzz.course import DISCORD_CHATS, TELEGRAM_CHATS
from tests.fuzz.hostile import BEHIND, TEXTS, TRACES
from tests.fuzz.updates import deep

REGISTRY = Registry(FEATURES)
NAMES = [*REGISTRY.commands, *(f"{command} {word}" for command, word in REGISTRY.branches)]
PEOPLE = {
    "student": ("ada", "main"),
    "assistant": ("lin", "staff"),
    "admin": ("chen", "staff"),
    "alone": ("ben", "private"),
}
"""Who says it where."""
MOST_PARTS, MOST_TEXT = 12, 25_000  # messages that answer one event, and characters of each: no platform takes more
ALOUD = {
    "answer": "question:",  # the staff room reads that the question is answered
    "team": "teams:",  # the room reads that teams can be made
}
"""Commands whose answer may be what all who are there are told, and how the key of that begins."""
NUMBERS = count(1)


def done(who: str, room: str, platform: str = "local") -> dict[str, Any]:
    """The parts that every event has; events are seconds apart."""
    number = next(NUMBERS)
    chats = {"telegram": TELEGRAM_CHATS, "discord": DISCORD_CHATS}.get(platform, {})
    private = room == "private"
    user = {"local": who}.get(platform, str(sum(map(ord, who))))
    return {
        "key": EventKey(f"{platform}:{number}"),
        "at": NOW + timedelta(seconds=number),
        "actor": Actor(platform=platform, user=user, name=who.title(), handle=who),
        "address": Address(platform=platform, chat=user if private else str(chats.get(room, room)), private=private),
    }


def command(words: str, who: str, room: str, platform: str = "local", **more: Any) -> Event:
    name, _, rest = words.partition(" ")
    return CommandInvoked(name=name, text=rest, message="7", **done(who, room, platform), **more)


@pytest.fixture(scope="module")
def camp(core: Core) -> Template:
    """There are people, something handed in, asked, answered and bought, so that numbers lead somewhere."""
    for who, room in (("ada", "main"), ("ben", "main"), ("lin", "staff"), ("chen", "staff")):
        core.process(command("task", who, room))
    for words, who, room in (
        ("checkin", "ada", "main"),
        ("submit note my note about hooks, with figures: 12 and 30", "ada", "main"),
        ("ask Why does nobody read the second line of my notes?", "ben", "main"),
        ("answer Q1 Because the first one promises nothing.", "lin", "staff"),
        ("grant @ada +500 a start", "chen", "staff"),
        ("redeem mug 500", "ada", "private"),
        ("thanks @ben", "ada", "main"),
        ("link", "ada", "private"),
        ("handbook_add", "lin", "staff"),
    ):
        core.process(command(words, who, room))
    core.check()
    return Template(core)


def check(core: Core, after: int, about: object) -> None:
    """Nothing failed, nothing was run, and what is said can be sent anywhere."""
    assert core.troubles() == [], about
    said = core.said(after)
    assert len(said) <= MOST_PARTS, about
    words = texts_of(said)
    for trace in TRACES:
        assert trace not in words, (about, trace)
    for message in said:
        assert all(len(part) <= MOST_TEXT for part in parts_of(message)), about
        check_message(message)


def check_message(message: OutgoingMessage) -> None:
    """It can be written down, and no platform's renderer makes of people's words what they are not."""
    message.text.encode()
    assert "\0" not in message.text
    if message.address.platform == "telegram" and not (message.act or message.files or message.about):
        call = call_for(message, "homeroom_bot", lambda file: pytest.fail("no file"))
        assert "parse_mode" not in call.params
    if message.address.platform == "discord" and not (message.act or message.about or message.sheet):
        assert payload_of(message).get("allowed_mentions", {}).get("parse") == []


def said_to(core: Core, events: Sequence[Event], about: object) -> None:
    for event in events:
        after = core.last()
        core.process(event)
        check(core, after, (about, event))
        assert isinstance(event, MessagePosted) or is_answered(event, core.said(after)), (about, event)


def is_answered(event: Any, said: Sequence[OutgoingMessage]) -> bool:
    """By its own reply; what is told to all who are there also counts as one, where `ALOUD` says so."""
    if any(message.key == f"reply:{event.key}" for message in said):
        return True
    name = getattr(event, "name", "") or getattr(event, "command", "").partition(" ")[0]
    told = [message.key for message in said if message.address == event.address]
    return name in ALOUD and any(key.startswith(ALOUD[name]) for key in told)


@pytest.mark.parametrize("name", NAMES)
def test_any_text_behind_a_command_is_answered(camp: Template, name: str) -> None:
    core, first = camp.fresh(), NAMES.index(name)
    for number, text in enumerate(TEXTS.values(), first):
        for at, behind in ((number, "{}"), (number + 1, BEHIND[number % len(BEHIND)])):
            # Who says what moves on from command to command: all of it is said by somebody.
            who, room = list(PEOPLE.values())[at % len(PEOPLE)]
            said_to(core, [command(f"{name} {behind.replace('{}', text)}", who, room)], name)
        if name == "unbind":
            core = camp.fresh()
    assert core.oversized() == []


@pytest.mark.parametrize("platform", ["telegram", "discord"])
@pytest.mark.parametrize(
    "text", ["markup", "mentions", "markdown", "right to left", "long lines", "wide", "many lines"]
)
def test_what_is_answered_elsewhere_stays_text(camp: Template, platform: str, text: str) -> None:
    core = camp.fresh()
    words = {**TEXTS, "markup": TEXTS["html"]}[text]
    said_to(core, [command(f"{name} {words}", "zoe", "main", platform) for name in NAMES], text)
    said_to(core, [command(f"{name} {words}", "zoe", "private", platform) for name in NAMES if name != "forget"], text)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_any_command_of_a_button_is_answered(camp: Template, text: str) -> None:
    core = camp.fresh()
    press: dict[str, Any] = {"message": "7", "interaction": "press-1"}
    commands = [
        text,
        *(f"{name} {text}" for name in NAMES),
        f"form {text}",
        f"form deadbeef 0 pick {text}",
    ]
    presses = [
        ButtonPressed(command=each, **press, **done("ben", "main"))
        for each in commands
        if not each.startswith("forget")
    ]
    said_to(core, presses, text)


@pytest.mark.parametrize("name", REGISTRY.forms)
def test_any_answer_in_a_form_is_taken_or_refused(camp: Template, name: str) -> None:
    form = REGISTRY.forms[name]
    core = camp.fresh()
    people = list(PEOPLE.values())
    for number, text in enumerate(TEXTS.values()):
        all_of_it, a_part = {field.id: text for field in form.fields}, {form.fields[0].id: text, "nosuch": text}
        for at, fields in enumerate((all_of_it, a_part), number):
            one = FormSubmitted(form=f"{name}@writing", fields=fields, **done(*people[at % len(people)]))
            said_to(core, [one], name)
    said_to(core, [FormSubmitted(form=text, fields={}, **done("ada", "main")) for text in TEXTS.values()], name)
    assert core.oversized() == []


@pytest.mark.parametrize(
    "opens", ["submit note", "ask", "handbook_add", "growth", "certificate", "answer Q1", "live_ask"]
)
def test_any_answer_in_a_conversation_is_taken_or_asked_for_again(camp: Template, opens: str) -> None:
    core = camp.fresh()
    for who in ("ada", "lin"):
        said_to(core, [command(opens, who, "private")], opens)
        posts = [MessagePosted(message="8", text=text, **done(who, "private")) for text in TEXTS.values()]
        said_to(core, posts, opens)
    assert core.oversized() == []


def test_what_a_form_was_given_is_never_asked_for(camp: Template) -> None:
    """Whatever number somebody puts into a button's command."""
    core = camp.fresh()
    fields = {"asked": "What is a hook?", "answer": "A first line that promises something."}
    core.process(FormSubmitted(form="handbook_add@writing", fields=fields, **done("lin", "staff")))
    core.process(command("handbook H1 edit", "lin", "private"))
    for said in ("A first line that makes you read the second.", "skip"):
        core.process(MessagePosted(message="8", text=said, **done("lin", "private")))
    with core.app.database.begin() as db:
        form = db.execute(form_session.select().where(form_session.c.user == "lin", form_session.c.chat == "lin")).one()
    assert (form.form, form.step) == ("handbook_edit", 4)
    after = core.last()
    for number in ("1", "0", "5", "9"):
        change = f"form {form.token} 4 change {number}"
        said_to(core, [ButtonPressed(command=change, message="7", **done("lin", "private"))], change)
    assert len(core.said(after)) >= 4
    send = f"form {form.token} 4 send"
    after = core.last()
    said_to(core, [ButtonPressed(command=send, message="7", **done("lin", "private"))], send)
    assert texts_of(core.said(after)).startswith("H1 is published.")


@pytest.mark.parametrize("room", ["main", "questions", "homework", "staff"])
def test_any_message_is_heard(camp: Template, room: str) -> None:
    core = camp.fresh()
    for text in TEXTS.values():
        quoted = Quoted(user="bot", text=text, is_ours=True)
        for more in ({}, {"reply_to": text[:40] or "1"}, {"reply_to": "3", "quoted": quoted, "title": text}):
            said_to(core, [MessagePosted(message=str(next(NUMBERS)), text=text, **more, **done("ada", room))], room)
            said_to(core, [MessagePosted(message=text[:60], text=f"#提问 {text}", **more, **done("ben", room))], room)
    assert core.oversized() == []


WORDS = st.one_of(st.sampled_from(sorted(TEXTS.values(), key=len)), st.text(max_size=60), st.integers().map(str))


@pytest.mark.long
@given(
    name=st.sampled_from(NAMES),
    behind=st.sampled_from(("{}", *BEHIND)),
    words=st.lists(WORDS, max_size=4).map(" ".join),
    who=st.sampled_from(list(PEOPLE.values())),
    via=st.sampled_from(("slash", "button", "link", "menu")),  # what is said as a word comes as a message
)
@deep
def test_very_many_texts_behind_commands_are_answered(
    camp: Template, name: str, behind: str, words: str, who: tuple[str, str], via: Any
) -> None:
    core = camp.fresh()
    said_to(core, [command(f"{name} {behind.replace('{}', words)}", *who, via=via)], name)
    assert core.oversized() == []


def test_every_platform_is_asked_from() -> None:
    assert set(TRAITS) == {"local", "telegram", "discord"}
