"""Packs it, and sends it to its person alone; our copy goes after a day."""

from datetime import timedelta

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.overheard import answers_in_private, private_chat_first
from bot.features.mydata.collected import collect
from bot.features.mydata.packed import pack
from storage import kept_files
from storage.kept_files import kept_file
from storage.personal import Account, Person, Personal, person_of
from storage.retention import COPY_DAYS

feature = Feature("mydata")
feature.personal(Personal(kept_file, hidden=("sha256",)))

_EVERY = timedelta(hours=1)
_KEPT = timedelta(days=COPY_DAYS)


@feature.command("mydata", words=("我的数据",), anywhere=True, is_private=True, alone=True)
def mydata(ctx: Context, cmd: CommandInvoked) -> None:
    whose = person_of(ctx.db, Account(ctx.actor.platform, ctx.actor.user))
    if not whose.members:
        raise UserError("mydata.nothing")
    if not answers_in_private(ctx):
        raise private_chat_first(ctx, "mydata")
    _not_too_often(ctx, whose)
    collected = collect(ctx.db, whose, ctx.engine.registry.personals)
    content = pack(ctx.engine, ctx.language, collected, at=ctx.now)
    file = ctx.engine.library.store.keep(f"mydata-{ctx.now:%Y-%m-%d}.zip", "application/zip", content)
    kept_files.keep(ctx.db, file.sha256, member=whose.members[0], at=ctx.now, until=ctx.now + _KEPT)
    ctx.reply("mydata.done")
    ctx.reply_file(file)


def _not_too_often(ctx: Context, whose: Person) -> None:
    last = kept_files.last_for(ctx.db, whose.members)
    if last is not None and ctx.now - last < _EVERY:
        minutes = -((ctx.now - last - _EVERY) // timedelta(minutes=1))
        raise UserError("mydata.too_often", count=minutes)
