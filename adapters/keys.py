"""The keys of events: unique for ever, and never longer than what keeps them has room for."""

from hashlib import sha256

from bot.domain.ids import EventKey

_LONGEST = 160  # characters; parts of an update add some, and what is kept holds 200


def key_of(platform: str, bot: str, what: object) -> EventKey:
    """The key of what happened to a bot: ids are unique to it. What fits into no key is named by its hash."""
    key = f"{platform}:{bot}:{what}"
    if len(key) <= _LONGEST and key.isprintable():  # halves of characters are not
        return EventKey(key)
    return EventKey(f"{platform}:{bot}:{sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}")
