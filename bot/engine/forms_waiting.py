"""Which messages of a batch a form may be waiting for: the others are ordinary talk, and cost nothing."""

from collections.abc import Sequence

from sqlalchemy import Connection

from bot.domain.events import ButtonPressed, CommandInvoked, Event, MessagePosted
from bot.domain.ids import EventKey
from storage.forms import who_have_one


def answers_among(db: Connection, events: Sequence[Event]) -> set[EventKey]:
    """Messages that a form may wait for; one statement for all, and none where none could be meant for one.

    The form may be opened by the same batch: then any message that follows it in private counts.
    """
    posted = [event for event in events if isinstance(event, MessagePosted) and may_answer(event)]
    if not posted:
        return set()
    having = who_have_one(db, {event.actor.user for event in posted})
    found = {event.key for event in posted if _where(event) in having}
    acted: set[tuple[str, str, str]] = set()
    for event in events:
        if isinstance(event, CommandInvoked | ButtonPressed):
            acted.add(_where(event))
        elif isinstance(event, MessagePosted) and may_answer(event) and _where(event) in acted:
            found.add(event.key)
    return found


def _where(event: MessagePosted | CommandInvoked | ButtonPressed) -> tuple[str, str, str]:
    return event.address.platform, event.actor.user, event.address.chat


def may_answer(event: MessagePosted) -> bool:
    """As far as that shows without looking it up."""
    return event.address.private or bool(event.quoted and event.quoted.is_ours)
