"""The codes of a reward: each is free, held for a request, given, or withdrawn. Its stock row must be locked."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, func, select, update

from bot.domain.ids import CourseId
from bot.features.rewards.tables import code, redemption


def hold(db: Connection, course: CourseId, reward: str, number: int) -> bool:
    """Put the oldest free one by for this redemption; False where there is none."""
    free = (code.c.course == course) & (code.c.reward == reward) & (code.c.state == "free")
    oldest = select(code.c.id).where(free).order_by(code.c.id).limit(1).with_for_update(skip_locked=True)
    found = db.execute(oldest).scalar_one_or_none()
    taken = update(code).where(code.c.id == found, code.c.state == "free")
    return found is not None and db.execute(taken.values(state="held", redemption=number)).rowcount == 1


def give(db: Connection, number: int) -> str | None:
    """The code that was held for it; None where that was withdrawn meanwhile."""
    mine = (code.c.redemption == number) & (code.c.state == "held")
    return db.execute(update(code).where(mine).values(state="given").returning(code.c.code)).scalar_one_or_none()


def release(db: Connection, number: int) -> None:
    """What is held for it, and nobody has seen, is free again."""
    mine = (code.c.redemption == number) & (code.c.state == "held")
    db.execute(update(code).where(mine).values(state="free", redemption=None))


def given_for(db: Connection, number: int) -> str | None:
    """The code that this redemption was given. For the eyes of its winner only."""
    mine = (code.c.redemption == number) & (code.c.state == "given")
    return db.execute(select(code.c.code).where(mine)).scalar_one_or_none()


def place_of(db: Connection, number: int) -> int | None:
    """Where the code that this redemption was given stands among all of its reward, in the order they were put in."""
    one, others = code.alias(), code.alias()
    before = (others.c.course == one.c.course) & (others.c.reward == one.c.reward) & (others.c.id <= one.c.id)
    query = select(func.count()).select_from(one).join(others, before)
    return db.execute(query.where(one.c.redemption == number, one.c.state == "given")).scalar_one() or None


def may_read(members: Collection[int]) -> ColumnElement[bool]:
    """The codes that these members were given; not those that are only held for them, nor what was taken back."""
    theirs = select(redemption.c.id).where(redemption.c.member.in_(list(members)), redemption.c.state != "refunded")
    return (code.c.state == "given") & code.c.redemption.in_(theirs)


def free_of(db: Connection, course: CourseId) -> dict[str, int]:
    """How many codes each reward has that nobody was given or promised."""
    mine = (code.c.course == course) & (code.c.state == "free")
    rows = db.execute(select(code.c.reward, func.count()).where(mine).group_by(code.c.reward))
    return {reward: int(times) for reward, times in rows}
