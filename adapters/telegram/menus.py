"""Publishes the command menus: only what has changed since they were published last, and again where it failed."""

import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from telegram.error import BadRequest, Forbidden, TelegramError

from adapters.publishing import digest_of, keep_published
from bot.domain.errors import StorageTrouble
from bot.domain.ports import AdapterStore, Menu

log = logging.getLogger(__name__)

_KIND = "menu"
_MOST = 10_000  # menus that are remembered
_CHAT = re.compile(r"-?[0-9]+")  # a course may name what is no chat
_NAME = re.compile(r"[a-z0-9_]{1,32}")
_COMMANDS = 100  # in one menu
_LONGEST_WORDS = 256
_SCOPES = {"groups": "all_group_chats", "private": "all_private_chats", "chat": "chat"}
_CODES = {"zh_Hans": "zh", "en": "en"}


Call = Callable[..., Awaitable[Any]]
"""Calls a method of the Bot API with its parameters. Raises TelegramError."""


class MenuKeeper:
    """Keeps the menus as they are wanted; `wanted` is asked again and again."""

    def __init__(self, call: Call, store: AdapterStore, wanted: Callable[[], Sequence[Menu]]) -> None:
        self._call = call
        self._store = store
        self._wanted = wanted
        self._published: Sequence[Menu] | None = None  # when everything was published that was wanted

    async def run(self) -> None:
        """Look for ever. What goes wrong is logged and tried again."""
        await keep_published(self.publish)

    async def publish(self) -> bool:
        """Publish what is wanted and not yet there; whether nothing is left to be done."""
        menus = [menu for menu in self._wanted() if menu.chat is None or _CHAT.fullmatch(menu.chat)]
        if menus == self._published:
            return True
        try:
            done = await self._publish({_key(menu): _params(menu) for menu in menus})
        except StorageTrouble:
            return False
        self._published = menus if done else None
        return done

    async def _publish(self, wanted: dict[str, dict[str, Any]]) -> bool:
        known = {document.key: document.value for document in await self._store.latest(_KIND, limit=_MOST)}
        done = True
        for key, params in wanted.items():
            digest = digest_of(params)
            if known.get(key, {}).get("digest") == digest:
                continue
            if await self._try("setMyCommands", params):
                about = {name: value for name, value in params.items() if name != "commands"}
                await self._store.put(_KIND, key, {"digest": digest, "about": about})
            else:
                done = False
        for key in known.keys() - wanted.keys():
            if await self._try("deleteMyCommands", known[key]["about"], is_removal=True):
                await self._store.delete(_KIND, key)
            else:
                done = False
        return done

    async def _try(self, method: str, params: dict[str, Any], *, is_removal: bool = False) -> bool:
        try:
            await self._call(method, **params)
        except (BadRequest, Forbidden) as error:
            if is_removal:  # in a chat that is there no more, the menu is neither
                return True
            log.warning("a command menu was refused: %s", error)
            return False
        except TelegramError as error:
            log.warning("a command menu could not be changed now: %s", error)
            return False
        return True


def _key(menu: Menu) -> str:
    return f"{menu.scope}:{menu.chat or ''}:{menu.language or ''}"


def _params(menu: Menu) -> dict[str, Any]:
    """A menu as `setMyCommands` takes it."""
    said = [
        {"command": name, "description": words[:_LONGEST_WORDS]}
        for name, words in menu.commands
        if _NAME.fullmatch(name)
    ]
    scope: dict[str, Any] = {"type": _SCOPES[menu.scope]}
    if menu.chat:
        scope["chat_id"] = int(menu.chat)
    params: dict[str, Any] = {"commands": said[:_COMMANDS], "scope": scope}
    return params | ({"language_code": _CODES[menu.language]} if menu.language else {})
