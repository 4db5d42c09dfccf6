"""What people do with what is there: react, vote, pin."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from tests.fakes.discord.people import People, Place
from tests.fakes.discord.rights import Right, may
from tests.fakes.discord.routes.pins import set_pinned
from tests.fakes.discord.routes.polls import end_polls_that_are_due
from tests.fakes.discord.routes.reactions import put_reaction, take_reaction
from tests.fakes.discord.state import User


class Touches(People):
    """Mixed into FakeDiscord."""

    async def until(self, condition: Callable[[], Any], seconds: float = 5.0) -> None:
        """Waits until it is so, in real time. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110 - a condition may be about anything
                await asyncio.sleep(0.005)

    def reacts(self, person: User, place: Place, message: int, emoji: str, *, add: bool = True) -> None:
        """Adds a reaction or takes it back. An emoji of the guild is "name:id"."""
        found = self.message(place, message)
        assert may(found.channel, person.id, Right.VIEW_CHANNEL, Right.ADD_REACTIONS)
        (put_reaction if add else take_reaction)(self.world, found, person, emoji)

    def votes(self, person: User, place: Place, message: int, *answers: str) -> None:
        """Votes for these answers; none takes the vote back. Each change is an event of its own."""
        found = self.message(place, message)
        poll = found.poll
        assert poll is not None, "there is no poll in this message"
        assert not poll.is_final, "the poll is over"
        assert poll.expires_at > self.world.now(), "the poll is over"
        assert len(answers) <= 1 or poll.allows_several, "one answer only"
        ids = {answer.text: answer.id for answer in poll.answers}
        old, new = poll.votes.pop(person.id, set()), {ids[answer] for answer in answers}
        if new:
            poll.votes[person.id] = new
        place_of = {"channel_id": str(found.channel.id), "message_id": str(found.id), "user_id": str(person.id)}
        for answer in sorted(old - new):
            self.world.tell("MESSAGE_POLL_VOTE_REMOVE", place_of | {"answer_id": answer}, found.channel)
        for answer in sorted(new - old):
            self.world.tell("MESSAGE_POLL_VOTE_ADD", place_of | {"answer_id": answer}, found.channel)

    def ends_polls(self) -> None:
        """Those whose time is over by the clock: any request ends them too."""
        end_polls_that_are_due(self.world)

    def pins(self, person: User, place: Place, message: int, *, is_pinned: bool = True) -> None:
        """Pins or unpins as a person."""
        set_pinned(self.world, self.message(place, message), person, is_pinned=is_pinned)
