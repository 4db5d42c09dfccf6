"""What is kept long enough goes; points and reasons stay."""

from sqlalchemy import func, select

from storage.tables import event_claim, fact, ledger, outbox
from tests.community import COURSE, Community

YEAR = COURSE.replace("ends: 2027-03-14", "ends: 2028-02-28")


async def test_claims_and_sent_messages_go_after_a_month_and_points_stay(open_community) -> None:
    course: Community = await open_community(course=YEAR)
    await course.types("ada", "/checkin")
    before = await _counts(course)
    await course.passes(days=32)
    claims, sent, facts, entries = await _counts(course)
    assert (facts, entries) == (before[2] + 2, before[3] + 1)  # Mia's check-in of the first day came after
    await course.passes(days=60)
    assert (await _counts(course))[2:] == (facts, entries)
    assert (await _counts(course))[0] <= claims + 3
    assert (await _counts(course))[1] <= sent + 3
    assert await course.points("ada") == 5


async def _counts(course: Community) -> tuple[int, ...]:
    tables = (event_claim, outbox, fact, ledger)
    rows = [await course.rows(select(func.count()).select_from(table)) for table in tables]
    return tuple(row[0][0] for row in rows)
