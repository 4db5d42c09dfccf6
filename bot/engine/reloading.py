"""What staff are told when a course's files were taken, or refused."""

from collections.abc import Iterator

from bot.domain.errors import Problem
from bot.domain.events import CourseFilesChanged
from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.library import Activation
from bot.engine.transaction import Belonging, Transaction

_SHOWN = 10


def take_files(tx: Transaction, event: CourseFilesChanged) -> None:
    """Make the files live if they are good, and tell staff what came of it; the last good ones stay otherwise."""
    done = tx.engine.library.activate(tx.db, event.course, event.at)
    live = tx.engine.library.refresh(tx.db)
    course = live.courses.get(event.course)
    if course is None or not (done.changed or done.refused):
        return
    ctx = Context(Transaction(tx.engine, tx.db, live), event, Belonging(course=course))
    ctx.tell_staff(Text(id="reload.noticed"), *told(done), key=event.key)
    audit_reload(ctx, done)
    ctx.writes.flush(tx.db)


def told(done: Activation) -> Iterator[Words]:
    """What came of it, and every problem with its place."""
    if done.refused:
        yield Text(id="reload.refused", values={"count": len(done.problems)})
    else:
        yield Text(id="reload.done" if done.changed else "reload.same")
        if done.problems:
            yield Text(id="reload.off", values={"count": len(done.problems)})
    for problem in done.problems[:_SHOWN]:
        yield Text(id="reload.problem", values={"place": place_of(problem), "what": problem.text})
    if len(done.problems) > _SHOWN:
        yield Text(id="reload.more", values={"count": len(done.problems) - _SHOWN})


def place_of(problem: Problem) -> str:
    return f"{problem.file}:{problem.line}:{problem.column}"


def audit_reload(ctx: Context, done: Activation) -> None:
    ctx.audit("reload", changed=done.changed, problems=len(done.problems))
