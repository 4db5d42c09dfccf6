"""What a bot says of itself: command menus by scope and language, descriptions; and answers to presses."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.fakes.telegram import shapes
from tests.fakes.telegram.errors import bad
from tests.fakes.telegram.limits import check_commands, check_language, check_length
from tests.fakes.telegram.methods.target import open_chat
from tests.fakes.telegram.state import Chat, Json, Toast, User, World
from tests.fakes.telegram.wire import Call


def get_me(world: World, _: Call) -> Json:
    return shapes.myself(world)


def set_commands(world: World, call: Call) -> bool:
    check_commands(call.params["commands"])
    world.menus[_place(world, call.params)] = [dict(command) for command in call.params["commands"]]
    return True


def get_commands(world: World, call: Call) -> list[Json]:
    return world.menus.get(_place(world, call.params), [])


def delete_commands(world: World, call: Call) -> bool:
    world.menus.pop(_place(world, call.params), None)
    return True


def _place(world: World, params: Mapping[str, Any]) -> tuple[str, str]:
    scope = params.get("scope") or {"type": "default"}
    language = params.get("language_code") or ""
    check_language(language)
    if "chat_id" in scope:
        open_chat(world, scope)
    return _key(**scope), language


def _key(**scope: Any) -> str:
    return json.dumps(scope, sort_keys=True)


def menu_of(world: World, user: User, chat: Chat) -> list[Json]:
    """What the person sees after typing `/`: the first menu there is, as "Determining list of commands" says."""
    for scope in _scopes(chat, user):
        for language in (user.language_code or "")[:2], "":
            if menu := world.menus.get((scope, language)):
                return menu
    return []


def _scopes(chat: Chat, user: User) -> Iterator[str]:
    if chat.is_private:
        yield _key(type="chat", chat_id=chat.id)
        yield _key(type="all_private_chats")
    else:
        is_admin = chat.member(user).is_admin
        yield _key(type="chat_member", chat_id=chat.id, user_id=user.id)
        if is_admin:
            yield _key(type="chat_administrators", chat_id=chat.id)
        yield _key(type="chat", chat_id=chat.id)
        if is_admin:
            yield _key(type="all_chat_administrators")
        yield _key(type="all_group_chats")
    yield _key(type="default")


def set_about(what: str, most: int) -> Any:
    """setMyName, setMyDescription, setMyShortDescription."""

    def keep(world: World, call: Call) -> bool:
        text, language = call.params.get(what) or "", call.params.get("language_code") or ""
        check_length(what, text, most)
        check_language(language)
        world.about[what, language] = text
        return True

    return keep


def get_about(what: str) -> Any:
    def read(world: World, call: Call) -> Json:
        language = call.params.get("language_code") or ""
        return {what: world.about.get((what, language)) or world.about.get((what, ""), "")}

    return read


def answer_query(world: World, call: Call) -> bool:
    """A press can be answered once, and not for long."""
    text = call.params.get("text") or None
    check_length("answer", text or "", 200)
    query = world.queries.get(call.params["callback_query_id"])
    if query is None or query.is_answered or world.now() - query.asked_at > world.query_seconds:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    query.is_answered = True
    toast = Toast(text=text, show_alert=bool(call.params.get("show_alert")), url=call.params.get("url"))
    if toast.text or toast.url:
        world.toasts.setdefault(query.user.id, []).append(toast)
    return True
