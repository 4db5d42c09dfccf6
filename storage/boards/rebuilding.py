"""The boards made anew from the ledger, by the database itself: all of them, or some members' scores."""

from collections.abc import Collection

from sqlalchemy import Connection, delete, func, insert, select, text

from storage.among import among
from storage.boards.keeping import Counts
from storage.boards.tables import BOARDS, LISTED, STEPS, boards_of, periods_of, rows_of, score
from storage.columns import encode_json
from storage.persons import same_persons
from storage.tables import ledger, member


def rebuild(db: Connection) -> int:
    """Forget the boards and make them from the ledger; how many scores there are."""
    _keep_others_out(db)
    db.execute(text("DELETE FROM score"))
    db.execute(text("DELETE FROM score_count"))
    db.execute(text(f"INSERT INTO score {_scores(db)}"), _parameters(db))
    db.execute(text(f"INSERT INTO score_count {_COUNTS}"))
    return int(db.execute(select(func.count()).select_from(score)).scalar_one())


def recount(db: Connection, members: Collection[int]) -> None:
    """Make the scores of these members anew, whose rows count for others now, and no others'."""
    _keep_others_out(db)
    bound = {"members": sorted(members)}
    counts = Counts()
    listed = select(score).where(among(score.c.member, "members"), score.c.is_listed)
    for old in db.execute(listed, bound).all():
        counts.move((old.course, old.board, old.period), old.points, 0)
    db.execute(delete(score).where(among(score.c.member, "members")), bound)
    parts = db.execute(select(member.c.id).where(same_persons(member.c.id, "members")), bound).scalars().all()
    theirs = f"member IN ({', '.join(map(str, parts))})"
    rows = db.execute(text(_scores(db, theirs)), _parameters(db, theirs)).mappings()
    found = [row for row in rows if row["member"] in members]
    if found:
        db.execute(insert(score), [dict(row) for row in found])
    for row in found:
        if row["is_listed"]:
            counts.move((row["course"], row["board"], row["period"]), 0, row["points"])
    counts.write(db)


def wrong(db: Connection) -> int:
    """How many scores are not what the ledger says; where all are, how many counts are not what the scores say."""
    _keep_others_out(db)
    is_counted = "SELECT * FROM score_count WHERE members <> 0"
    scores = _differing("course, board, period, member", _scores(db), "SELECT * FROM score")
    counts = _differing("course, board, period, step, points", _COUNTS, is_counted)
    return int(db.execute(text(scores), _parameters(db)).scalar_one() or db.execute(text(counts)).scalar_one())


def _differing(key: str, wanted: str, found: str) -> str:
    left = f"SELECT * FROM ({wanted}) w EXCEPT {found}"  # noqa: S608
    over = f"SELECT * FROM ({found}) f EXCEPT {wanted}"  # noqa: S608
    return f"SELECT count(*) FROM (SELECT {key} FROM ({left}) l UNION SELECT {key} FROM ({over}) o) d"  # noqa: S608


def _keep_others_out(db: Connection) -> None:
    """On PostgreSQL other processes may be about to add to what is made anew; SQLite has one writer at a time."""
    if db.dialect.name == "postgresql":
        db.execute(text("LOCK TABLE score, score_count IN EXCLUSIVE MODE"))


def _scores(db: Connection, theirs: str = "true") -> str:
    """First one sum for each day, then what the day's points count for, and for whom."""
    rows = rows_of(db.dialect.name, day="text", category="text", board="text", period="text")
    return f"""
        SELECT d.course, p.board, p.period, m.id AS member, CAST(sum(d.points) AS integer) AS points,
            -max(d.number) AS early, {LISTED} AS is_listed
        FROM (
            SELECT course, member, category, local_date, sum(points) AS points, max(id) AS number
            FROM ledger WHERE points <> 0 AND {theirs} GROUP BY course, member, category, local_date
        ) d
        JOIN {rows} p ON p.day = d.local_date AND p.category = d.category
        JOIN ({_COUNTS_FOR}) c ON c.earned_by = d.member
        JOIN member m ON m.id = c.person
        GROUP BY d.course, p.board, p.period, m.id, m.role, m.left_at, m.merged_into, m.is_on_boards"""  # noqa: S608


_COUNTS_FOR = """
    SELECT id AS earned_by, id AS person FROM member
    UNION ALL SELECT id, merged_into FROM member WHERE merged_into IS NOT NULL"""
"""Who was merged into another keeps their own scores: nobody sees them, and they are right again when it is undone."""


def _parameters(db: Connection, theirs: str = "true") -> dict[str, str]:
    """For each day and category of the ledger: the boards and periods that they count for."""
    days = db.execute(select(ledger.c.local_date, ledger.c.category).where(text(theirs)).distinct()).all()
    rows = [
        (day.isoformat(), category, board, period)
        for day, category in days
        for board in boards_of(category)
        for period in periods_of(day)
    ]
    return {"rows": encode_json(rows)}


_STEPS = " UNION ALL ".join(f"SELECT {step} AS step" for step in STEPS)
_LISTED_BOARDS = ", ".join(f"'{board}'" for board in BOARDS)
_COUNTS = f"""
    SELECT s.course, s.board, s.period, n.step, s.points / n.step * n.step AS points, count(*) AS members
    FROM score s CROSS JOIN ({_STEPS}) n
    WHERE s.is_listed AND s.points > 0 AND s.board IN ({_LISTED_BOARDS})
    GROUP BY s.course, s.board, s.period, n.step, s.points / n.step * n.step"""  # noqa: S608
