"""Discord's events, and what they mean: a table for each kind, raw as it comes."""

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.discord.invoked import Vocabulary, Where, asked, event_of, read
from adapters.discord.parse import Known, parse
from bot.domain.events import (
    Attachment,
    ButtonPressed,
    CommandInvoked,
    Event,
    FormSubmitted,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    PollVoted,
    Quoted,
    ReactionAdded,
    ReactionRemoved,
    StretchSeen,
)
from bot.domain.places import Actor, Address
from bot.domain.ports import Parameter, SlashCommand
from tests.adapters.discord_events import (
    ADA,
    BEN,
    BOT,
    DM,
    FORUM,
    GUILD,
    MAIN,
    NOW_ID,
    POST,
    Raw,
    attachment,
    in_private,
    interaction,
    member,
    message,
    option,
    user,
)

SENT = datetime(2016, 4, 30, 11, 18, 25, 796000, tzinfo=UTC)
CAME = datetime(2026, 3, 1, 12, tzinfo=UTC)
HERE = Address(platform="discord", chat=MAIN)
PRIVATE = Address(platform="discord", chat=ADA, private=True)
IN_POST = Address(platform="discord", chat=f"{FORUM}/{POST}")
ADA_HERE = Actor(platform="discord", user=ADA, name="Ada L.", handle="ada")


def place(channel: str, guild: str | None) -> Address | None:
    if guild is None:
        return PRIVATE if channel == DM else None
    return {MAIN: HERE, POST: IN_POST}.get(channel)


def meant(name: str, raw: Raw, **more: Any) -> list[Event]:
    known = Known(place=place, bot=BOT, key="7", at=CAME, title=lambda id: "My essay" if id == POST else None, **more)
    return parse(name, raw, known)


def posted(raw: Raw) -> Any:
    (event,) = meant("MESSAGE_CREATE", raw)
    return event


def test_a_message_says_who_said_what_where_and_when() -> None:
    assert posted(message()) == MessagePosted(
        key="discord:900:message:175928847299117063",  # type: ignore[arg-type]
        at=SENT,
        actor=ADA_HERE,
        address=HERE,
        message=NOW_ID,
        text="hello",
    )


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (message(member=member("Ada in class")), "Ada in class"),
        (message(), "Ada L."),
        (message(by=BEN), "ben.x"),
        (in_private(message()), "Ada L."),
    ],
)
def test_people_have_the_name_that_they_have_in_the_server(raw: Raw, name: str) -> None:
    assert posted(raw).actor.name == name


@pytest.mark.parametrize(
    "raw",
    [
        message(by=BOT),
        message(author=user(BEN, bot=True)),
        message(webhook_id="5"),
        message(""),
        message(type=7),  # somebody has come in
        message(type=18),  # a thread was begun
        message("", type=21),
        message(type=6),  # something was pinned
        message(channel="1999"),
        message("", embeds=[{"type": "rich"}]),
    ],
)
def test_what_nobody_said_is_nothing(raw: Raw) -> None:
    assert meant("MESSAGE_CREATE", raw) == []


def test_a_reply_quotes_what_it_answers() -> None:
    ours = message("Tell me", by=BOT, id="40", attachments=[attachment()])
    raw = message(type=19, message_reference={"type": 0, "message_id": "40"}, referenced_message=ours)
    file = Attachment(
        name="page.png", media_type="image/png", size=5, ref=f"{MAIN}/40/61 https://cdn/61/page.png", identity="61"
    )
    assert posted(raw).reply_to == "40"
    assert posted(raw).quoted == Quoted(user=BOT, text="Tell me", attachments=(file,), is_ours=True)


def test_a_reply_to_what_was_deleted_is_a_reply_all_the_same() -> None:
    raw = message(type=19, message_reference={"type": 0, "message_id": "40"}, referenced_message=None)
    assert (posted(raw).reply_to, posted(raw).quoted) == ("40", None)


def test_a_message_that_is_passed_on_is_no_reply() -> None:
    raw = message("see this", message_reference={"type": 1, "message_id": "40"})
    assert posted(raw).reply_to is None


