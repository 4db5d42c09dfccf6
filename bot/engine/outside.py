"""What an operator does from the command line, beside any running process: it stands in the audit, too."""

from datetime import datetime

from sqlalchemy import Connection, insert

from bot.domain.ids import CourseId
from storage.tables import audit

ACCOUNT = "cli"


def audit_outside(db: Connection, action: str, course: CourseId, at: datetime, **details: object) -> None:
    row = {"at": at, "course": course, "account": ACCOUNT, "action": action, "details": details}
    db.execute(insert(audit).values(row))
