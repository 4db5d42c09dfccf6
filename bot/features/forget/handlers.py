"""Says what goes and what stays; on a yes, forgets."""

from functools import partial

from sqlalchemy import select

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.ids import CourseId
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.names import clean_line
from bot.engine.overheard import is_told_alone, private_chat_first
from bot.features.forget import store
from storage.database import after_commit
from storage.erasing import Forgetting, forget_person
from storage.personal import Account, Person, Personal, person_of
from storage.retention import BACKUP_DAYS
from storage.tables import member
from storage.tidying import clean_up

feature = Feature("forget")
feature.personal(Personal(store.wish, goes=True))

_YES = frozenset(("yes", "是", "是的", "确认", "确定"))


@feature.command("forget", words=("忘记我", "forget me"), anywhere=True, is_private=True, alone=True)
def forget(ctx: Context, cmd: CommandInvoked) -> None:
    whose = _asking(ctx)
    asked = cmd.text.strip().casefold()
    if not asked:
        store.ask(ctx.db, whose.members[0], at=ctx.now)
        _explain(ctx)
        return
    if asked not in _YES:
        raise UserError("forget.usage")
    if not store.was_asked(ctx.db, whose.members[0], ctx.now):
        raise UserError("forget.ask_first")
    _forget(ctx, whose)
    ctx.reply("forget.done", days=BACKUP_DAYS)


def _asking(ctx: Context) -> Person:
    """Who asks, in all courses. Raises UserError where they can't be forgotten, or where others would read of it."""
    address = ctx.actor_address
    if not is_told_alone(ctx):
        raise private_chat_first(ctx, "forget")
    whose = person_of(ctx.db, Account(address.platform, ctx.actor.user))
    if not whose.members:
        raise UserError("forget.nobody")
    roles = select(member.c.id).where(member.c.id.in_(whose.members), member.c.role != "student")
    if ctx.db.execute(roles).first():
        raise UserError("forget.staff")
    return whose


def _explain(ctx: Context) -> None:
    ctx.reply("forget.title")
    ctx.reply("forget.goes")
    ctx.reply("forget.stays")
    ctx.reply("forget.beyond", days=BACKUP_DAYS)
    minutes = int(store.ASKED_FOR.total_seconds() // 60)
    ctx.reply("forget.confirm", count=minutes, buttons=[(Text(id="button.forget"), "forget yes")])


def _forget(ctx: Context, whose: Person) -> None:
    """What is recorded of it comes first, so that no name stays in it either."""
    ctx.audit("forget")
    ctx.writes.flush_decisions(ctx.db)
    answer = f"reply:{ctx.event.key}"
    for take_back in ctx.engine.registry.partings:
        take_back(ctx, whose, answer)
    common = ctx.engine.voice.texts.everything()
    how = Forgetting(ctx.now, answer, partial(_former, ctx), lambda text: (text, clean_line(text)), common)
    forget_person(ctx.db, whose, ctx.engine.registry.personals, how)
    after_commit(ctx.db, clean_up(ctx.engine.library.store, ctx.now))


def _former(ctx: Context, course: str, number: int) -> str:
    """The name that stays in a course, in its own language."""
    told = ctx.live.courses.get(CourseId(course))
    return ctx.engine.voice.texts.say(told.language if told else ctx.language, "forget.former", number=number)