def test_files_are_found_again_by_their_message() -> None:
    raw = message(
        "", attachments=[attachment("61"), attachment("62", "a.txt", content_type="text/plain; charset=utf-8")]
    )
    assert [(file.name, file.media_type, file.ref) for file in posted(raw).attachments] == [
        ("page.png", "image/png", f"{MAIN}/{NOW_ID}/61 https://cdn/61/page.png"),
        ("a.txt", "text/plain", f"{MAIN}/{NOW_ID}/62 https://cdn/62/a.txt"),
    ]


def test_people_who_are_named_have_their_handles() -> None:
    raw = message("thanks <@502> and <@!502>, <@4>", mentions=[user(BEN)])
    assert posted(raw).text == "thanks @ben.x and @ben.x, <@4>"


def test_a_post_begins_with_its_title_and_only_it() -> None:
    first, later = posted(message(channel=POST, id=POST)), posted(message(channel=POST, id="175928847299117064"))
    assert (first.title, later.title, first.address) == ("My essay", None, IN_POST)


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("/points", "points", ""),
        ("/Thanks <@502> for\nit", "thanks", "@ben.x for\nit"),
        ("<@900> points today", "points", "today"),
        ("<@!900>  /checkin wrote", "checkin", "wrote"),
    ],
)
def test_a_command_may_be_typed_as_a_message(text: str, name: str, rest: str) -> None:
    event = posted(message(text, mentions=[user(BEN), user(BOT)]))
    assert isinstance(event, CommandInvoked)
    assert (event.name, event.text, event.message, event.via) == (name, rest, NOW_ID, "slash")


@pytest.mark.parametrize("text", ["hello /points", "<@900>", "<@900> :)", "/ points", "and <@900> points"])
def test_other_words_are_no_command(text: str) -> None:
    assert isinstance(posted(message(text)), MessagePosted)


def test_only_what_a_person_changed_is_an_edit() -> None:
    (edited,) = meant("MESSAGE_UPDATE", message("hello all", edited_timestamp="2016-04-30T11:20:00+00:00"))
    assert isinstance(edited, MessageEdited)
    assert (edited.text, edited.at.minute, edited.message) == ("hello all", 20, NOW_ID)
    assert meant("MESSAGE_UPDATE", message("a link")) == []
    assert meant("MESSAGE_UPDATE", {"id": NOW_ID, "channel_id": MAIN, "guild_id": GUILD, "embeds": []}) == []


def test_messages_go_one_by_one_or_together() -> None:
    one = {"id": "40", "channel_id": MAIN, "guild_id": GUILD}
    many = {"ids": ["41", "42"], "channel_id": MAIN, "guild_id": GUILD}
    gone = [*meant("MESSAGE_DELETE", one), *meant("MESSAGE_DELETE_BULK", many)]
    assert [event.message for event in gone if isinstance(event, MessageDeleted)] == ["40", "41", "42"]


def test_a_thread_that_is_deleted_takes_the_message_that_it_began_with() -> None:
    [gone] = meant("THREAD_DELETE", {"id": "40", "parent_id": MAIN, "guild_id": GUILD, "type": 11})
    assert isinstance(gone, MessageDeleted)
    assert (gone.message, gone.address.chat) == ("40", MAIN)


@pytest.mark.parametrize(
    ("emoji", "shown"),
    [
        ({"id": None, "name": "👍"}, "👍"),
        ({"id": "9", "name": "party"}, ":party:"),
        ({"id": "9", "name": "party", "animated": True}, ":party:"),
    ],
)
def test_reactions_are_given_and_taken_back(emoji: Raw, shown: str) -> None:
    raw = {"user_id": BEN, "channel_id": MAIN, "message_id": "40", "guild_id": GUILD, "emoji": emoji}
    (added,) = meant("MESSAGE_REACTION_ADD", {**raw, "member": {**member(), "user": user(BEN)}, "burst": False})
    (removed,) = meant("MESSAGE_REACTION_REMOVE", raw)
    assert isinstance(added, ReactionAdded)
    assert isinstance(removed, ReactionRemoved)
    assert (added.reaction, added.actor.name, removed.reaction, removed.actor.user) == (shown, "ben.x", shown, BEN)


