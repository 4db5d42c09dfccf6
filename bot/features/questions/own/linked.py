"""Who has answered themselves from another account has helped nobody."""

from collections.abc import Sequence

from sqlalchemy import Connection

from bot.domain.ids import MemberId
from bot.features.questions.declared import ACCEPTED, ANSWERED, feature, object_of
from bot.features.questions.store import own


@feature.offer("between_accounts")
def between_accounts(db: Connection, members: Sequence[MemberId]) -> list[tuple[tuple[str, str], None]]:
    """What these members, who are one person now, were given for answers to each other: it would not have been."""
    found = own.own_answers(db, members)
    answered = [((ANSWERED, object_of(number)), None) for number, _ in found]
    accepted = [((ACCEPTED, object_of(number)), None) for number, is_accepted in found if is_accepted]
    return [*answered, *accepted]
