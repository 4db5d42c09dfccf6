"""A course with rewards of all kinds, and what tests ask of it."""

from __future__ import annotations

from tests.community import RULES, Community

REWARDS = """
budget: 3000
rewards:
  tea:
    title: {zh: 奶茶券, en: Tea coupon}
    kind: code
    price: 100
  mug: {title: {zh: 马克杯, en: Mug}, kind: goods, price: 500, stock: 2, needs_approval: true}
  talk: {title: {zh: 一对一点评, en: A talk with the teacher}, kind: privilege, price: 300}
  book: {title: {zh: 书, en: Book}, kind: goods, granted_only: true, stock: 1}
  crown: {title: {zh: 桂冠, en: Crown}, kind: title, granted_only: true, gives: champion}
"""
TITLED = RULES + "\ntitles:\n  champion: {title: {zh: 冠军, en: Champion}, lasts: 7d}\n"
CODES = "SECRET"
"""How every code in these tests begins."""


async def stocks(course: Community, count: int, reward: str = "tea", first: int = 1) -> None:
    """So many codes come into the pool."""
    from bot.domain.ids import CourseId
    from bot.features.rewards import stocking

    codes = [f"{CODES}-{reward}-{number}" for number in range(first, first + count)]
    await course.run.app.database.run(lambda db: stocking.put_in(db, CourseId("writing"), reward, codes, course.now))


async def earns(course: Community, who: str, points: int) -> None:
    """Somebody who may be new here has points."""
    await course.types(who, "hello")
    await course.types("chen", f"/grant @{who} +{points} a start", room="staff")


async def buys(course: Community, who: str, reward: str, price: int) -> str:
    return await course.answer(who, f"/redeem {reward} {price}", room=course.alone)


async def staff(course: Community, text: str, who: str = "lin") -> str:
    """Say it in the staff room, and read what is new there."""
    before = {message.number for message in await course.messages(who, "staff")}
    await course.types(who, text, room="staff")
    heard = [m for m in await course.messages(who, "staff") if m.number not in before and m.author == "bot"]
    return "\n".join(message.text for message in heard)


async def post_of(course: Community, number: int) -> str:
    """The staff's post about a redemption, as it now reads."""
    return next(text for text in reversed(await course.said("lin", "staff")) if text.startswith(f"#{number}:"))


async def posts_of(course: Community, number: int) -> int:
    """How many posts there are about it."""
    return sum(text.startswith(f"#{number}:") for text in await course.said("lin", "staff"))