def test_reactions_of_bots_and_of_pictures_that_are_gone_are_nothing() -> None:
    raw = {
        "user_id": BOT,
        "channel_id": MAIN,
        "message_id": "40",
        "guild_id": GUILD,
        "emoji": {"id": None, "name": "👍"},
    }
    assert meant("MESSAGE_REACTION_ADD", raw) == []
    assert meant("MESSAGE_REACTION_REMOVE", {**raw, "user_id": BEN, "emoji": {"id": "9", "name": None}}) == []


def test_all_reactions_may_go_at_once() -> None:
    (seen,) = meant("MESSAGE_REACTION_REMOVE_ALL", {"channel_id": MAIN, "message_id": "40", "guild_id": GUILD})
    assert isinstance(seen, StretchSeen)
    assert [(one.message, one.reactions) for one in seen.messages] == [("40", ())]


def test_a_vote_is_about_a_poll_of_ours() -> None:
    raw = {"user_id": BEN, "channel_id": MAIN, "message_id": "40", "guild_id": GUILD, "answer_id": 2}
    assert meant("MESSAGE_POLL_VOTE_ADD", raw) == []
    (vote,) = meant("MESSAGE_POLL_VOTE_ADD", raw, chosen=("poll-1", HERE, (0, 1)))
    assert isinstance(vote, PollVoted)
    assert (vote.poll, vote.options, vote.actor.user) == ("poll-1", (0, 1), BEN)


def test_who_comes_and_goes_does_so_in_every_room() -> None:
    raw = {**member("Ada in class"), "guild_id": GUILD, "user": user()}
    joined = meant("GUILD_MEMBER_ADD", raw, homes=(HERE, IN_POST))
    left = meant("GUILD_MEMBER_REMOVE", {"guild_id": GUILD, "user": user()}, homes=(HERE,))
    assert [(type(event), event.address) for event in (*joined, *left)] == [  # type: ignore[union-attr]
        (MemberJoined, HERE),
        (MemberJoined, IN_POST),
        (MemberLeft, HERE),
    ]
    assert len({event.key for event in (*joined, *left)}) == 3
    assert meant("GUILD_MEMBER_ADD", {**raw, "user": user(BOT)}, homes=(HERE,)) == []


# --- interactions -----------------------------------------------------------------------------------------------------

COMMANDS = [
    SlashCommand(
        name="thanks",
        names={},
        about={},
        parameters=tuple(Parameter(name=name, names={}, about={}) for name in ("member", "why")),
    ),
    SlashCommand(name="star", names={}, about={}, on_message={"en": "Star this", "zh-Hans": "加星"}),  # type: ignore[dict-item]
]


def invoked(kind: int, data: Raw, **more: Any) -> Any:
    where = Where(
        address=HERE, bot=BOT, at=SENT, vocabulary=Vocabulary.of(COMMANDS), kept={"#" + "a" * 40: "review long"}
    )
    return event_of(read(interaction(kind, data, **more)), where)


def test_a_command_has_its_parameters_in_the_order_in_which_they_are_typed() -> None:
    resolved = {"users": {BEN: user(BEN)}, "members": {BEN: member()}}
    options = [option("why", "for the notes"), option("member", BEN, 6)]
    event = invoked(2, {"id": "1", "name": "thanks", "type": 1, "options": options, "resolved": resolved})
    assert event == CommandInvoked(
        key="discord:900:interaction:175928847299117063",  # type: ignore[arg-type]
        at=SENT,
        actor=Actor(platform="discord", user=ADA, name="Ada in class", handle="ada", language="zh-CN"),
        address=HERE,
        name="thanks",
        text=f"<@{BEN}> for the notes",
        interaction=f"c:{NOW_ID}:the-secret",
    )


@pytest.mark.parametrize(
    ("channel", "chat"),
    [({"id": "77", "type": 15}, "77"), ({"id": "78", "type": 11, "parent_id": "77"}, "77/78"), (None, None)],
)
def test_a_channel_that_was_chosen_is_no_word(channel: Raw | None, chat: str | None) -> None:
    resolved = {"channels": {channel["id"]: channel}} if channel else {}
    options = [option("course", "writing <#99>"), option("channel", channel["id"] if channel else "77", 7)]
    event = invoked(2, {"id": "1", "name": "bind", "type": 1, "options": options, "resolved": resolved})
    assert event.text == "writing <#99>"
    assert event.elsewhere == (Address(platform="discord", chat=chat) if chat else None)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ([], ""),
        ([option("count", 3, 4)], "3"),
        ([option("share", 0.5, 10)], "0.5"),
        ([option("loud", True, 5)], "yes"),
        ([{"name": "add", "type": 1, "options": [option("count", 3, 4)]}], "add 3"),
        ([{"name": "add", "type": 1}], "add"),
    ],
)
def test_what_is_given_with_a_command_is_its_text(options: list[Raw], text: str) -> None:
    assert invoked(2, {"id": "1", "name": "points", "type": 1, "options": options}).text == text


