"""The chat page: one object per open tab, which draws what the chat holds and follows its changes."""

import asyncio
import hashlib
import json
import logging
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from nicegui import core, ui
from nicegui.events import GenericEventArguments
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from adapters.local.chat import LocalChat
from adapters.local.composer import Composer
from adapters.local.control import Control
from adapters.local.conversation import Conversation
from adapters.local.gate import PERSON
from adapters.local.nodes import button, div, icon, span
from adapters.local.pinned import PinnedBar
from adapters.local.sidebar import Sidebar
from adapters.local.timebar import TimeBar
from adapters.local.travel import Travel
from adapters.local.values import REACTIONS, Mistake, Person, Room
from adapters.local.words import PageWords
from bot.domain.errors import StorageTrouble

_ASSETS = Path(__file__).parent / "assets"
_LOOK = 0.3  # seconds between two looks at the chat
_VIEWPORT = "width=device-width, initial-scale=1, interactive-widget=resizes-content"
_SCRIPT_TEXTS = ("offline", "uploading", "remove_file", "close", "too_far", "delete", "delete_ask", "delete_keep")


class ChatPage:
    """A tab: who looks, at which room."""

    def __init__(self, chat: LocalChat, control: Control, travel: Travel, person: Person) -> None:
        self._chat = chat
        self._control = control
        self._person = person
        self._words = PageWords(control)
        self._one_at_a_time = asyncio.Lock()
        self._is_in_trouble = False
        texts = {name: self._words(f"page.{name}") for name in _SCRIPT_TEXTS}
        with div("app", id="homeroom", data_texts=json.dumps(texts)) as self._root:
            self._sidebar = Sidebar(chat, control, self._words)
            with div("main", role="main"):
                self._bar = TimeBar(control, travel, self._words)
                self._pinned = PinnedBar(chat, self._words)
                self._draw_list()
                self._composer = Composer(self._words)
                self._draw_palette()

    def _draw_list(self) -> None:
        with div("middle"):
            label = self._words("page.messages")
            with div("scroller", id="scroller", data_testid="message-list", role="log", tabindex=0, aria_label=label):
                self._conversation = Conversation(self._chat, self._control, self._words)
            with button("pill", id="pill", data_testid="new-messages"):
                span("", self._words("page.new_messages"))
                icon("down")

    def _draw_palette(self) -> None:
        label = self._words("page.react")
        with div("palette", id="palette", data_testid="palette", role="toolbar", aria_label=label):
            for reaction in REACTIONS:
                button("pick", reaction, data_give=reaction)

    async def open(self, room: str) -> None:
        """Show a room, and from now on whatever happens in it."""
        ui.on("go", self._go)
        ui.on("earlier", self._earlier)
        ui.on("edit", self._edit)
        ui.on("unfold", lambda event: self._conversation.unfold(int(event.args)))
        await self._enter(self._person.id, room)
        ui.timer(_LOOK, self._look, immediate=False)

    async def _enter(self, who: str, wanted: str) -> None:
        async with self._one_at_a_time:
            person = self._chat.person(who)
            room = self._chat.room_or_first(wanted, person)
            await self._conversation.show(person, room)
            await self._pinned.show(person, room)
            self._frame(person, room)

    def _frame(self, person: Person, room: Room) -> None:
        """Draw what stands around the conversation, as the courses are now."""
        self._person, self._room = person, room
        self._version, self._zone = self._control.version, self._control.zone
        ui.page_title(self._control.title)
        self._sidebar.show(person, room)
        self._bar.show(room)
        self._composer.show(self._control.commands(person, room))
        self._root.props.update({"data-as": person.id, "data-room": room.id})

    async def _go(self, event: GenericEventArguments) -> None:
        """Somewhere else, or as somebody else, without a new page."""
        wanted: dict[str, Any] = event.args
        asked = str(wanted.get("as"))
        is_somebody = self._control.is_demo and asked in self._chat.people
        try:
            await self._enter(asked if is_somebody else self._person.id, str(wanted.get("room")))
        except (Mistake, StorageTrouble) as trouble:
            self._warn(trouble)
        self._root.props["data-visit"] = str(wanted.get("visit"))  # the script waits for it, come what may

    async def _earlier(self) -> None:
        try:
            async with self._one_at_a_time:
                await self._conversation.show_earlier()
        except (Mistake, StorageTrouble) as trouble:
            self._warn(trouble)

    async def _edit(self, event: GenericEventArguments) -> None:
        """Hand the script one's own message as it was written: on the page it may be cut."""
        try:
            message = await self._chat.message(self._person.id, self._room.id, int(event.args))
        except (Mistake, StorageTrouble) as trouble:
            self._warn(trouble)
            return
        if message and message.author == self._person.id:
            ui.run_javascript(f"homeroom.edit({message.number}, {json.dumps(message.text)})")

    async def _look(self) -> None:
        self._bar.tick()
        try:
            async with self._one_at_a_time:
                if self._is_outdated():
                    await self._look_again()
                if self._conversation.is_behind:
                    await self._conversation.catch_up()
                    await self._pinned.show(self._person, self._room)
                    await self._sidebar.catch_up(self._person, self._room)
            self._is_in_trouble = False
        except (Mistake, StorageTrouble) as trouble:
            if not self._is_in_trouble:
                self._is_in_trouble = True
                self._warn(trouble)

    def _is_outdated(self) -> bool:
        return self._version != self._control.version or self._person != self._chat.person(self._person.id)

    async def _look_again(self) -> None:
        """The courses have changed: who may be where, what things are called, what can be typed."""
        person = self._chat.person(self._person.id)
        room = self._chat.room_or_first(self._room.id, person)
        if room.id != self._room.id or self._zone != self._control.zone:
            await self._conversation.show(person, room)
            await self._pinned.show(person, room)
        self._frame(person, room)

    def _warn(self, trouble: Mistake | StorageTrouble) -> None:
        text = _in_words(trouble, self._words)
        ui.run_javascript(f"homeroom.toast({json.dumps(text)}, 'problem')")


