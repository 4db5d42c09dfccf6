"""Making and changing messages of the bot, whatever route they come by."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import timedelta
from typing import Any

from tests.fakes.discord.errors import known
from tests.fakes.discord.limits import SELECTS, every
from tests.fakes.discord.state import Answer, Channel, File, Json, Message, Poll, User
from tests.fakes.discord.wire import Call
from tests.fakes.discord.world import World

_EVERYONE = re.compile("@everyone|@here")


def is_empty(body: Mapping[str, Any], call: Call) -> bool:
    has = any(body.get(name) for name in ("embeds", "components", "poll", "sticker_ids"))
    return not has and not call.uploads and not (body.get("content") or "").strip()


def content_of(world: World, channel: Channel, body: Mapping[str, Any], call: Call) -> dict[str, Any]:
    """What a new message holds. Raises 50006 for nothing at all."""
    if is_empty(body, call):
        raise known(50006)
    return {
        "content": (body.get("content") or "").strip(),
        "embeds": [{"type": "rich", **embed} for embed in body.get("embeds") or []],
        "components": numbered(body.get("components") or []),
        "files": uploaded(world, channel, body, call),
        "poll": poll_of(world, body["poll"]) if body.get("poll") else None,
        "flags": body.get("flags") or 0,
    }


def numbered(components: list[Json]) -> list[Json]:
    """With the ids that Discord gives to components without one, and how many may be chosen in a select."""
    components = deepcopy(components)
    for number, component in enumerate(every(components), 1):
        component.setdefault("id", number)
        if component["type"] in SELECTS:
            component.setdefault("min_values", 1)
            component.setdefault("max_values", 1)
    return components


def uploaded(world: World, channel: Channel, body: Mapping[str, Any], call: Call) -> list[File]:
    about = {int(each["id"]): each for each in body.get("attachments") or []}
    files = []
    for number, upload in sorted(call.uploads.items()):
        named = about.get(number, {})
        name = re.sub(r"[^\w.-]+", "_", named.get("filename") or upload.name)  # as Discord cleans names
        files.append(world.keep(channel, name, upload.content, upload.mime, named.get("description")))
    return files


def poll_of(world: World, asked: Json) -> Poll:
    answers = [
        Answer(id=number, text=each["poll_media"]["text"], emoji=each["poll_media"].get("emoji"))
        for number, each in enumerate(asked["answers"], 1)
    ]
    return Poll(
        question=asked["question"]["text"],
        answers=answers,
        expires_at=world.now() + timedelta(hours=int(asked.get("duration") or 24)),
        allows_several=bool(asked.get("allow_multiselect")),
    )


def mentions_of(world: World, body: Mapping[str, Any], replied: User | None) -> tuple[list[User], bool]:
    """Who is really told, and whether everybody is: as `allowed_mentions` has it."""
    content, allowed = body.get("content") or "", body.get("allowed_mentions")
    named = world.mentioned(content)
    has_everyone = bool(_EVERYONE.search(content))
    if allowed is None:
        return _with(named, replied), has_everyone
    parse, users = allowed.get("parse") or [], {str(each) for each in allowed.get("users") or []}
    told = [user for user in named if "users" in parse or str(user.id) in users]
    return _with(told, replied if allowed.get("replied_user") else None), has_everyone and "everyone" in parse


def _with(users: Sequence[User], replied: User | None) -> list[User]:
    return [*users, *([replied] if replied and replied not in users else [])]


def rewrite(world: World, message: Message, body: Mapping[str, Any], call: Call) -> None:
    """Applies an edit; what the body does not name stays. Raises 50006 if nothing is left."""
    files = message.files
    if "attachments" in body or call.uploads:
        kept = {str(each["id"]) for each in body.get("attachments") or []}
        stays = message.files if "attachments" not in body else [each for each in files if str(each.id) in kept]
        files = stays + uploaded(world, message.channel, body, call)
    content = message.content if "content" not in body else (body["content"] or "").strip()
    embeds = message.embeds if "embeds" not in body else [{"type": "rich", **each} for each in body["embeds"] or []]
    components = message.components if "components" not in body else numbered(body["components"] or [])
    if not (content or embeds or components or files or message.poll):
        raise known(50006)
    is_edited = (content, embeds) != (message.content, message.embeds) or files != message.files
    message.content, message.embeds, message.components, message.files = content, embeds, components, files
    if is_edited:
        message.mentions = mentions_of(world, body, None)[0]
        message.edited_at = world.now()
