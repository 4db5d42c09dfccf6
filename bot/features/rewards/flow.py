"""What becomes of a redemption: each step changes its row, the ledger, the pool of codes, and what is read of it.

Whoever takes a row here has locked it by `locked`, and gets it back as it is afterwards.

requested -> given | declined (by staff) | cancelled (by the member); given -> delivered; given, delivered -> refunded.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter

from bot.domain.errors import UserError
from bot.domain.messages import Button, Localised
from bot.domain.places import Member
from bot.domain.rewards import Reward
from bot.domain.rules import Fact, Firing, Rule, Verdict
from bot.engine.context import Context
from bot.engine.roster import member_of
from bot.features.rewards import limits, news, parting, pool, staff_news, store
from bot.features.rewards.declared import ADDRESS_ALARM, object_of
from bot.features.rewards.store import Redemption
from bot.features.rewards.waiting import BY_HAND
from rules.fold import POINTS_SPENT, REDEMPTION, REWARD_GRANTED, spent
from storage import alarms, boards
from storage.persons import lock_person

ADDRESS_KEPT = timedelta(days=30)
"""How long the address of what was delivered is kept."""
UNSENT_KEPT = timedelta(days=90)
"""How long that of what nobody has said to be delivered is."""


def month_of(ctx: Context) -> str:
    """The calendar month of the course, as rows name it: `2027-03`."""
    return boards.month_of(ctx.today)


def title_of(row: Redemption) -> Localised:
    """What it was called when it was redeemed; the catalogue may have it no more."""
    return Localised(row.title)


def locked(ctx: Context, *numbers: int) -> Sequence[Redemption]:
    """Those of these redemptions that the course has; nobody else changes them now, nor takes what is theirs."""
    has_budget = ctx.course.rewards.budget is not None
    return store.locked(ctx.db, ctx.course.id, numbers, has_budget=has_budget)


# --- taken ------------------------------------------------------------------------------------------------------------


def redeem(ctx: Context, reward_id: str, *, agreed: int | None = None, times: int | None = None) -> Redemption:
    """The member in context buys one: points, stock, budget and code change hands at once, or nothing does.

    `agreed`: the price that they were shown; `times`: how often they had redeemed anything then, so that a second
    press of the same button buys no second one. Raises UserError with why they can't.
    """
    reward = _known(ctx, reward_id)
    ctx.writes.flush_decisions(ctx.db)
    person = member_of(ctx.db, lock_person(ctx.db, ctx.member.id))
    if times is not None and times != store.times_redeemed(ctx.db, ctx.course.id, person.id):
        raise UserError("reward.pressed_before", buttons=[Button(label="button.reward_mine", command="rewards mine")])
    _lock_stock(ctx, reward)
    if agreed is not None and agreed != reward.price:
        raise _other_price(reward)
    limits.check(ctx.course, reward, limits.shelf(ctx, person, month_of(ctx)), month_of(ctx))
    row = _add(ctx, reward, person, price=reward.price)
    outcome = ctx.announce(POINTS_SPENT, object_of(row.id), member=person, points=row.price, reward=reward.id)
    return _enter(ctx, reward, row, outcome.fact)


def _other_price(reward: Reward) -> UserError:
    again = [Button(label="button.reward_again", command=f"redeem {reward.id}")] if reward.is_for_sale else []
    return UserError("reward.price_changed", buttons=again, title=reward.title, price=reward.price)


def grant(ctx: Context, member: Member, reward_id: str, cause: str, **more: Any) -> Redemption | None:
    """Give one for nothing, once for each cause; None where it was given for this already.

    It counts for stock, budget and months as a bought one does, and needs no approval. Raises UserError where there
    is none; nothing has changed then, so whoever catches it may go on. `more`: what else its row says.
    """
    reward = _known(ctx, reward_id)
    ctx.writes.flush_decisions(ctx.db)
    person = member_of(ctx.db, lock_person(ctx.db, member.id))
    _lock_stock(ctx, reward)
    if store.by_cause(ctx.db, ctx.course.id, cause) is not None:
        return None
    limits.check_free(reward, limits.shelf(ctx, person, month_of(ctx)))
    row = _add(ctx, reward, person, price=0, cause=cause, **more)
    outcome = ctx.announce(REWARD_GRANTED, object_of(row.id), member=person, reward=reward.id)
    return _enter(ctx, reward, row, outcome.fact)


def _known(ctx: Context, reward_id: str) -> Reward:
    reward = ctx.course.rewards.catalogue.get(reward_id)
    if reward is None:
        raise UserError("reward.unknown", id=reward_id[:48])
    return reward


def _lock_stock(ctx: Context, reward: Reward) -> None:
    store.lock_stock(ctx.db, ctx.course.id, reward.id, has_budget=ctx.course.rewards.budget is not None)


def _add(
    ctx: Context, reward: Reward, person: Member, *, price: int, cause: str | None = None, **more: Any
) -> Redemption:
    values: dict[str, Any] = {
        "course": ctx.course.id,
        "member": person.id,
        "reward": reward.id,
        "kind": reward.kind,
        "title": reward.title.by_language,
        "at": ctx.now,
        "month": month_of(ctx),
        "price": price,
        "worth": reward.price,
        "state": "requested",
        "cause": cause,
        **more,
    }
    store.count_taken(ctx.db, ctx.course.id, reward.id, +1)
    row = store.add(ctx.db, values)
    if reward.kind == "code" and not pool.hold(ctx.db, ctx.course.id, reward.id, row.id):
        raise UserError("reward.sold_out", title=reward.title)
    return row


def _enter(ctx: Context, reward: Reward, row: Redemption, fact: Fact) -> Redemption:
    """Write what was paid, before anybody asks for the balance; then give it, if nobody is to be asked."""
    ctx.writes.entries.append(spent(fact))
    ctx.writes.flush_decisions(ctx.db)
    if reward.needs_approval and row.cause is None:
        staff_news.show(ctx, row)
        return row
    return give(ctx, row)


# --- given ------------------------------------------------------------------------------------------------------------


def give(ctx: Context, row: Redemption) -> Redemption:
    """It is theirs, and they are told how they get it. Raises UserError where it is not waiting for that."""
    _check_state(row, "requested")
    if row.kind == "code" and pool.give(ctx.db, row.id) is None:
        raise UserError("reward.code_withdrawn", number=row.id)
    row = _settle(ctx, row, "given")
    if row.kind == "title":
        _give_title(ctx, row)
    news.given(ctx, row)
    staff_news.show(ctx, row)
    return row


def _give_title(ctx: Context, row: Redemption) -> None:
    """By the effect that rules give titles with: what it gives goes when the entry of the redemption is taken back."""
    reward = ctx.course.rewards.catalogue.get(row.reward)
    if reward is None or reward.gives not in ctx.course.titles:
        raise UserError("reward.title_gone", number=row.id)
    kind, handler = ctx.engine.registry.effects["title"]
    person = member_of(ctx.db, row.member)
    fact = ctx.fact_about(_fact_of(row), object_of(row.id), person)
    rule = Rule(id=REDEMPTION, when=fact.kind, then=())
    firing = Firing(rule=rule, fact=fact, verdict=Verdict(rule=REDEMPTION, fired=True))
    handler(ctx, TypeAdapter(kind.argument).validate_python(reward.gives), firing)


def deliver(ctx: Context, row: Redemption, words: str = "") -> Redemption:
    """Staff have sent it, or done it, with what the member should know of it. Its address goes after a while."""
    _check_state(row, "given")
    if row.kind == "goods" and ctx.now < row.at + UNSENT_KEPT and store.address_of(ctx.db, row.id) is None:
        raise UserError("redemption.no_address_yet", number=row.id)
    row = _settle(ctx, row, "delivered")
    alarms.put(ctx.db, ctx.course.id, ADDRESS_ALARM, [(str(row.id), ctx.now + ADDRESS_KEPT)])
    news.delivered(ctx, row, words)
    staff_news.show(ctx, row)
    return row


# --- taken back -------------------------------------------------------------------------------------------------------


def decline(ctx: Context, row: Redemption, reason: str) -> Redemption:
    """Staff don't give it: the points are back."""
    _check_state(row, "requested")
    row = _undo(ctx, row, "declined", note=reason)
    news.declined(ctx, row)
    staff_news.show(ctx, row)
    return row


