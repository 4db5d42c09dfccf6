"""Who is named where shares are looked at again, and how."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from bot.domain.ids import MemberId
from bot.engine.roster import praised_names
from storage.among import among
from storage.tables import profile


def shown_names(db: Connection, members: Collection[MemberId]) -> dict[MemberId, str]:
    """The names that stand above their posts, of those who like to be praised, are here, and have no pseudonym.

    Beside words that everybody has read under a name, a pseudonym would tell whose it is: its owner is not named.
    """
    query = select(profile.c.member).where(among(profile.c.member, "members"), profile.c.pseudonym.is_not(None))
    hidden = set(db.execute(query, {"members": list(members)}).scalars())
    return praised_names(db, [who for who in members if who not in hidden])
