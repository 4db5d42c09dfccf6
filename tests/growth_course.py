"""A course of two months for growth reports: what people did in it, and how a picture is looked at."""

from pathlib import Path

from sqlalchemy import select

from bot.features.growth.store import report
from tests.community import COURSE, RITUALS, Community

LONG = COURSE.replace("ends: 2027-03-14", "ends: 2027-05-02")
CHINESE = LONG.replace("language: en", "language: zh-CN")
PEOPLE = """
people:
  - {id: ada, name: Ada, role: student}
  - {id: ben, name: Ben, role: student}
  - {id: mia, name: Mia, role: student}
  - {id: lin, name: Lin, role: assistant}
  - {id: chen, name: Chen, role: admin}
"""
MONTHLY = RITUALS + (
    "growth:\n  monthly: last\n  at: 21:00\n  do: growth_report\n  period: month\n"
    "  spaces: [main, staff]\n  on_quiet_days: run\n"
)


async def pictures_of(course: Community) -> list[Path]:
    """The files of all reports that were sent, in their order."""
    rows = await course.rows(select(report.c.files).where(report.c.sent_at.is_not(None)).order_by(report.c.id))
    found = [course.run.app.library.store.path(file["sha256"]) for row in rows for file in row.files]
    return [path for path in found if path]
