"""What can be read in a room: the posts of the last hours, as far as nobody has deleted them."""

import random
from collections import deque
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.simulation.acts import Post

_READ_BACK = timedelta(hours=3)
_TRIES = 6


class Seen(NamedTuple):
    """A post, as one who reads it knows it."""

    at: datetime
    post: Post
    author: str
    is_question: bool


class Recent:
    """The recent posts of one room, oldest first."""

    def __init__(self) -> None:
        self._posts: deque[Seen] = deque()
        self._deleted: set[Post] = set()

    def add(self, seen: Seen) -> None:
        self._posts.append(seen)
        while self._posts[0].at < seen.at - _READ_BACK:
            self._posts.popleft()

    def delete(self, post: Post) -> None:
        self._deleted.add(post)

    def is_there(self, post: Post) -> bool:
        return post not in self._deleted

    def somebody_elses(self, who: str, chance: random.Random) -> Seen | None:
        return self._some(chance, lambda seen: seen.author != who)

    def a_question(self, who: str, chance: random.Random) -> Seen | None:
        return self._some(chance, lambda seen: seen.is_question and seen.author != who)

    def one_of(self, authors: Collection[str], who: str, chance: random.Random) -> Seen | None:
        return self._some(chance, lambda seen: seen.author in authors and seen.author != who)

    def _some(self, chance: random.Random, suits: Callable[[Seen], bool]) -> Seen | None:
        """One that suits, if the eye falls on one soon enough."""
        for _ in range(_TRIES if self._posts else 0):
            seen = self._posts[chance.randrange(len(self._posts))]
            if suits(seen) and self.is_there(seen.post):
                return seen
        return None
