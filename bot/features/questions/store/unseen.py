"""Accounts that nobody has used here yet: whose they are has no name by which to call them."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from bot.domain.ids import CourseId
from storage.tables import account


def unseen_accounts(db: Connection, course: CourseId, accounts: Collection[str]) -> list[str]:
    """Those of these accounts, as YAML writes them, that are no member's of the course; in order."""
    rows = db.execute(select(account.c.platform, account.c.user).where(account.c.course == course))
    return sorted(set(accounts) - {f"{platform}:{user}" for platform, user in rows})
