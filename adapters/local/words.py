"""What the page says, in its language and in the course's time zone."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from adapters.local.control import Control
from adapters.local.values import BOT, Message, Room

_EXCERPT = 90  # characters


class PageWords:
    """Texts, times and names as the page shows them."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def __call__(self, id: str, **values: Any) -> str:
        return self._control.texts.say(self._control.language, id, **values)

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self._control.zone))

    def time(self, moment: datetime) -> str:
        return f"{self.local(moment):%H:%M}"

    def date(self, day: date) -> str:
        pattern = "EEE, d MMM" if self._control.language == "en" else "M月d日 EEE"
        return format_date(day, pattern, locale=self._control.language)

    def day(self, room: Room) -> str:
        """The day of the room's course; empty outside the course."""
        day = self._control.day(room)
        return self("page.day", day=day[0], days=day[1]) if day else ""

    def author(self, message: Message) -> str:
        return self("page.bot_name") if message.author == BOT else message.name

    def excerpt(self, message: Message) -> str:
        """The beginning of a message, in one line."""
        if message.is_deleted:
            return self("page.deleted")
        text = " ".join(message.text[: _EXCERPT * 2].split())
        if not text and message.files:
            return self("page.picture" if message.files[0].is_picture else "page.file")
        return text if len(text) <= _EXCERPT else text[:_EXCERPT] + "…"

    def size(self, size: int) -> str:
        if size < 1024:
            return f"{size} B"
        return f"{size / 1024:.0f} KB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"
