"""What is kept of people, why, and for how long: the figures are those by which it is deleted."""

from collections.abc import Sequence

from bot.domain.messages import Text
from bot.engine.context import Context
from storage.personal import ELSEWHERE, Personal
from storage.retention import BACKUP_DAYS, days_of

_WORDS = ("share_post", "contest_work", "live_question")
_HEARD = ("question_heard",)
_HOMEWORK = ("submission",)
_VOTES = ("poll_vote", "contest_vote")
OF_NOBODY = ("outbox", "set_aside", "event_claim", "adapter_document")
"""Tables without a member that hold what people said, or who they are."""


def tell(ctx: Context) -> None:
    """For people: nine short lines."""
    ctx.reply("privacy.kept")
    ctx.reply("privacy.kept_name")
    ctx.reply("privacy.kept_words", days=_longest(_WORDS))
    ctx.reply("privacy.kept_heard", count=_longest(_HEARD))
    ctx.reply("privacy.kept_homework", days=_longest(_HOMEWORK))
    ctx.reply("privacy.kept_points")
    ctx.reply("privacy.kept_votes", days=_longest(_VOTES))
    ctx.reply("privacy.kept_delivery", days=_longest(("outbox",)))
    ctx.reply("privacy.kept_backups", days=BACKUP_DAYS)
    ctx.reply("privacy.ways")


def _longest(tables: Sequence[str]) -> int:
    return max(days for table in tables if (days := days_of(table)) is not None)


def tell_details(ctx: Context, personals: Sequence[Personal]) -> None:
    """Table by table, those together that are kept equally long."""
    ctx.reply("privacy.details")
    tables = dict.fromkeys([*(personal.table.name for personal in personals), *ELSEWHERE, *OF_NOBODY])
    for days in sorted({days_of(name) for name in tables}, key=lambda days: (days is None, days)):
        what = [Text(id=f"kept.{name}") for name in tables if days_of(name) == days]
        how_long = Text(id="kept.for_good") if days is None else Text(id="kept.days", values={"count": days})
        ctx.reply("privacy.table", how_long=how_long, what=what)
