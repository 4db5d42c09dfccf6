"""What is known of those who read answers alone, looked up as seldom as possible."""

from collections import Counter
from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from bot.domain.places import Address
from bot.engine.alone import CROWD
from storage import contacts
from storage.outbox import Queued, chat_lane, lane_of, waiting_in


class Readers:
    """For one context, or for many whose messages are written together."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._are_open: dict[tuple[str, str], bool | None] = {}
        self._waiting: Counter[str] = Counter()  # what waits in a lane, and was written before
        self._deciding: Counter[str] = Counter()  # what will wait there, of the messages seen so far
        self._seen = 0

    def load(self, platform: str, users: Collection[str]) -> None:
        """Look all of them up at once."""
        found = contacts.are_open(self._db, platform, users)
        self._are_open.update(((platform, user), found.get(user)) for user in users)

    def is_open(self, platform: str, user: str) -> bool | None:
        """As `storage/contacts.py` says it."""
        if (platform, user) not in self._are_open:
            self.load(platform, [user])
        return self._are_open[platform, user]

    def is_crowded(self, address: Address, outgoing: Sequence[Queued]) -> bool:
        """Whether so many messages wait to be posted in a chat, or are about to, that one more would only be noise."""
        lane = chat_lane(address)
        if lane not in self._waiting:
            self._waiting[lane] = waiting_in(self._db, address, CROWD + 1)
        if len(outgoing) < self._seen:  # they were written, or are not said after all
            self._seen, self._deciding = 0, Counter()
        self._deciding.update(lane_of(queued.message) for queued in outgoing[self._seen :] if not queued.is_held)
        self._seen = len(outgoing)
        return self._waiting[lane] + self._deciding[lane] > CROWD
