"""The world as the Bot API's JSON, field by field as published."""

from __future__ import annotations

from tests.fakes.telegram.rights import ADMIN_RIGHTS, PERMISSIONS
from tests.fakes.telegram.state import (
    Chat,
    File,
    Json,
    Media,
    Member,
    Message,
    Poll,
    User,
    World,
)

ICON_COLOR = 0x6FB9F0


def given(**fields: object) -> Json:
    """Without what is None, as the API leaves it out."""
    return {name: value for name, value in fields.items() if value is not None}


def user(it: User) -> Json:
    return given(
        id=it.id,
        is_bot=it.is_bot,
        first_name=it.first_name,
        last_name=it.last_name,
        username=it.username,
        language_code=it.language_code,
    )


def myself(world: World) -> Json:
    return user(world.bot) | {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.is_privacy_on,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def chat(it: Chat) -> Json:
    if it.owner is not None:
        owner = it.owner
        return given(
            id=it.id,
            type="private",
            first_name=owner.first_name,
            last_name=owner.last_name,
            username=owner.username,
        )
    return given(id=it.id, type=it.kind, title=it.title, is_forum=it.is_forum or None)


def member(it: Member) -> Json:
    body = {"user": user(it.user), "status": it.status}
    if it.status == "creator":
        return body | {"is_anonymous": False}
    if it.status == "administrator":
        rights = {right: right in it.rights for right in sorted(ADMIN_RIGHTS)}
        return body | {"can_be_edited": False, "is_anonymous": False} | rights
    if it.status == "restricted":
        allowed = {right: right in it.rights for right in sorted(PERMISSIONS)}
        return body | {"is_member": True, "until_date": 0} | allowed
    return body | ({"until_date": 0} if it.status == "kicked" else {})


def _file(it: File) -> Json:
    return {"file_id": it.id, "file_unique_id": it.unique_id, "file_size": len(it.content)}


def downloadable(it: File) -> Json:
    return _file(it) | {"file_path": it.path}


def media(it: Media) -> Json:
    if it.kind == "photo":
        small, large = it.files
        return {"photo": [_file(small) | {"width": 90, "height": 67}, _file(large) | {"width": 1280, "height": 960}]}
    body = _file(it.file) | given(mime_type=it.file.mime)
    if it.kind != "voice":
        body |= given(file_name=it.file.name)
    if it.kind in {"voice", "audio", "video", "animation"}:
        body["duration"] = 3
    if it.kind in {"video", "animation"}:
        body |= {"width": 640, "height": 480}
    return {it.kind: body}


def poll(it: Poll) -> Json:
    options = [
        {
            "persistent_id": f"{it.id}-{index}",
            "text": text,
            "voter_count": sum(index in chosen for chosen in it.votes.values()),
        }
        for index, text in enumerate(it.options)
    ]
    return {
        "id": it.id,
        "question": it.question,
        "options": options,
        "total_voter_count": sum(bool(chosen) for chosen in it.votes.values()),
        "is_closed": it.is_closed,
        "is_anonymous": it.is_anonymous,
        "type": it.type,
        "allows_multiple_answers": it.allows_multiple_answers,
        "allows_revoting": it.allows_revoting,
        "members_only": False,
    } | it.extra


def message(it: Message, *, with_reply: bool = True) -> Json:
    """`with_reply`: a message that is quoted does not carry what it quotes in turn."""
    body: Json = {"message_id": it.id, "from": user(it.sender), "chat": chat(it.chat), "date": it.date}
    body |= given(edit_date=it.edited_at, media_group_id=it.album, forward_origin=it.origin)
    body |= _content(it) | _thread(it) | it.service
    if it.is_anonymous:
        body["sender_chat"] = chat(it.chat)
    if it.markup is not None and "inline_keyboard" in it.markup:
        body["reply_markup"] = it.markup
    if with_reply:
        body |= _quoted(it)
    return body


def _content(it: Message) -> Json:
    body: Json = media(it.media) if it.media else {}
    if it.poll:
        body["poll"] = poll(it.poll)
    if it.text is not None:
        body |= {"text": it.text} | ({"entities": it.entities} if it.entities else {})
    if it.caption is not None:
        body |= {"caption": it.caption} | ({"caption_entities": it.entities} if it.entities else {})
    return body


def _thread(it: Message) -> Json:
    """In a supergroup without topics a reply carries a thread id too, but no `is_topic_message`."""
    if it.topic is not None:
        return {"message_thread_id": it.topic, "is_topic_message": True}
    if it.chat.kind == "supergroup" and not it.chat.is_forum and it.reply_to is not None:
        return {"message_thread_id": thread_root(it)}
    return {}


def thread_root(it: Message) -> int:
    """The first message of the chain of replies."""
    while it.reply_to is not None:
        above = it.chat.messages.get(it.reply_to)
        if above is None:
            return it.reply_to
        it = above
    return it.id


def _quoted(it: Message) -> Json:
    """In a topic, what answers nobody quotes the service message that opened the topic."""
    number = it.reply_to or (it.topic if it.topic != it.id else None)
    above = it.chat.messages.get(number) if number else None
    return {"reply_to_message": message(above, with_reply=False)} if above else {}


def reactions(emoji: list[str]) -> list[Json]:
    return [{"type": "emoji", "emoji": each} for each in emoji]
