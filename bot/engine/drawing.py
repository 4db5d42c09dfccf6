"""Pictures are drawn by a job like those that fetch files: asked for in a transaction, drawn outside of any.

The job is one of the platform on which their person is, so that it goes with them when they are forgotten.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select

from bot.domain.drawings import Drawing
from bot.domain.ids import MemberId
from bot.domain.messages import File
from bot.domain.ports import FileStore
from bot.engine.context import Context
from bot.engine.pictures import Picture, read, stored
from storage import jobs
from storage.among import among
from storage.personal import Account
from storage.persons import is_of
from storage.tables import account, member

_TYPE = "image/png"

_ACCOUNTS = (
    select(member.c.id, account.c.platform, account.c.user)
    .join_from(account, member, is_of(account.c.member))
    .where(among(member.c.id, "members"))
    .order_by(account.c.platform, account.c.user)
)


class Wanted(NamedTuple):
    """A picture that somebody is to get."""

    key: str  # names the job in all courses for ever, in at most 190 characters
    picture: Picture
    name: str  # of the file
    whose: MemberId  # with them, it is forgotten


def draw(ctx: Context, key: str, picture: Picture, *, name: str, whose: MemberId) -> None:
    """Have a picture drawn; a `JobDone` with the key tells what came of it: a file, or that there is none.

    The key names the job in all courses for ever, in at most 190 characters. Who was forgotten gets none, and is not
    told of.
    """
    draw_all(ctx, [Wanted(key, picture, name, whose)])


def draw_all(ctx: Context, wanted: Sequence[Wanted]) -> None:
    """The same for many: two statements, however many they are."""
    of = _accounts(ctx, {one.whose for one in wanted})
    jobs.add(ctx.db, [_job(ctx, one, of[one.whose]) for one in wanted if one.whose in of], at=ctx.now)


def _job(ctx: Context, one: Wanted, whose: Account) -> jobs.Job:
    what = Drawing(name=one.name, picture=stored(one.picture))
    return jobs.Job(key=one.key, course=ctx.course.id, platform=whose.platform, user=whose.user, what=what)


def _accounts(ctx: Context, people: Iterable[MemberId]) -> Mapping[MemberId, Account]:
    """One of each, where there is a space of the course if they have one there: there is who draws."""
    here = {space.address.platform for space in ctx.live.spaces_of(ctx.course.id)}
    found: dict[MemberId, Account] = {}
    for row in ctx.db.execute(_ACCOUNTS, {"members": list(people)}):
        if row.id not in found or (row.platform in here and found[row.id].platform not in here):
            found[row.id] = Account(row.platform, row.user)
    return found


def drawn(files: FileStore, drawing: Drawing) -> File:
    """Draw and keep it. Raises Undrawable, OSError."""
    return files.keep(drawing.name, _TYPE, read(drawing.picture).png())
