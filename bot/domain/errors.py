"""The failures that we expect, by whose they are: a person's, a platform's, an admin's."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Literal

import msgspec

from bot.domain.messages import Button, Text


class UserError(Exception):
    """Someone's mistake: what the handler did is undone and the text is the reply."""

    def __init__(self, id: str, /, *, buttons: Sequence[Button] = (), **values: Any) -> None:
        super().__init__(id)
        self.text = Text(id=id, values=values)
        self.buttons = tuple(buttons)


class NotSent(Exception):
    """The message certainly did not arrive; later may help."""

    def __init__(self, reason: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


Reason = Literal["", "blocked", "gone", "late", "moved", "too_large"]


class Refused(Exception):
    """The platform will never take this message, or never hand out this file.

    `why` is `blocked` where a person wants to hear nothing in private, `gone` where the bot is not in that chat, or the
    file is not there; `late` where nobody waits for the answer any more, `moved` where the chat has another address
    now: `moved_to`; `too_large` where a file is larger than what is taken.
    """

    def __init__(self, reason: str, *, why: Reason = "", moved_to: str | None = None) -> None:
        super().__init__(reason)
        self.why = why
        self.moved_to = moved_to


class Unknown(Exception):
    """Perhaps the message arrived."""


class StorageTrouble(Exception):
    """The database could not do it now (locked, disk full); nothing was changed, and trying again is right."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.id)
        self.text = text


class Changed(Exception):
    """A document is no longer the one that a write was based on; nothing was written."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One mistake in a course's files; `line` and `column` count from 1."""

    file: str
    line: int
    column: int
    text: Text
    rule: str | None = None  # the one rule that is off because of it; None: the whole course is refused
    section: str = ""  # `badges`, … where what is off is an entry of that section
    severity: Literal["error", "warning"] = "error"  # with a warning, everything lives


class RulesRejected(Exception):
    """An admin's mistake: the course's files are not taken, the last good ones stay in force."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)
