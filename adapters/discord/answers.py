"""Answers to interactions: seen by who has acted, and by nobody else.

An interaction is acknowledged once, by its first answer or by a sign that we think. Which of them it was may have been
forgotten, or never known: then what stands there is looked at.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, Literal, NamedTuple

import discord
from msgspec import structs

from adapters.discord.client import Client, Upload
from adapters.discord.finding import says_same
from adapters.discord.keeping import keep_commands
from adapters.discord.outcomes import as_outcome, code_of, id_of, read
from adapters.discord.render import EPHEMERAL, LOADING, aside_of, edit_of, says_nothing
from adapters.discord.sheets import modal_of
from adapters.discord.uploads import uploads_of
from bot.domain.errors import NotSent, Refused, Unknown
from bot.domain.messages import Button, OutgoingMessage, Span
from bot.domain.ports import AdapterStore, FileStore

_CALLBACK = "/interactions/{id}/{token}/callback?with_response=true"
_MORE = "/webhooks/{application}/{token}"
_ORIGINAL = _MORE + "/messages/@original"
_MESSAGE, _THINKING, _SILENCE, _FORM = 4, 5, 6, 9  # types of a first answer
_ACKNOWLEDGED = (40060, 10062)  # it was before; or so long ago that Discord only knows it by its token
_NO_MESSAGE = 10008
SORRY = "⚠️"  # says in every language that it did not work
_BARE: dict[str, Any] = {"buttons": (), "files": (), "table": None, "sheet": None, "poll": None}
_REMEMBERED = 10_000  # interactions whose sign that we think is known to stand there


class Word(NamedTuple):
    """What answering an interaction takes; `kind` is a command, a button, or a form that was handed in."""

    kind: Literal["c", "b", "m"]
    id: str
    token: str


def read_word(word: str) -> Word:
    """The opaque word of an event, read. Raises ValueError."""
    match word.split(":", 2):
        case [("c" | "b" | "m") as kind, id, token] if id and token:
            return Word(kind, id, token)
    raise ValueError("no interaction")


class Answers:
    """Gives them. `given` hears the word of each interaction that needs no more answer."""

    def __init__(
        self,
        client: Client,
        store: AdapterStore,
        files: FileStore,
        given: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        self._client = client
        self._store = store
        self._files = files
        self._given = given
        self._thinking: dict[str, None] = {}  # in the order in which it began

    async def defer(self, word: str) -> None:
        """Show that we think; where the answer was quicker, nothing happens. Raises NotSent, Refused or Unknown."""
        with as_outcome():
            asked = read_word(word)
            if await self._acknowledge(asked, _THINKING, {"flags": EPHEMERAL}) is not None:
                self._thinking[asked.id] = None
                for id in list(self._thinking)[:-_REMEMBERED]:
                    del self._thinking[id]

    async def give(self, message: OutgoingMessage) -> str:
        """The platform's id of the answer. Raises NotSent, Refused or Unknown, nothing else."""
        assert message.answers, "only what answers an interaction comes here"
        try:
            with as_outcome():
                await keep_commands(self._store, message)
                id = await self._give(read_word(message.answers), message)
        except Refused as refused:
            if refused.why != "late":
                await self._say_that_it_failed(message)
            await self._settled(message)
            raise
        await self._settled(message)
        return id

    async def _say_that_it_failed(self, message: OutgoingMessage) -> None:
        """Who waits is not left waiting for what Discord does not take."""
        assert message.answers, "only what answers an interaction comes here"
        sign = structs.replace(message, body=(Span(SORRY),), **_BARE)
        with suppress(NotSent, Refused, Unknown), as_outcome():
            await self._give(read_word(message.answers), sign)

    async def _settled(self, message: OutgoingMessage) -> None:
        if self._given is not None and message.answers and not message.is_more:
            await self._given(message.answers)

    async def _give(self, asked: Word, message: OutgoingMessage) -> str:
        if message.is_more:
            return await self._follow_up(asked, await self._in_words(message))
        if asked.id in self._thinking:
            id = await self._say_at_last(asked, message)
        else:
            made = await self._answer_first(asked, message)
            id = made if made is not None else await self._finish(asked, message)
        self._thinking.pop(asked.id, None)  # it may have begun beside this answer
        return id

    # --- the first answer ---------------------------------------------------------------------------------------------

    async def _answer_first(self, asked: Word, message: OutgoingMessage) -> str | None:
        """None: the interaction was acknowledged before."""
        if message.sheet and asked.kind != "m":
            return await self._acknowledge(asked, _FORM, modal_of(message.sheet))
        if says_nothing(message) and asked.kind == "b":
            return await self._acknowledge(asked, _SILENCE, None)
        if says_nothing(message):  # there is no other way to be silent
            thinking = await self._acknowledge(asked, _THINKING, {"flags": EPHEMERAL})
            return thinking and await self._say_at_last(asked, message)
        spoken = await self._in_words(message)
        return await self._acknowledge(asked, _MESSAGE, aside_of(spoken), self._uploads(spoken))

    async def _acknowledge(self, asked: Word, kind: int, data: Any, files: Sequence[Upload] = ()) -> str | None:
        """The id of what stands there now, or of the interaction; None: it was acknowledged before."""
        body = {"type": kind, **({"data": data} if data is not None else {})}
        try:
            made = await self._client.answer("POST", _CALLBACK, json=body, files=files, id=asked.id, token=asked.token)
        except discord.HTTPException as error:
            if code_of(error) in _ACKNOWLEDGED:
                return None
            raise
        resource = made.get("resource") or {} if isinstance(made, dict) else {}
        return str((resource.get("message") or {}).get("id") or asked.id)

    # --- what comes later ---------------------------------------------------------------------------------------------

    async def _finish(self, asked: Word, message: OutgoingMessage) -> str:
        """It was acknowledged before, nobody knows how. What others see is never written over."""
        original = await self._original(asked)
        flags = original["flags"] if original else 0
        if flags & LOADING:
            return await self._say_at_last(asked, message)
        is_open = message.sheet is not None and original is None  # a form leaves no message
        if is_open or says_nothing(message):
            return asked.id
        spoken = await self._in_words(message)
        if original and flags & EPHEMERAL and says_same(original, aside_of(spoken)):
            return str(original["id"])
        return await self._follow_up(asked, spoken)

    async def _original(self, asked: Word) -> dict[str, Any] | None:
        """What the first answer has put there."""
        try:
            found: dict[str, Any] = read(await self._later("GET", _ORIGINAL, asked), dict)
        except discord.HTTPException as error:
            if code_of(error) != _NO_MESSAGE:
                raise
            return None
        return found

    async def _say_at_last(self, asked: Word, message: OutgoingMessage) -> str:
        """Say it where it still says that we think."""
        spoken = await self._in_words(message)
        try:
            if says_nothing(message):
                await self._later("DELETE", _ORIGINAL, asked)
                return asked.id
            made = await self._later("PATCH", _ORIGINAL, asked, json=edit_of(spoken), files=self._uploads(spoken))
        except discord.HTTPException as error:
            if code_of(error) != _NO_MESSAGE:
                raise
            return await self._follow_up(asked, spoken)  # who has acted was tired of waiting for it
        return id_of(made)

    async def _follow_up(self, asked: Word, message: OutgoingMessage) -> str:
        """Only the first answer can be looked at again: further ones have no nonce, and are in no history.

        One that may be there already is not said again. Who misses it can ask once more, and the staff hears of it;
        who reads it twice can't tell whether something has happened twice.
        """
        if says_nothing(message):
            return asked.id
        if message.is_unsure:
            raise Refused("a further part of an answer may be there already, and can't be looked for")
        made = await self._later("POST", _MORE, asked, json=aside_of(message), files=self._uploads(message))
        return id_of(made)

    async def _later(self, method: str, path: str, asked: Word, **body: Any) -> Any:
        return await self._client.answer(method, path, application=self._client.application, token=asked.token, **body)

    # --- what it says -------------------------------------------------------------------------------------------------

    async def _in_words(self, message: OutgoingMessage) -> OutgoingMessage:
        """A form can only be the first answer; later there is a button that opens it."""
        sheet = message.sheet
        if sheet is None:
            return message
        body = message.body if message.text.strip() else (Span(sheet.title, "bold"),)
        button = Button(label=sheet.open_label, command=sheet.command)
        spoken = structs.replace(message, body=body, buttons=(*message.buttons, button), sheet=None)
        await keep_commands(self._store, spoken)
        return spoken

    def _uploads(self, message: OutgoingMessage) -> list[Upload]:
        return uploads_of(message.files, self._files)
