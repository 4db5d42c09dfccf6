"""The boards made anew from the ledger, by the database itself."""

from sqlalchemy import Connection, func, select, text

from storage.boards.tables import BOARDS, LISTED, STEPS, boards_of, periods_of, rows_of, score
from storage.columns import encode_json
from storage.tables import ledger


def rebuild(db: Connection) -> int:
    """Forget the boards and make them from the ledger; how many scores there are."""
    _keep_others_out(db)
    db.execute(text("DELETE FROM score"))
    db.execute(text("DELETE FROM score_count"))
    db.execute(text(f"INSERT INTO score {_scores(db)}"), _parameters(db))
    db.execute(text(f"INSERT INTO score_count {_COUNTS}"))
    return int(db.execute(select(func.count()).select_from(score)).scalar_one())


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


def _scores(db: Connection) -> str:
    """First one sum for each day, then what the day's points count for."""
    rows = rows_of(db.dialect.name, day="text", category="text", board="text", period="text")
    return f"""
        SELECT d.course, p.board, p.period, d.member, CAST(sum(d.points) AS integer) AS points, -max(d.number) AS early,
            {LISTED} AS is_listed
        FROM (
            SELECT course, member, category, local_date, sum(points) AS points, max(id) AS number
            FROM ledger WHERE points <> 0 GROUP BY course, member, category, local_date
        ) d
        JOIN {rows} p ON p.day = d.local_date AND p.category = d.category
        JOIN member m ON m.id = d.member
        GROUP BY d.course, p.board, p.period, d.member, m.role, m.left_at, m.merged_into, m.is_on_boards"""  # noqa: S608


def _parameters(db: Connection) -> dict[str, str]:
    """For each day and category of the ledger: the boards and periods that they count for."""
    days = db.execute(select(ledger.c.local_date, ledger.c.category).distinct()).all()
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
