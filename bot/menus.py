"""What the command menus of a platform should show: by place, and in each language."""

from collections.abc import Iterable, Iterator

from bot.domain.ids import LANGUAGES, Language
from bot.domain.ports import Menu
from bot.engine.dispatch import listed_commands
from bot.engine.feature import Command, Registry
from bot.engine.live import Live
from bot.texts.catalogue import Catalogues

FIRST = (
    # Only staff see these, and they have them first.
    "report",
    "grant",
    "rituals",
    "postpone",
    "run",
    "pause",
    "resume",
    "failures",
    # What one does every day, then what one looks up.
    "checkin",
    "task",
    "ask",
    "points",
    "rank",
    "makeup",
    "thanks",
    "here",
    "live",
    "enter",
    "vote",
    "contest",
    "why",
    "level",
    "me",
    "rules",
)
LAST = ("help", "language", "nudge", "link", "mydata", "privacy", "forget")
"""Those that neither list names stand between the two, in the order in which the features declare them."""


def menus_of(platform: str, live: Live, registry: Registry, texts: Catalogues, language: Language) -> tuple[Menu, ...]:
    """All menus of a platform; `language` is for who has an app in a language that we don't speak."""

    def written(scope: Menu, commands: Iterable[Command], by_default: Language) -> Iterator[Menu]:
        ordered = sorted(commands, key=_place)
        for spoken in (None, *LANGUAGES):
            said = tuple((c.name, texts.say(spoken or by_default, f"help.{c.name}")) for c in ordered)
            yield Menu(scope=scope.scope, chat=scope.chat, language=spoken, commands=said)

    in_groups = [command for command in listed_commands(registry, "student", "main") if not command.alone]
    menus = [
        *written(Menu(scope="groups", commands=()), in_groups, language),
        *written(Menu(scope="private", commands=()), listed_commands(registry, "student", None), language),
    ]
    for chat, spoken in _staff_rooms(platform, live).items():
        menus += written(
            Menu(scope="chat", chat=chat, commands=()), listed_commands(registry, "admin", "staff"), spoken
        )
    return tuple(menus)


def _place(command: Command) -> int:
    if command.name in FIRST:
        return FIRST.index(command.name) - len(FIRST)
    return 1 + LAST.index(command.name) if command.name in LAST else 0


def _staff_rooms(platform: str, live: Live) -> dict[str, Language]:
    """The chats that are nothing but staff rooms, with their language: a topic has no menu of its own."""
    rooms: dict[str, Language] = {}
    spaces = [space for space in live.spaces.values() if space.address.platform == platform]
    for space in spaces:
        if space.kind == "staff":
            rooms.setdefault(space.address.room, live.courses[space.course].language)
    shared = {space.address.room for space in spaces if space.kind != "staff"}
    return {room: language for room, language in rooms.items() if room not in shared}
