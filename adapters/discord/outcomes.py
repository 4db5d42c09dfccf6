"""Whatever goes wrong on the way out, said as the core wants to hear it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import discord

from adapters.discord.errors import FAILURES, outcome_of
from bot.domain.errors import NotSent, Refused, StorageTrouble, Unknown

_Kind = TypeVar("_Kind")


@contextmanager
def as_outcome() -> Iterator[None]:
    """Raises NotSent, Refused or Unknown, and nothing else. A ValueError means that it can't be said here."""
    try:
        yield
    except FAILURES as error:
        raise outcome_of(error) from None  # the cause's words may hold an address, with a token
    except StorageTrouble as trouble:
        raise NotSent(trouble.text.id) from trouble
    except ValueError as error:
        raise Refused(str(error)) from error


def read(reply: Any, kind: type[_Kind]) -> _Kind:
    """What Discord has replied. Raises Unknown where something between us and Discord has spoilt it."""
    if not isinstance(reply, kind):
        raise Unknown("a reply that can't be read")
    return reply


def id_of(reply: Any) -> str:
    """The id of what was made. Raises Unknown."""
    return str(read(reply, dict)["id"])


def code_of(error: BaseException) -> int:
    """Discord's own number of what went wrong; 0 where Discord has not spoken."""
    return error.code if isinstance(error, discord.HTTPException) else 0