def test_a_command_may_bring_a_file() -> None:
    data = {"id": "1", "name": "handin", "type": 1, "options": [option("file", "61", 11)]}
    event = invoked(2, {**data, "resolved": {"attachments": {"61": attachment()}}})
    assert (event.text, [file.ref for file in event.attachments]) == ("", ["https://cdn/61/page.png"])


@pytest.mark.parametrize("called", ["Star this", "加星"])
def test_a_command_in_the_menu_of_a_message_is_about_that_message(called: str) -> None:
    target = {name: value for name, value in message("so nice", by=BEN, id="40").items() if name != "guild_id"}
    data = {"id": "1", "name": called, "type": 3, "target_id": "40", "resolved": {"messages": {"40": target}}}
    event = invoked(2, data)
    assert (event.name, event.via, event.reply_to, event.quoted.text) == ("star", "menu", "40", "so nice")


@pytest.mark.parametrize(
    ("data", "command"),
    [
        ({"component_type": 2, "custom_id": "checkin 2027-03-01"}, "checkin 2027-03-01"),
        ({"component_type": 3, "custom_id": "menu", "values": ["board week"]}, "board week"),
        ({"component_type": 2, "custom_id": "#" + "a" * 40}, "review long"),
        ({"component_type": 2, "custom_id": "#" + "b" * 40}, "help"),
    ],
)
def test_a_button_is_a_command(data: Raw, command: str) -> None:
    event = invoked(3, data, message=message("Well?", by=BOT, id="40"))
    assert isinstance(event, ButtonPressed)
    assert (event.command, event.message, event.interaction) == (command, "40", f"b:{NOW_ID}:the-secret")


def test_a_form_gives_its_words_its_choice_and_its_files() -> None:
    def label(component: Raw) -> Raw:
        return {"type": 18, "id": 1, "component": component}

    parts = [
        label({"type": 4, "custom_id": "title", "value": "Day one"}),
        label({"type": 3, "custom_id": "day", "values": ["day-1"]}),
        label({"type": 19, "custom_id": "work", "values": ["61"]}),
        label({"type": 4, "custom_id": "work:text", "value": "three pages"}),
        label({"type": 4, "custom_id": "more", "value": ""}),
        {"type": 1, "components": [{"type": 4, "custom_id": "old", "value": "style"}]},
        {"type": 10, "content": "words of ours"},
    ]
    data = {"custom_id": "form handin", "components": parts, "resolved": {"attachments": {"61": attachment()}}}
    event = invoked(5, data)
    assert isinstance(event, FormSubmitted)
    assert event.form == "handin"
    assert event.fields == {"title": "Day one", "day": "day-1", "work": "three pages", "old": "style"}
    assert [file.name for file in event.files["work"]] == ["page.png"]
    assert event.interaction == f"m:{NOW_ID}:the-secret"


def test_in_private_the_person_stands_by_itself() -> None:
    raw = interaction(2, {"id": "1", "name": "points", "type": 1}, user=user(), context=1)
    raw = {name: value for name, value in raw.items() if name not in ("guild_id", "member")}
    event = event_of(read(raw), Where(address=PRIVATE, bot=BOT, at=SENT))
    assert isinstance(event, CommandInvoked)
    assert (event.actor.name, event.address) == ("Ada L.", PRIVATE)


def test_what_is_being_typed_is_no_event() -> None:
    data = {"id": "1", "name": "handin", "type": 1, "options": [option("day", "da", focused=True)]}
    raw = read(interaction(4, data))
    assert event_of(raw, Where(address=HERE, bot=BOT, at=SENT)) is None
    found = asked(raw, HERE)
    assert found is not None
    assert (found.command, found.parameter, found.typed) == ("handin", "day", "da")