def cancel(ctx: Context, row: Redemption) -> Redemption:
    """The member does not want it any more, before anybody has given it."""
    if row.state == "given" and row.kind in BY_HAND:
        raise UserError("reward.is_agreed", number=row.id)
    _check_state(row, "requested")
    row = _undo(ctx, row, "cancelled")
    staff_news.show(ctx, row)
    return row


def let_go(ctx: Context, row: Redemption) -> Redemption:
    """Nobody is left whom it could be given, sent or arranged for.

    Its address stays for whoever forgets the person: what it says is looked for in all else that is kept.
    """
    if row.state == "owed":
        row = _settle(ctx, row, "cancelled")
    elif row.state == "requested" or row.kind in BY_HAND:
        row = _undo(ctx, row, "cancelled", keeps_address=True)
    else:
        return row
    staff_news.show_nameless(ctx, row)
    return row


def refund(ctx: Context, row: Redemption, reason: str) -> Redemption:
    """Staff take back what was given: the points are back, a title is gone. A code that was seen is not given again."""
    _check_state(row, "given", "delivered")
    row = _undo(ctx, row, "refunded", note=reason)
    news.refunded(ctx, row)
    staff_news.show(ctx, row)
    return row


def _undo(
    ctx: Context, row: Redemption, state: str, *, note: str | None = None, keeps_address: bool = False
) -> Redemption:
    """By a new entry in the ledger; stock, budget and limits count it as never had."""
    row = _settle(ctx, row, state, note=note)
    pool.release(ctx.db, row.id)
    store.count_taken(ctx.db, ctx.course.id, row.reward, -1)
    if not keeps_address:
        store.drop_address(ctx.db, [row.id])
    ctx.retract(_fact_of(row), object_of(row.id), member=member_of(ctx.db, row.member))
    parting.give_back(ctx, row)
    return row


# --- parts ------------------------------------------------------------------------------------------------------------


def _fact_of(row: Redemption) -> str:
    return POINTS_SPENT if row.cause is None else REWARD_GRANTED


def _settle(ctx: Context, row: Redemption, state: str, **changes: Any) -> Redemption:
    return store.change(ctx.db, row.id, state=state, settled_at=ctx.now, **changes)


def _check_state(row: Redemption, *states: str) -> None:
    if row.state not in states:
        raise UserError(f"reward.is_{row.state}", number=row.id)
