"""The effect `reward`: what rules give of rewards.yaml; and what becomes of it when an award is taken back.

What stock or budget don't allow is owed: staff are told, and give it when they can.
"""

from typing import Any

from sqlalchemy import or_, select

from bot.domain.errors import UserError
from bot.domain.ids import MemberId, RuleId
from bot.domain.messages import Text
from bot.domain.places import Member
from bot.domain.rules import Firing, LedgerEntry
from bot.engine.context import Context
from bot.engine.roster import member_of, name_of
from bot.features.rewards import causes, flow, limits, pool, staff_news, store
from bot.features.rewards.declared import feature, object_of
from bot.features.rewards.staff_news import shown
from bot.features.rewards.store import Redemption
from bot.features.rewards.tables import redemption
from rules.fold import REWARD_GRANTED, spent
from storage.persons import lock_person, same_person

_GIVEN = ("owed", *store.HAD)


@feature.effect("reward", str, names="rewards", is_public=True, not_on=(REWARD_GRANTED,))
def reward(ctx: Context, argument: str, firing: Firing) -> None:
    """Once for what was rewarded, also where that was taken back and given again after it had been handed over."""
    fact = firing.fact
    before = causes.of_award(fact.member, firing.rule.id, fact.object)
    if any(_is_given(row) and row.reward == argument for row in _caused(ctx, before, causes.GONE + before)):
        return
    member, cause = member_of(ctx.db, fact.member), f"{before}{firing.round}:{argument}"
    if _has_one_for_nothing(ctx, member, firing.rule.id, argument, cause):
        return
    try:
        flow.grant(ctx, member, argument, cause)
    except UserError as reason:
        _owe(ctx, member, argument, cause, reason)


def _is_given(row: Redemption) -> bool:
    """Also a code that staff took back: it may have been seen, and the same deed earns no second one."""
    if row.state == "refunded":
        return bool(row.kind == "code")
    return row.state in _GIVEN and not row.cause.startswith(causes.GONE)


def _caused(ctx: Context, *beginnings: str) -> list[Redemption]:
    cause = redemption.c.cause
    begins = or_(*(cause.startswith(beginning, autoescape=True) for beginning in beginnings))
    mine = (redemption.c.course == ctx.course.id) & begins
    return list(ctx.db.execute(select(redemption).where(mine).order_by(redemption.c.id)).all())


def _has_one_for_nothing(ctx: Context, member: Member, rule: RuleId, reward: str, cause: str) -> bool:
    """Whether this rule has given them one whose award was taken back after it was out: that one is earned now.

    Else who deletes what was rewarded, and says it again, has one more each time.
    """
    ctx.writes.flush_decisions(ctx.db)
    lock_person(ctx.db, member.id)
    gone = causes.GONE + causes.by_rule(rule)
    mine = redemption.c.cause.startswith(gone, autoescape=True) & same_person(redemption.c.member, member.id)
    is_out = (redemption.c.reward == reward) & redemption.c.state.in_(("given", "delivered"))
    here = (redemption.c.course == ctx.course.id) & mine & is_out
    found = ctx.db.execute(select(redemption.c.id).where(here).order_by(redemption.c.id).limit(1)).scalar_one_or_none()
    if found is None:
        return False
    row = store.change(ctx.db, found, cause=cause)
    values = {"number": row.id, "name": member.name, "title": shown(row)}
    ctx.tell_staff(Text(id="redemption.earned_after_all", values=values), key=f"reward_earned:{cause}")
    return True


# --- what is owed -----------------------------------------------------------------------------------------------------


def _owe(ctx: Context, member: Member, id: str, cause: str, reason: UserError) -> None:
    """Nobody is told but staff: it may be long until there is one."""
    known = ctx.course.rewards.catalogue.get(id)
    values: dict[str, Any] = {
        "course": ctx.course.id,
        "member": member.id,
        "reward": id,
        "kind": known.kind if known else "privilege",
        "title": known.title.by_language if known else {"zh_Hans": id, "en": id},
        "at": ctx.now,
        "month": flow.month_of(ctx),
        "price": 0,
        "worth": 0,
        "state": "owed",
        "cause": cause,
    }
    row = store.add(ctx.db, values)
    staff_news.show(ctx, row)
    ctx.tell_staff(reason.text, key=f"redemption_owed:{ctx.course.id}:{id}:{ctx.today}")


def give_owed(ctx: Context, row: Redemption) -> Redemption:
    """Now, if there is one. Raises UserError where there still is none."""
    if row.state != "owed":
        raise UserError(f"reward.is_{row.state}", number=row.id)
    known = ctx.course.rewards.catalogue.get(row.reward)
    if known is None:
        raise UserError("reward.unknown", id=row.reward)
    ctx.writes.flush_decisions(ctx.db)
    person = member_of(ctx.db, lock_person(ctx.db, row.member))
    if store.has_left(ctx.db, person.id):
        raise UserError("redemption.has_left", number=row.id, name=person.name)
    store.lock_stock(ctx.db, ctx.course.id, known.id, has_budget=ctx.course.rewards.budget is not None)
    month = flow.month_of(ctx)
    limits.check_free(known, limits.shelf(ctx, person, month))
    store.count_taken(ctx.db, ctx.course.id, known.id, +1)
    now_is = {"kind": known.kind, "title": known.title.by_language, "worth": known.price, "month": month}
    row = store.change(ctx.db, row.id, state="requested", **now_is)
    if row.kind == "code" and not pool.hold(ctx.db, ctx.course.id, known.id, row.id):
        raise UserError("reward.sold_out", title=shown(row))
    outcome = ctx.announce(REWARD_GRANTED, object_of(row.id), member=person, reward=known.id)
    ctx.writes.entries.append(spent(outcome.fact))
    ctx.writes.flush_decisions(ctx.db)
    return flow.give(ctx, row)


def forgive(ctx: Context, row: Redemption, note: str) -> Redemption:
    """It is owed no more. Nothing was given, so there is nothing to take back."""
    row = store.change(ctx.db, row.id, state="cancelled", settled_at=ctx.now, note=note)
    staff_news.show(ctx, row)
    return row


# --- taken back -------------------------------------------------------------------------------------------------------


@feature.on_reversal
def withdraw(ctx: Context, entry: LedgerEntry) -> None:
    """What was not handed over is withdrawn; of the rest staff read, and decide."""
    beginning = causes.of_award(MemberId(entry.member), entry.rule, entry.object)
    for row in flow.locked(ctx, *(row.id for row in _caused(ctx, beginning) if row.state in _GIVEN)):
        _withdraw(ctx, row, entry)


def _withdraw(ctx: Context, row: Redemption, entry: LedgerEntry) -> None:
    values = {"number": row.id, "name": name_of(ctx.db, row.member), "title": shown(row)}
    reason = ctx.engine.voice.texts.say(ctx.course.language, "redemption.award_withdrawn")
    if row.state == "owed":
        forgive(ctx, row, reason)
    elif row.state == "given" and row.kind != "code":
        flow.refund(ctx, row, reason)
    elif row.state in ("given", "delivered"):
        row = store.change(ctx.db, row.id, cause=causes.GONE + row.cause)
        ctx.tell_staff(
            Text(id="redemption.given_for_nothing", values=values), key=f"reward_gone:{row.id}:{entry.round}"
        )
