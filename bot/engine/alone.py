"""What is meant for one person, on a platform that cannot show a message in a group to one person alone."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import NamedTuple

from msgspec import structs

from bot.domain.messages import Button, Origin, OutgoingMessage, Reaction, Span
from bot.domain.places import Address
from bot.domain.traits import Can, Traits
from bot.engine.degrade import measure

SHOWN_FOR = timedelta(minutes=1)
"""How long an answer to one person stays in a group."""

WELCOME_FOR = timedelta(hours=1)
"""The same for a word to somebody who has just come in, and may not look at once."""

CROWD = 5
"""Answers that may wait to be shown in a group; who asks after that sees a sign that they were heard."""

_WORTH = timedelta(minutes=2)
"""An answer that could not be shown by then is not: who floods a group with commands must not hold up its posts."""

_HELD_LIFE = timedelta(days=2)
_SHORT = 200  # characters that may stand in a group for that long
_SEEN = "👌"


class Copied(NamedTuple):
    """A message, and how it goes out."""

    message: OutgoingMessage
    is_held: bool = False
    after: timedelta = timedelta(0)
    life: timedelta | None = None  # where it is not the message's own


class Reader(NamedTuple):
    """What is known of the person, and of the group."""

    can_write: bool = False  # they have opened a private chat with the bot
    is_crowded: bool = False  # so many answers wait to be shown in the group that one more would only be noise
    may_write: bool = False  # they have not, and the platform lets the bot write first


UNKNOWN = Reader()
"""Nothing was looked up, as it makes no difference."""


class Discretion(NamedTuple):
    """What is known of the reader, and of what they are to read."""

    reader: Reader
    is_confidential: bool  # nobody else may see it
    is_expected: bool  # they have asked, or just come in
    is_kept: bool  # though nobody asked, it waits until they open one
    say: Callable[[str], str]  # a text of the catalogues, in the reader's language
    is_signpost: bool = False  # all may see it: it says nothing but where to go


def is_quick_answer(message: OutgoingMessage, traits: Traits) -> bool:
    """Whether it can be shown at once, and to them alone, to who waits for it."""
    if not message.answers or Can.ANSWER not in traits.can:
        return False
    if message.table or message.buttons or message.files or message.asks:
        return False
    return traits.max_answer is None or measure(message.text, traits) <= traits.max_answer


def detour(message: OutgoingMessage, traits: Traits, known: Discretion) -> Iterator[Copied]:
    """What reaches the person, and as little of it as possible anybody else."""
    if is_quick_answer(message, traits):
        yield Copied(message)
    elif known.is_signpost and not known.reader.is_crowded:
        yield from _openly(message, traits)
    elif known.reader.can_write:
        yield Copied(_in_private(message))
        yield from _receipt(message, traits, known)
    elif not known.is_expected:
        if known.is_kept:
            yield _kept(message, known)
    elif known.reader.is_crowded and not message.answers:
        yield _kept(message, known)
        yield from _receipt(message, traits, known)
    elif not (message.answers or known.is_confidential) and _is_short(message):
        yield from _for_a_while(structs.replace(message, only_for=None), traits)
    elif known.reader.may_write:
        yield _kept(message, known)
        yield from _receipt(message, traits, known)
    else:
        yield _kept(message, known)
        yield from _pointer(message, traits, known)


def answered(message: OutgoingMessage, traits: Traits) -> Iterator[Copied]:
    """An answer to a press that is too much for one is a message; whoever pressed sees that it was heard."""
    if not message.answers or traits.max_answer is None or is_quick_answer(message, traits):
        yield Copied(message)
    else:
        yield Copied(structs.replace(message, answers=None, reply_to=None))
        yield Copied(_short(message, "seen", ""))


def _in_private(message: OutgoingMessage) -> OutgoingMessage:
    assert message.only_for, "the detour is for what one person reads"
    address = Address(platform=message.address.platform, chat=message.only_for, private=True)
    return structs.replace(message, address=address, reply_to=None, answers=None)


def _kept(message: OutgoingMessage, known: Discretion) -> Copied:
    """What can't be lost; it waits where the platform does not let the bot write first."""
    private = _in_private(message)
    if not known.reader.may_write:
        return Copied(private, is_held=True, life=_HELD_LIFE)
    if not known.is_expected:  # nobody waits for it, and it is of use for as long as it says itself
        return Copied(private)
    origin = Origin(address=message.address, message=message.reply_to)
    return Copied(structs.replace(private, origin=origin), life=_HELD_LIFE)


def closed(message: OutgoingMessage, traits: Traits, say: Callable[[str], str]) -> Iterator[Copied]:
    """What is said where somebody asked for a message that their private chat has just not taken."""
    if message.origin is None:
        return
    there = structs.replace(
        message, address=message.origin.address, reply_to=message.origin.message, origin=None, is_unsure=False
    )
    yield from _openly(_pointer_to(there, traits, say), traits)


def _receipt(message: OutgoingMessage, traits: Traits, known: Discretion) -> Iterator[Copied]:
    """Says in the group, without a word to anybody else, that the answer is in the private chat."""
    if message.answers:
        yield Copied(_short(message, "seen", known.say("alone.sent")))
    elif message.reply_to and Can.REACT in traits.can:
        act = Reaction(message=message.reply_to, emoji=_SEEN)
        receipt = _short(message, "seen", "", policy="replaceable")
        yield Copied(structs.replace(receipt, act=act, reply_to=None))


def _pointer(message: OutgoingMessage, traits: Traits, known: Discretion) -> Iterator[Copied]:
    yield from _openly(_pointer_to(message, traits, known.say), traits)


def _pointer_to(message: OutgoingMessage, traits: Traits, say: Callable[[str], str]) -> OutgoingMessage:
    is_closed = Can.FIRST in traits.can  # else the bot would have written
    label, words = ("button.send_again", "alone.closed") if is_closed else ("button.open_private", "alone.kept")
    button = Button(label=say(label), command="start", is_private=True)
    return structs.replace(_short(message, "kept", say(words)), buttons=(button,))


def _openly(message: OutgoingMessage, traits: Traits) -> Iterator[Copied]:
    """In the group; the answer to a press is seen by who has pressed."""
    if message.answers:
        yield Copied(message)
    else:
        yield from _for_a_while(structs.replace(message, only_for=None), traits)


def _for_a_while(message: OutgoingMessage, traits: Traits) -> Iterator[Copied]:
    yield Copied(message, life=_WORTH)
    if Can.DELETE in traits.can:
        away = _short(message, "away", "", policy="replaceable")
        shown_for = SHOWN_FOR if message.reply_to else WELCOME_FOR
        yield Copied(structs.replace(away, deletes=message.key, reply_to=None), after=shown_for)


def _short(message: OutgoingMessage, name: str, text: str, **changes: str) -> OutgoingMessage:
    """Another message about the same, in the same place, that holds nothing of it."""
    bare = {"table": None, "buttons": (), "files": (), "poll": None, "asks": None}
    body = (Span(text),) if text else ()
    return structs.replace(message, key=f"{message.key}:{name}", body=body, **bare, **changes)


def _is_short(message: OutgoingMessage) -> bool:
    return not (message.table or message.files) and len(message.text) <= _SHORT
