"""Raw updates in the shape of the published API, and what each means."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

from adapters.telegram.parse import Known
from adapters.telegram.payloads import data_of
from bot.domain.events import Quoted
from bot.domain.places import Address

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
SAID = 1_803_891_600  # 2027-03-01 07:00
EDITED = SAID + 60
LONG = "checkin " + "写" * 40
KEPT, UNKEPT = data_of(LONG), data_of(LONG + "!")
GROUP = {"id": -1001000000003, "type": "supergroup", "title": "Class"}
SMALL = {"id": -2003, "type": "group", "title": "Class"}
FORUM = {**GROUP, "is_forum": True}
CHANNEL = {"id": -1009000000001, "type": "channel", "title": "News"}
ADA = {"id": 1001, "is_bot": False, "first_name": "Ada", "last_name": "L", "username": "ada", "language_code": "en"}
BEN = {"id": 1002, "is_bot": False, "first_name": "小明"}
BOT = {"id": 123456, "is_bot": True, "first_name": "Homeroom", "username": "homeroom_bot"}
OTHER_BOT = {"id": 99, "is_bot": True, "first_name": "Weather", "username": "weather_bot"}
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
TELEGRAM = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
ALONE = {"id": 1001, "type": "private", "first_name": "Ada", "username": "ada"}
HERE, PRIVATE = (
    Address(platform="telegram", chat="-1001000000003"),
    Address(platform="telegram", chat="1001", private=True),
)
POLLS = {"51": {"key": "poll:1@telegram:-1001000000003", "chat": "-1001000000003/7"}}
KNOWN = Known(bot="123456", username="homeroom_bot", at=NOW, kept={KEPT: LONG}, polls=POLLS)


def message(kind: str = "message", /, **content: Any) -> dict[str, Any]:
    body = {"message_id": 5, "from": ADA, "chat": GROUP, "date": SAID, **content}
    return {"update_id": 7, kind: {name: value for name, value in body.items() if value is not None}}


def file(**more: Any) -> dict[str, Any]:
    return {"file_id": "F", "file_unique_id": "U", "file_size": 9, **more}


def press(**content: Any) -> dict[str, Any]:
    below = {"message_id": 4, "from": BOT, "chat": GROUP, "date": SAID, "text": "Check in here"}
    body = {"id": "q1", "from": ADA, "message": below, "chat_instance": "-7", "data": "checkin", **content}
    return {"update_id": 7, "callback_query": {name: value for name, value in body.items() if value is not None}}


def reacts(old: list[Any], new: list[Any], **content: Any) -> dict[str, Any]:
    body = {"chat": GROUP, "message_id": 5, "user": ADA, "date": SAID, "old_reaction": old, "new_reaction": new}
    return {"update_id": 7, "message_reaction": {**body, **content}}


def emoji(*those: str) -> list[dict[str, Any]]:
    return [{"type": "emoji", "emoji": each} for each in those]


def stands(kind: str, old: dict[str, Any], new: dict[str, Any], **content: Any) -> dict[str, Any]:
    user = BOT if kind == "my_chat_member" else BEN
    body = {"chat": GROUP, "from": ADA, "date": SAID, "old_chat_member": {"user": user, **old}}
    return {"update_id": 7, kind: {**body, "new_chat_member": {"user": user, **new}, **content}}


def is_(status: str, **more: Any) -> dict[str, Any]:
    return {"status": status, **more}


def votes(poll: str, *options: int, **who: Any) -> dict[str, Any]:
    return {"update_id": 7, "poll_answer": {"poll_id": poll, "option_ids": list(options), **(who or {"user": ADA})}}


class Case(NamedTuple):
    """A raw update, and what it means: the type of each event with some of its fields."""

    name: str
    raw: dict[str, Any]
    events: list[tuple[str, dict[str, Any]]]


def nothing(name: str, raw: dict[str, Any]) -> Case:
    return Case(name, raw, [])


def one(name: str, raw: dict[str, Any], event: str, /, **fields: Any) -> Case:
    return Case(name, raw, [(event, fields)])


TOPIC = {
    "message_id": 7,
    "from": BEN,
    "chat": FORUM,
    "date": SAID,
    "forum_topic_created": {"name": "Q", "icon_color": 1},
}
OURS = {"message_id": 3, "from": BOT, "chat": GROUP, "date": SAID, "text": "Done"}
BENS = {"message_id": 3, "from": BEN, "chat": GROUP, "date": SAID, "caption": "mine", "photo": [file()]}
PHOTO = [file(file_id="small", width=90, height=67), file(file_id="large", file_size=99, width=1280, height=960)]

MESSAGES = [
    one("a text", message(text="hi"), "MessagePosted", text="hi", message="5", address=HERE, key="telegram:123456:7"),
    one("names", message(text="hi", **{"from": BEN}), "MessagePosted", **{"actor.name": "小明", "actor.handle": None}),
    one(
        "a caption", message(caption="mine", photo=PHOTO), "MessagePosted", text="mine", files=[("photo.jpg", "large")]
    ),
    one("a file", message(document=file(file_name="a.pdf")), "MessagePosted", text="", files=[("a.pdf", "F")]),
    one("a voice", message(voice=file(duration=3)), "MessagePosted", files=[("voice.ogg", "F")]),
    one("a round video", message(video_note=file(length=3)), "MessagePosted", files=[("video.mp4", "F")]),
    one(
        "a GIF, which comes as a file too",
        message(animation=file(), document=file(file_name="x.mp4", mime_type="video/mp4")),
        "MessagePosted",
        files=[("x.mp4", "F")],
    ),
    nothing("a sticker", message(sticker=file(emoji="👍"))),
    nothing("a place", message(location={"latitude": 51.5, "longitude": -0.1})),
    nothing("a dice", message(dice={"emoji": "🎲", "value": 6})),
    nothing("a pin", message(pinned_message=OURS)),
    nothing("an administrator who is nobody", message(text="/x", sender_chat=GROUP, **{"from": ANONYMOUS})),
    nothing(
        "a post of the linked channel",
        message(text="news", sender_chat=CHANNEL, is_automatic_forward=True, **{"from": TELEGRAM}),
    ),
    nothing(
        "an edit of a post of the linked channel",
        message(
            "edited_message",
            text="n",
            sender_chat=CHANNEL,
            is_automatic_forward=True,
            edit_date=1,
            **{"from": TELEGRAM},
        ),
    ),
    nothing("another bot", message(text="It rains", **{"from": OTHER_BOT})),
    nothing("nobody", message(text="hi", **{"from": None})),
    one("in private", message(text="hi", chat=ALONE), "MessagePosted", address=PRIVATE),
    one(
        "a reply to us",
        message(text="hi", reply_to_message=OURS),
        "MessagePosted",
        reply_to="3",
        quoted=Quoted(user="123456", text="Done", is_ours=True),
    ),
    one(
        "a reply to a picture",
        message(text="hi", reply_to_message=BENS),
        "MessagePosted",
        reply_to="3",
        **{"quoted.text": "mine", "quoted.user": "1002", "quoted.is_ours": False},
    ),
    one(
        "a reply to nobody",
        message(text="hi", reply_to_message={**OURS, "from": None}),
        "MessagePosted",
        reply_to="3",
        quoted=None,
    ),
    one(
        "a thread of replies is no topic",
        message(text="hi", message_thread_id=3, reply_to_message=OURS),
        "MessagePosted",
        address=HERE,
    ),
    one(
        "in a topic, where everything replies to its beginning",
        message(text="hi", chat=FORUM, message_thread_id=7, is_topic_message=True, reply_to_message=TOPIC),
        "MessagePosted",
        reply_to=None,
        quoted=None,
        **{"address.chat": "-1001000000003/7", "address.room": "-1001000000003"},
    ),
    one("in General", message(text="hi", chat=FORUM), "MessagePosted", address=HERE),
    one(
        "an edit",
        message("edited_message", text="ho", edit_date=EDITED),
        "MessageEdited",
        text="ho",
        at=datetime.fromtimestamp(EDITED, UTC),
    ),
    one(
        "an edited caption",
        message("edited_message", caption="ho", photo=PHOTO, edit_date=EDITED),
        "MessageEdited",
        text="ho",
    ),
    nothing(
        "a live place that moved", message("edited_message", location={"latitude": 1, "longitude": 2}, edit_date=EDITED)
    ),
]
COMMANDS = [
    one("a command", message(text="/CheckIn"), "CommandInvoked", name="checkin", text="", via="slash"),
    one(
        "with words",
        message(text="  /grant @ada +5\nfor help "),
        "CommandInvoked",
        name="grant",
        text="@ada +5\nfor help",
    ),
    one("for us", message(text="/checkin@Homeroom_Bot x"), "CommandInvoked", name="checkin", text="x"),
    nothing("for another bot", message(text="/checkin@weather_bot")),
    one("in Chinese", message(text="/打卡"), "CommandInvoked", name="打卡"),
    one(
        "below a picture",
        message(caption="/share mine", photo=PHOTO),
        "CommandInvoked",
        name="share",
        text="mine",
        files=[("photo.jpg", "large")],
    ),
    one("a path", message(text="/home/ada"), "MessagePosted", text="/home/ada"),
    one("a slash", message(text="/"), "MessagePosted", text="/"),
    one("a start", message(text="/start", chat=ALONE), "CommandInvoked", name="start", text="", via="slash"),
    one(
        "a link",
        message(text="/start Join-writing-1", chat=ALONE),
        "CommandInvoked",
        name="join",
        text="writing-1",
        via="link",
    ),
    one(
        "a link in a group is none",
        message(text="/start join-w"),
        "CommandInvoked",
        name="start",
        text="join-w",
        via="slash",
    ),
    one("an empty link", message(text="/start -", chat=ALONE), "CommandInvoked", name="start", text="", via="link"),
]
TOUCHES = [
    one("a press", press(), "ButtonPressed", command="checkin", message="4", interaction="q1", at=NOW, address=HERE),
    one(
        "below what is too old to be seen",
        press(message={"chat": GROUP, "message_id": 4, "date": 0}),
        "ButtonPressed",
        address=HERE,
    ),
    one("of a kept command", press(data=KEPT), "ButtonPressed", command=LONG),
    one("of a command that nobody knows", press(data=UNKEPT), "ButtonPressed", command="help"),
    nothing("of a game", press(data=None, game_short_name="chess")),
    nothing("below an inline message", press(message=None, inline_message_id="i")),
    one(
        "a reaction",
        reacts([], emoji("👍")),
        "ReactionAdded",
        reaction="👍",
        message="5",
        key="telegram:123456:7:added:0",
    ),
    one("a heart as keyboards write it", reacts([], emoji("❤")), "ReactionAdded", reaction="❤️"),
    one("a shrug", reacts([], emoji("🤷‍♂")), "ReactionAdded", reaction="🤷‍♂️"),
    Case(
        "another reaction",
        reacts(emoji("👍", "🔥"), emoji("🔥", "🎉", "😁")),
        [
            ("ReactionRemoved", {"reaction": "👍"}),
            ("ReactionAdded", {"reaction": "🎉"}),
            ("ReactionAdded", {"reaction": "😁"}),
        ],
    ),
    nothing("a picture of somebody's own", reacts([], [{"type": "custom_emoji", "custom_emoji_id": "5"}])),
    nothing("a paid reaction", reacts([], [{"type": "paid"}])),
    nothing(
        "of a chat",
        {
            "update_id": 7,
            "message_reaction": {
                "chat": GROUP,
                "message_id": 5,
                "actor_chat": CHANNEL,
                "date": SAID,
                "old_reaction": [],
                "new_reaction": emoji("👍"),
            },
        },
    ),
    one(
        "a vote",
        votes("51", 0, 2),
        "PollVoted",
        poll="poll:1@telegram:-1001000000003",
        options=(0, 2),
        at=NOW,
        **{"address.chat": "-1001000000003/7"},
    ),
    one("a vote taken back", votes("51"), "PollVoted", options=()),
    nothing("a vote in a poll of somebody", votes("52", 0)),
    nothing("a vote of a channel", votes("51", 0, voter_chat=CHANNEL)),
]
MEMBERS = [
    Case(
        "several people and a bot",
        message(new_chat_members=[ADA, OTHER_BOT, BEN]),
        [
            ("MemberJoined", {"actor.user": "1001", "key": "telegram:123456:7:joined:0"}),
            ("MemberJoined", {"actor.user": "1002", "key": "telegram:123456:7:joined:2"}),
        ],
    ),
    one("gone", message(left_chat_member=BEN), "MemberLeft", **{"actor.user": "1002"}),
    nothing("a bot gone", message(left_chat_member=OTHER_BOT)),
    one("in", stands("chat_member", is_("left"), is_("member")), "MemberJoined", **{"actor.user": "1002"}),
    one("back after being thrown out", stands("chat_member", is_("kicked"), is_("member")), "MemberJoined"),
    one("in with limits", stands("chat_member", is_("left"), is_("restricted", is_member=True)), "MemberJoined"),
    nothing("out with limits", stands("chat_member", is_("left"), is_("restricted", is_member=False))),
    nothing("limited", stands("chat_member", is_("member"), is_("restricted", is_member=True))),
    one(
        "gone with limits",
        stands("chat_member", is_("restricted", is_member=True), is_("restricted", is_member=False)),
        "MemberLeft",
    ),
    one("thrown out", stands("chat_member", is_("member"), is_("kicked", until_date=0)), "MemberLeft"),
    one(
        "promoted",
        stands("chat_member", is_("member"), is_("administrator", can_delete_messages=True)),
        "PowersChanged",
        is_manager=True,
    ),
    one("demoted", stands("chat_member", is_("administrator"), is_("member")), "PowersChanged", is_manager=False),
    nothing("other rights", stands("chat_member", is_("administrator"), is_("administrator", can_pin_messages=True))),
    nothing("the owner", stands("chat_member", is_("administrator"), is_("creator"))),
    Case(
        "in and promoted",
        stands("chat_member", is_("left"), is_("administrator")),
        [("MemberJoined", {}), ("PowersChanged", {"is_manager": True})],
    ),
    Case(
        "a manager gone",
        stands("chat_member", is_("administrator"), is_("left")),
        [("PowersChanged", {"is_manager": False}), ("MemberLeft", {})],
    ),
    nothing("in a channel", stands("chat_member", is_("left"), is_("member"), chat=CHANNEL)),
    one(
        "a request",
        {
            "update_id": 7,
            "chat_join_request": {"chat": GROUP, "from": BEN, "user_chat_id": 1002, "date": SAID, "bio": "x"},
        },
        "JoinRequested",
        address=HERE,
        **{"actor.user": "1002"},
    ),
]
PLACES = [
    one(
        "we are added",
        stands("my_chat_member", is_("left"), is_("member")),
        "PlaceSeen",
        cause="added",
        is_in=True,
        title="Class",
        **{"by.user": "1001"},
    ),
    one(
        "added as administrator",
        stands("my_chat_member", is_("left"), is_("administrator")),
        "PlaceSeen",
        cause="added",
    ),
    one(
        "promoted",
        stands("my_chat_member", is_("member"), is_("administrator")),
        "PlaceSeen",
        cause="changed",
        is_in=True,
    ),
    one(
        "limited",
        stands("my_chat_member", is_("member"), is_("restricted", is_member=True)),
        "PlaceSeen",
        cause="changed",
        is_in=True,
    ),
    one(
        "removed",
        stands("my_chat_member", is_("administrator"), is_("kicked")),
        "PlaceSeen",
        cause="removed",
        is_in=False,
    ),
    nothing("in a channel", stands("my_chat_member", is_("left"), is_("administrator"), chat=CHANNEL)),
    one(
        "blocked",
        stands("my_chat_member", is_("member"), is_("kicked"), chat=ALONE),
        "ContactChanged",
        is_open=False,
        address=PRIVATE,
    ),
    one(
        "unblocked", stands("my_chat_member", is_("kicked"), is_("member"), chat=ALONE), "ContactChanged", is_open=True
    ),
    one(
        "moved, told by the old group",
        message(chat=SMALL, migrate_to_chat_id=GROUP["id"]),
        "SpaceMigrated",
        key="telegram:123456:moved:-2003:-1001000000003",
        **{"old.chat": "-2003", "new.chat": "-1001000000003"},
    ),
    one(
        "moved, told by the new group",
        message(migrate_from_chat_id=-2003),
        "SpaceMigrated",
        key="telegram:123456:moved:-2003:-1001000000003",
        **{"old.chat": "-2003", "new.chat": "-1001000000003"},
    ),
]
FUTURE = [
    nothing("a kind of update that nobody knows", {"update_id": 7, "hologram": {"chat": GROUP}}),
    nothing("a kind that was not asked for", {"update_id": 7, "poll": {"id": "51", "question": "?", "options": []}}),
    one(
        "fields that nobody knows",
        message(text="hi", aura={"colour": "blue"}, chat={**GROUP, "mood": 3}),
        "MessagePosted",
        text="hi",
    ),
    nothing("content that nobody knows", message(hologram={"file_id": "F"})),
]
CASES = [*MESSAGES, *COMMANDS, *TOUCHES, *MEMBERS, *PLACES, *FUTURE]
