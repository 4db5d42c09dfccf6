"""Says what may be meant by what somebody has typed so far of a command's parameter; changes nothing."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.ids import EventKey
from bot.domain.ports import Asked, Clock
from bot.domain.text import clean_text
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.dispatch import check_allowed
from bot.engine.feature import Command, Suggester
from bot.engine.names import clean_line
from bot.engine.private import implied_course
from bot.engine.roster import present_member
from bot.engine.transaction import Belonging, Engine, Transaction
from storage.database import Database

MOST = 25
_LONGEST = 100  # characters of a value
_WIDEST = 90  # columns of what is shown


class Suggesting:
    """Answers on a transaction of its own."""

    def __init__(self, database: Database, engine: Engine, clock: Clock) -> None:
        self._database = database
        self._engine = engine
        self._clock = clock

    async def __call__(self, asked: Asked, /) -> Sequence[tuple[str, str]]:
        """At most 25 values, each with what is shown; none for what nobody knows, or the person may not use.

        Raises StorageTrouble.
        """
        command = self._engine.registry.commands.get(asked.command)
        suggester = self._suggester(command, asked.parameter) if command else None
        if command is None or suggester is None:
            return ()
        return await self._database.run(lambda db: self._suggest(db, asked, command, suggester))

    def _suggester(self, command: Command, parameter: str) -> Suggester | None:
        name = next((one.suggests for one in command.parameters if one.name == parameter), "")
        return self._engine.registry.suggesters.get(name)

    def _suggest(self, db: Connection, asked: Asked, command: Command, suggester: Suggester) -> list[tuple[str, str]]:
        if clean_text(asked.typed) != asked.typed:
            return []  # in nothing that a database holds
        ctx, typed = self._context(db, asked), asked.typed.strip()
        try:
            if not command.anywhere:
                check_allowed(ctx, command)
            found = suggester(ctx, typed)
        except UserError:
            return []
        texts = self._engine.voice.texts
        return _fitting(((value, texts.show(ctx.language, shown)) for value, shown in found), typed)

    def _context(self, db: Connection, asked: Asked) -> Context:
        """Where and who it is, as it is known already: nobody becomes a member by typing."""
        tx = Transaction(self._engine, db, self._engine.library.refresh(db))
        event = CommandInvoked(
            key=EventKey("suggesting"),
            at=self._clock.now(),
            actor=asked.actor,
            address=asked.address,
            name=asked.command,
        )
        space = tx.live.space_at(asked.address)
        implied = implied_course(db, tx.live, event) if asked.address.private else None
        course = space.course if space else implied
        if course is None:
            return Context(tx, event, Belonging())
        who = present_member(db, course, asked.actor)
        return Context(tx, event, Belonging(course=tx.live.courses[course], space=space, member=who))


def _fitting(found: Iterable[tuple[str, str]], typed: str) -> list[tuple[str, str]]:
    """What holds the words that were typed, what begins with them first."""
    words = typed.strip().removeprefix("@").casefold()
    fitting = [
        (value, shorten(clean_line(shown), _WIDEST) or value)
        for value, shown in found
        if len(value) <= _LONGEST and (words in value.casefold() or words in shown.casefold())
    ]
    fitting.sort(key=lambda one: not (one[0].casefold().startswith(words) or one[1].casefold().startswith(words)))
    return fitting[:MOST]
