"""What is pinned in a room: one line above the conversation, which leads to the message."""

from adapters.local.chat import LocalChat
from adapters.local.nodes import button, div, icon, named, node, span
from adapters.local.values import Message, Person, Room
from adapters.local.wire import file_url
from adapters.local.words import PageWords
from bot.domain.messages import File


class PinnedBar:
    """Shows the newest pinned message; nothing where none is."""

    def __init__(self, chat: LocalChat, words: PageWords) -> None:
        self._chat = chat
        self._words = words
        self._shown: Message | None = None
        self._bar = div("pinned-bar")

    async def show(self, person: Person, room: Room) -> None:
        """As it is now; drawn anew only where it is another message, or says something else."""
        message = await self._chat.pinned(person.id, room.id)
        if message == self._shown:
            return
        self._shown = message
        self._bar.clear()
        if message:
            with self._bar:
                self._draw(message)

    def _draw(self, message: Message) -> None:
        with button("pinned", data_goto=message.number, data_testid="pinned", title=self._words("page.to_pinned")):
            icon("pin")
            if picture := _picture(message):
                node("img", "thumb", src=file_url(picture), alt="")
            with div("pinned-words"):
                span("pinned-title", self._words("page.pinned"))
                named("excerpt", self._words.excerpt(message))


def _picture(message: Message) -> File | None:
    return next((upload for upload in message.files if upload.is_picture), None)
