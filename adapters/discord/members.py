"""Who is in the servers where courses live, and who came and went while nobody listened."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from adapters.discord.asking import FORBIDDEN, Asking, Unreadable, together
from adapters.discord.followed import Followed
from adapters.discord.gaps import Lost
from adapters.discord.parse import Known, parse
from adapters.discord.rooms import Rooms
from adapters.discord.stored import until_stored
from bot.domain.events import Event
from bot.domain.places import Address
from bot.domain.ports import AdapterStore, Clock, Sink

_KIND = "members"
_CAME, _WENT = "GUILD_MEMBER_ADD", "GUILD_MEMBER_REMOVE"
_PAGE = 1000
_BATCH = 100  # events

Raw = dict[str, Any]


class Members:
    """By server, the people who are known to be there; None: the bot may not know them."""

    def __init__(self, asking: Asking, rooms: Rooms, store: AdapterStore, followed: Followed, clock: Clock) -> None:
        self._asking = asking
        self._rooms = rooms
        self._store = store
        self._followed = followed
        self._clock = clock
        self._known: dict[str, set[str] | None] = {}
        self._unkept: set[str] = set()

    # --- as it happens ------------------------------------------------------------------------------------------------

    def heard(self, name: str, data: Mapping[str, Any]) -> None:
        """A raw event has had its effect."""
        if name in (_CAME, _WENT) and not data["user"].get("bot"):
            self.note(str(data["guild_id"]), str(data["user"]["id"]), is_there=name == _CAME)

    def note(self, guild: str, user: str, *, is_there: bool) -> None:
        """Somebody came, or left, and that is committed. Servers whose people were never compared are left alone."""
        users = self._known.get(guild)
        if users is not None and (user in users) != is_there:
            users.symmetric_difference_update({user})
            self._unkept.add(guild)

    async def flush(self) -> None:
        """Store what has changed. Raises StorageTrouble; then it is stored the next time."""
        changed, self._unkept = self._unkept, set()
        try:
            for guild in sorted(changed):
                users = self._known[guild]
                await self._store.put(_KIND, guild, {"users": None if users is None else sorted(users)})
        except BaseException:
            self._unkept |= changed
            raise

    # --- after nobody has listened ------------------------------------------------------------------------------------

    async def compare(self, sink: Sink) -> set[Lost]:
        """Tell who came and who left. Of a server that is new nobody is told: they are only remembered."""
        homes: dict[str, list[Address]] = {}
        for root in self._followed.roots():
            homes.setdefault(root.guild, []).extend(filter(None, [self._rooms.address_of(root.id, root.guild)]))
        told = await together(self._compare(guild, tuple(homes[guild]), sink) for guild in sorted(homes))
        return set() if all(told) else {"members"}

    async def _compare(self, guild: str, homes: tuple[Address, ...], sink: Sink) -> bool:
        """False where the bot may not know who is there."""
        before = await self._remembered(guild)
        try:
            there = await self._people(guild)
        except Unreadable as error:
            if error.reason == FORBIDDEN:  # else the server was in trouble, and they are compared the next time
                await self._remember(guild, None)
            return False
        if before is not None:
            changes = [(_CAME, there[user]) for user in sorted(there.keys() - before)]
            changes += [(_WENT, {"user": {"id": user}}) for user in sorted(before - there.keys())]
            events = [event for name, person in changes for event in self._events(name, person, guild, homes)]
            for start in range(0, len(events), _BATCH):
                await _hand_over(events[start : start + _BATCH], sink)
        await self._remember(guild, there.keys())
        return True

    def _events(self, name: str, person: Raw, guild: str, homes: tuple[Address, ...]) -> list[Event]:
        now, has_come = self._clock.now(), name == _CAME
        homes = tuple(home for home in homes if not has_come or self._rooms.is_open(home))
        key = f"{guild}:{person['user']['id']}:{now.isoformat()}"
        known = Known(place=self._rooms.address_of, bot=self._rooms.bot, key=key, at=now, homes=homes)
        return parse(name, {**person, "guild_id": guild}, known)

    async def _people(self, guild: str) -> Mapping[str, Raw]:
        """Everybody who is no bot, by id. Raises Unreadable."""
        people: dict[str, Raw] = {}
        after = "0"
        while True:
            params = {"limit": _PAGE, "after": after}
            page = await self._asking.get("/guilds/{guild_id}/members", params, guild_id=guild)
            people |= {str(one["user"]["id"]): one for one in page if not one["user"].get("bot")}
            if len(page) < _PAGE:
                return people
            after = max((str(one["user"]["id"]) for one in page), key=int)

    async def _remembered(self, guild: str) -> set[str] | None:
        if guild not in self._known:
            stored = await self._store.get(_KIND, guild)
            users = stored["users"] if stored else None
            self._known[guild] = None if users is None else set(users)
        return self._known[guild]

    async def _remember(self, guild: str, users: Collection[str] | None) -> None:
        self._known[guild] = None if users is None else set(users)
        self._unkept.add(guild)
        await until_stored(self.flush)


async def _hand_over(events: Sequence[Event], sink: Sink) -> None:
    await until_stored(lambda: sink(events))
