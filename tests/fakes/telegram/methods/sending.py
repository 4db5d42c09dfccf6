"""sendMessage, sendPhoto … sendPoll, copyMessage, forwardMessage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fakes.telegram import shapes
from tests.fakes.telegram.errors import bad
from tests.fakes.telegram.limits import check_album, check_poll, check_upload
from tests.fakes.telegram.methods.target import known_chat, message_of, reply_of, sendable, topic_of
from tests.fakes.telegram.methods.words import caption_of, markup_of, text_of
from tests.fakes.telegram.state import Chat, Json, Media, Message, Poll, World
from tests.fakes.telegram.wire import Call, Upload

_PERMISSIONS = {
    "photo": "can_send_photos",
    "document": "can_send_documents",
    "voice": "can_send_voice_notes",
    "video": "can_send_videos",
    "audio": "can_send_audios",
    "animation": "can_send_other_messages",
}


def send_message(world: World, call: Call) -> Json:
    text, entities = text_of(call.params)
    markup = markup_of(world, call.params)
    chat = sendable(world, call.params)
    return shapes.message(_post(world, chat, call.params, text=text, entities=entities, markup=markup))


def _post(world: World, chat: Chat, params: Mapping[str, Any], **content: Any) -> Message:
    """A message of the bot's. An answer lands in the topic of what it answers."""
    topic, reply = topic_of(world, chat, params), reply_of(chat, params)
    if topic is None and reply is not None and chat.is_forum:
        topic = chat.messages[reply].topic
    return world.post(chat, world.bot, topic=topic, reply_to=reply, **content)


def send_file(kind: str) -> Any:
    """sendPhoto and its like: the file stands in the parameter of that name."""

    def send(world: World, call: Call) -> Json:
        caption, entities = caption_of(call.params)
        markup = markup_of(world, call.params)
        media = media_of(world, call, kind, call.params[kind])
        chat = sendable(world, call.params, _PERMISSIONS[kind])
        content = {"caption": caption, "entities": entities, "markup": markup, "media": media}
        return shapes.message(_post(world, chat, call.params, **content))

    return send


def media_of(world: World, call: Call, kind: str, source: str) -> Media:
    """An upload, a file that is there already, or an address (which this server takes as an empty picture)."""
    if source.startswith("attach://"):
        upload = call.uploads[source.removeprefix("attach://")]
        return _uploaded(world, kind, upload)
    if source.startswith(("http://", "https://")):
        return _uploaded(
            world, kind, Upload(content=b"\x89PNG" + source.encode(), name="fetched.png", mime="image/png")
        )
    if source not in world.files:
        raise bad("wrong file identifier/HTTP URL specified")
    file = world.files[source]
    return Media(kind=kind, files=[file] * (2 if kind == "photo" else 1))  # type: ignore[arg-type]


def _uploaded(world: World, kind: str, upload: Upload) -> Media:
    check_upload(upload.content, is_photo=kind == "photo")
    return new_media(world, kind, upload.content, name=upload.name, mime=upload.mime)


def new_media(world: World, kind: str, content: bytes, *, name: str | None, mime: str | None) -> Media:
    """A photo gets a small and a large file; its name is lost, as at the real one."""
    if kind == "photo":
        files = [world.keep(content, folder="photos", name="photo.jpg", mime="image/jpeg") for _ in range(2)]
    else:
        files = [world.keep(content, folder=f"{kind}s", name=name, mime=mime)]
    return Media(kind=kind, files=files)  # type: ignore[arg-type]


def send_album(world: World, call: Call) -> list[Json]:
    items = call.params["media"]
    check_album(items)
    captions = [caption_of(item) for item in items]
    media = [media_of(world, call, item["type"], item["media"]) for item in items]
    chat = sendable(world, call.params, _PERMISSIONS[items[0]["type"]])
    album = str(10_000_000_000 + world.number())
    posted = [
        _post(world, chat, call.params, album=album, media=one, caption=caption, entities=entities)
        for one, (caption, entities) in zip(media, captions, strict=True)
    ]
    return [shapes.message(message) for message in posted]


def send_poll(world: World, call: Call) -> Json:
    params = call.params
    options = [{"text": each} if isinstance(each, str) else each for each in params["options"]]
    check_poll(params | {"options": options})
    markup = markup_of(world, params)
    chat = sendable(world, params, "can_send_polls")
    type_ = params.get("type", "regular")
    poll = Poll(
        id=str(5_000_000_000 + world.number()),
        question=params["question"],
        options=[option["text"] for option in options],
        is_anonymous=params.get("is_anonymous", True),
        allows_multiple_answers=params.get("allows_multiple_answers", False),
        allows_revoting=params.get("allows_revoting", type_ == "regular"),
        type=type_,
        is_closed=params.get("is_closed", False),
        extra={name: params[name] for name in ("open_period", "close_date") if name in params},
    )
    return shapes.message(_post(world, chat, params, poll=poll, markup=markup))


def copy_message(world: World, call: Call) -> Json:
    """Posts the content anew; a new caption or keyboard may be given."""
    source = message_of(known_chat(world, call.params["from_chat_id"]), call.params["message_id"], to="copy")
    if source.service or source.poll:
        raise bad("message can't be copied")
    caption, entities = caption_of(call.params)
    if caption is None:
        caption, entities = source.caption, source.entities
    markup = markup_of(world, call.params)
    chat = sendable(world, call.params)
    content = {"text": source.text, "media": source.media, "caption": caption, "entities": entities}
    return {"message_id": _post(world, chat, call.params, markup=markup, **content).id}


def forward_message(world: World, call: Call) -> Json:
    source = message_of(known_chat(world, call.params["from_chat_id"]), call.params["message_id"], to="forward")
    if source.service:
        raise bad("message can't be forwarded")
    chat = sendable(world, call.params)
    origin = source.origin or {"type": "user", "date": source.date, "sender_user": shapes.user(source.sender)}
    content = {name: getattr(source, name) for name in ("text", "caption", "entities", "media", "poll")}
    return shapes.message(_post(world, chat, call.params, origin=origin, **content))
