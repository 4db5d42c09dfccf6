"""What staff do with one redemption. All of it is audited, with neither a code nor an address."""

from collections.abc import Callable

from bot.domain.errors import UserError
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.forms import open_form
from bot.engine.forms_sheet import has_sheet
from bot.engine.names import clean_line
from bot.engine.overheard import is_told_alone, private_chat_first
from bot.engine.roster import member_of, name_of
from bot.engine.telling import ears_of
from bot.engine.voice import INTERACTION_LIFE, Utterance
from bot.features.rewards import flow, granting, staff_news, store
from bot.features.rewards.staff_news import shown
from bot.features.rewards.store import Redemption

LONGEST = 300
"""Characters of what staff say about one."""
REASON_FORM = "redemption_reason"

Handler = Callable[[Context, Redemption, str], None]
"""Gets the redemption, locked, and what was said behind the verb."""


def approve(ctx: Context, row: Redemption, said: str) -> None:
    row = flow.give(ctx, _by(ctx, row))
    audit_one(ctx, "reward_approve", row)
    _say_done(ctx, "approve", row)
    for words in staff_news.debt_of(ctx, row):
        ctx.reply_words(words)


def give(ctx: Context, row: Redemption, said: str) -> None:
    """What was owed, now that there is one."""
    row = granting.give_owed(ctx, _by(ctx, row))
    audit_one(ctx, "reward_give", row)
    _say_done(ctx, "give", row)


def decline(ctx: Context, row: Redemption, said: str) -> None:
    """The reason is asked for, where there is none."""
    if row.state not in ("requested", "owed"):
        raise UserError(f"reward.is_{row.state}", number=row.id)
    if reason := _reason(ctx, row, said, "decline"):
        row = _by(ctx, row)
        row = granting.forgive(ctx, row, reason) if row.state == "owed" else flow.decline(ctx, row, reason)
        audit_one(ctx, "reward_decline", row, reason=reason)
        _say_done(ctx, "decline", row)


def deliver(ctx: Context, row: Redemption, said: str) -> None:
    """With what the member needs to know of it: a number to track it by, say."""
    words = _clean(said)
    row = flow.deliver(ctx, _by(ctx, row, note=words or row.note), words)
    audit_one(ctx, "reward_deliver", row)
    _say_done(ctx, "deliver", row)


def refund(ctx: Context, row: Redemption, said: str) -> None:
    if row.state not in ("given", "delivered"):
        raise UserError(f"reward.is_{row.state}", number=row.id)
    if reason := _reason(ctx, row, said, "refund"):
        row = flow.refund(ctx, _by(ctx, row), reason)
        audit_one(ctx, "reward_refund", row, reason=reason)
        _say_done(ctx, "refund", row)
        for words in staff_news.disable(ctx, row):
            ctx.reply_words(words)


def address(ctx: Context, row: Redemption, said: str) -> None:
    """To who sends it, alone; that they have seen it is in the audit."""
    found = store.address_of(ctx.db, row.id) if row.state == "given" else None
    if found is None:
        raise UserError("redemption.no_address_now", number=row.id)
    values = {"number": row.id, "title": shown(row), "name": found.name, "phone": found.phone, "to": found.address}
    _tell_alone(ctx, Text(id="redemption.address", values=values), key=f"redemption_address:{row.id}")
    audit_one(ctx, "reward_address", row)


VERBS: dict[str, Handler] = {
    **dict.fromkeys(("approve", "yes", "同意", "批准", "通过"), approve),
    **dict.fromkeys(("decline", "reject", "no", "拒绝", "不通过"), decline),
    **dict.fromkeys(("give", "补发"), give),
    **dict.fromkeys(("deliver", "delivered", "sent", "done", "发货", "已发货", "已发放", "已完成"), deliver),
    **dict.fromkeys(("refund", "退回", "退回积分", "退款"), refund),
    **dict.fromkeys(("address", "地址"), address),
}


# --- parts ------------------------------------------------------------------------------------------------------------


def _by(ctx: Context, row: Redemption, **more: object) -> Redemption:
    """It is the member in context who settles it."""
    return store.change(ctx.db, row.id, settled_by=ctx.member.id, **more)


def _reason(ctx: Context, row: Redemption, said: str, verb: str) -> str | None:
    """None where there is none yet: a form asks for it."""
    if reason := _clean(said):
        return reason
    form, is_pressed = ctx.engine.registry.forms[REASON_FORM], getattr(ctx.event, "interaction", None) is not None
    if has_sheet(ctx, form) and not is_pressed:
        raise UserError("redemption.why", number=row.id, step=verb)
    open_form(ctx, REASON_FORM, redemption=f"{row.id} {verb}")
    return None


def _clean(said: str) -> str:
    words = clean_line(said)
    if len(words) > LONGEST:
        raise UserError("redemption.too_long", most=LONGEST)
    return words


def _say_done(ctx: Context, verb: str, row: Redemption) -> None:
    values = {"number": row.id, "name": name_of(ctx.db, row.member), "title": shown(row)}
    ctx.reply(f"redemption.done_{verb}", **values)


def check_not_own(ctx: Context, row: Redemption) -> None:
    """An assistant does nothing with their own, whatever it is; there may be only one admin."""
    if ctx.member.role != "admin" and member_of(ctx.db, row.member).id == ctx.member.id:
        raise UserError("redemption.own", number=row.id)


def audit_one(ctx: Context, action: str, row: Redemption, **more: str) -> None:
    ctx.audit(action, number=row.id, member=f"#{row.member}", reward=row.reward, **more)


def _tell_alone(ctx: Context, words: Text, *, key: str) -> None:
    """In the answer where nobody else reads it; else in the private chat, which must be open."""
    if is_told_alone(ctx):
        ctx.reply_secret(words.id, **words.values)
        return
    ear = ears_of(ctx, [ctx.member.id], have_asked=True).get(ctx.member.id)
    if ear is None:
        raise private_chat_first(ctx, "redemptions")
    what = Utterance(lines=[words], life=INTERACTION_LIFE, is_confidential=True, is_secret=True)
    ctx.whisper(ear.user, ear.space, what, key=f"{key}:{ctx.event.key}", language=ear.language)
    ctx.reply("redemption.told_in_private")
