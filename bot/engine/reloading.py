"""What staff are told when a course's files were taken, or refused."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection, select

from bot.domain.errors import Problem
from bot.domain.events import CourseFilesChanged
from bot.domain.ids import CourseId
from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.library import Activation
from bot.engine.transaction import Belonging, Transaction
from storage.tables import audit

_SHOWN = 10


def take_files(tx: Transaction, event: CourseFilesChanged) -> None:
    """Make the files live if they are good, and tell staff what came of it; the last good ones stay otherwise."""
    done = tx.engine.library.activate(tx.db, event.course, event.at)
    live = tx.engine.library.refresh(tx.db)
    course = live.courses.get(event.course)
    is_mended = not done.refused and _was_refused(tx.db, event.course)
    if course is None or not (done.changed or done.refused or is_mended):
        return
    ctx = Context(replace(tx, live=live), event, Belonging(course=course))
    ctx.tell_staff(Text(id="reload.noticed"), *told(done, same="reload.mended"), *cut_off(ctx, done), key=event.key)
    audit_reload(ctx, done)
    ctx.writes.flush(tx.db)


def _was_refused(db: Connection, course: CourseId) -> bool:
    """Whether the last that staff heard of the files is that they were not taken."""
    newest = select(audit.c.details).where(audit.c.course == course, audit.c.action == "reload")
    last = db.execute(newest.order_by(audit.c.id.desc()).limit(1)).scalar_one_or_none()
    return bool(last and last.get("refused"))


def told(done: Activation, *, same: str = "reload.same") -> Iterator[Words]:
    """What came of it, and every problem with its place; `same` says that nothing is new."""
    if done.refused:
        yield Text(id="reload.refused", values={"count": len(done.problems)})
    else:
        yield Text(id="reload.done" if done.changed else same)
        if done.problems:
            names = [*dict.fromkeys(problem.rule for problem in done.problems if problem.rule)]
            yield Text(id="reload.off", values={"count": len(done.problems), "names": names[:_SHOWN]})
    for problem in done.problems[:_SHOWN]:
        yield Text(id="reload.problem", values={"place": place_of(problem), "what": problem.text})
    if len(done.problems) > _SHOWN:
        yield Text(id="reload.more", values={"count": len(done.problems) - _SHOWN})


def cut_off(ctx: Context, done: Activation) -> list[Words]:
    """What is going on by a ritual that the new files no longer have, as features know of it."""
    live = ctx.engine.library.refresh(ctx.db)
    if not done.changed or done.course not in live.courses:
        return []
    return ctx.ask_each("cut_off", live.courses[done.course], live.off(done.course), ctx.now)


def place_of(problem: Problem) -> str:
    return f"{problem.file}:{problem.line}:{problem.column}"


def audit_reload(ctx: Context, done: Activation) -> None:
    ctx.audit("reload", changed=done.changed, problems=len(done.problems), refused=done.refused)