def mount_page(app: FastAPI, chat: LocalChat, control: Control, travel: Travel) -> None:
    """Put the page at `/` of an application, with its stylesheet and scripts."""
    version = _version()
    # NiceGUI has one application per process; a second server in it starts with a fresh stack.
    core.app.middleware_stack = None
    core.app.user_middleware.clear()
    logging.getLogger("nicegui").setLevel(logging.ERROR)  # it warns of every address that is not there

    @ui.page("/", title=control.title)
    async def page(request: Request) -> Response | None:
        person = _who(request, chat, control)
        if person is None:
            return PlainTextResponse(PageWords(control)("chat.nobody") + "\n", 404)
        _head(version)
        try:
            tab = ChatPage(chat, control, travel, person)
            await tab.open(request.query_params.get("room", ""))
        except (Mistake, StorageTrouble) as trouble:
            status = trouble.status if isinstance(trouble, Mistake) else 503
            return PlainTextResponse(_in_words(trouble, PageWords(control)) + "\n", status)
        return None

    app.mount(f"/assets/{version}", StaticFiles(directory=_ASSETS))
    ui.run_with(
        app,
        title=control.title,
        viewport=_VIEWPORT,
        favicon=_ASSETS / "favicon.svg",
        dark=None,
        language="en-US" if control.language == "en" else "zh-CN",
        reconnect_timeout=15,
        tailwind=False,
        show_welcome_message=False,
    )


def _in_words(trouble: Mistake | StorageTrouble, words: PageWords) -> str:
    if isinstance(trouble, Mistake):
        return words(trouble.id)
    return words(trouble.text.id, **trouble.text.values)


def _who(request: Request, chat: LocalChat, control: Control) -> Person | None:
    if not control.is_demo:
        return chat.people.get(str(request.scope.get(PERSON)))
    asked = chat.people.get(request.query_params.get("as", ""))
    return asked or next((person for person in chat.people.values() if not person.is_scripted), None)


def _head(version: str) -> None:
    for sheet in ("style.css", "composer.css", "icons.css"):
        ui.add_head_html(f'<link rel="stylesheet" href="/assets/{version}/{sheet}">')
    # The scripts import each other by relative address, so the version is in the path: one address each.
    for script in ("chat.js", "composer.js", "messages.js"):
        ui.add_head_html(f'<script type="module" src="/assets/{version}/{script}"></script>')


def _version() -> str:
    """Changes with the assets, so that browsers may keep them."""
    digest = hashlib.sha256()
    for path in sorted(_ASSETS.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
