"""What the staff room reads of redemptions: one post for each that needs a hand, and when something runs out."""

from collections.abc import Iterator, Sequence

from bot.domain.events import AlarmsDue
from bot.domain.messages import Localised, Template, Text, Words
from bot.engine.context import Context
from bot.engine.roster import member_of, name_of
from bot.engine.voice import Label, Utterance
from bot.features.rewards import limits, pool, store
from bot.features.rewards.declared import feature
from bot.features.rewards.store import Redemption
from bot.features.rewards.waiting import BY_HAND, PATIENCE, Waiting, waiting
from storage import alarms, boards

_ALARM = "redemption_waits"
_FEW = 3
_SHOWN = 10
_VERBS = {"requested": ("approve", "decline"), "owed": ("give", "decline")}


def show(ctx: Context, row: Redemption) -> None:
    """One post for each redemption that staff have to do with, as it now stands. No code, no address.

    Who cancels and asks again changes the one that is there.
    """
    is_open = _needs_staff(row)
    if is_open:
        alarms.put(ctx.db, ctx.course.id, _ALARM, [(str(row.id), ctx.now + PATIENCE)])
    what = Utterance(lines=[*_lines(ctx, row)], buttons=[*buttons(ctx, row)])
    ctx.keep("staff", what, key=_post(ctx, row), is_worth_a_post=is_open, is_correction=not is_open)
    if row.state in store.HAD:
        _watch_stock(ctx, row)


def show_nameless(ctx: Context, row: Redemption) -> None:
    """Whose it was is being forgotten; nobody has to do anything for it."""
    gone = Text(id="redemption.forgotten", values={"number": row.id, "title": shown(row)})
    ctx.keep("staff", Utterance(lines=[gone]), key=_post(ctx, row), is_worth_a_post=False, is_correction=True)


def _post(ctx: Context, row: Redemption) -> str:
    return f"redemption:{store.first_of_loop(ctx.db, row)}"


def _needs_staff(row: Redemption) -> bool:
    return row.state in ("requested", "owed") or (row.state == "given" and row.kind in BY_HAND)


def buttons(ctx: Context, row: Redemption, *, is_listed: bool = False) -> Iterator[Label]:
    """What staff can do with it at once; in a list, each says which one it is about."""
    for verb in _verbs(ctx, row):
        id = f"button.redemption_{verb}_one" if is_listed else f"button.redemption_{verb}"
        yield Text(id=id, values={"number": row.id} if is_listed else {}), f"redemptions {row.id} {verb}"


def _verbs(ctx: Context, row: Redemption) -> tuple[str, ...]:
    """Goods are sent to an address, or not yet."""
    if row.state != "given":
        return _VERBS.get(row.state, ())
    if row.kind == "goods":
        return ("address", "deliver") if store.address_of(ctx.db, row.id) else ()
    return ("deliver",) if row.kind in BY_HAND else ()


def debt_of(ctx: Context, row: Redemption) -> Iterator[Words]:
    """What staff should know before they give it: points were taken back from who has spent them."""
    if row.state not in ("requested", "given"):
        return
    person = member_of(ctx.db, row.member)
    balance = boards.points_of(ctx.db, person.id)
    if balance < 0:
        yield Text(id="redemption.in_debt", values={"name": person.name, "count": -balance})


def disable(ctx: Context, row: Redemption) -> Iterator[Words]:
    """A code that was taken back may have been seen; only the shop can make it worthless."""
    place = pool.place_of(ctx.db, row.id) if row.state == "refunded" and row.kind == "code" else None
    if place:
        yield Text(id="redemption.disable", values={"reward": row.reward, "place": place})


def _lines(ctx: Context, row: Redemption) -> Iterator[Words]:
    about = {"number": row.id, "name": name_of(ctx.db, row.member), "title": shown(row), "count": row.price}
    is_free = row.state == "refunded" and not row.price
    yield Text(id="redemption.refunded_free" if is_free else f"redemption.{row.state}", values=about)
    if row.state == "requested":
        yield Text(id="redemption.paid", values=about)
    yield from debt_of(ctx, row)
    yield from disable(ctx, row)
    if row.state == "given" and row.kind == "goods":
        has_address = store.address_of(ctx.db, row.id) is not None
        yield Text(id="redemption.has_address" if has_address else "redemption.no_address")
    elif row.state == "given" and row.kind == "privilege":
        yield Text(id="redemption.to_do")
    if row.note:
        yield Text(id="redemption.note", values={"note": row.note})
    if row.settled_by is not None:
        yield Text(id="redemption.by", values={"name": name_of(ctx.db, row.settled_by)})


def shown(row: Redemption) -> Template:
    return Template(text=Localised(row.title))


# --- what runs out ----------------------------------------------------------------------------------------------------


def _watch_stock(ctx: Context, row: Redemption) -> None:
    """Once when little is left, and once when nothing is; again only when more was put in."""
    reward = ctx.course.rewards.catalogue.get(row.reward)
    left = limits.left_of(ctx.db, ctx.course.id, reward) if reward else None
    if reward is None or left is None or left >= _FEW:
        return
    total = left + store.times_had(ctx.db, ctx.course.id, reward.id)
    if left and total <= _FEW:  # there never were many
        return
    id = "reward_stock.few" if left else "reward_stock.none"
    more = "reward_stock.add_codes" if reward.kind == "code" else "reward_stock.add_more"
    values = {"title": Template(text=reward.title), "reward": reward.id, "count": left}
    lines = [Text(id=id, values=values), Text(id=more, values=values)]
    ctx.tell_staff(*lines, key=f"{id}:{ctx.course.id}:{reward.id}:{total}")


# --- what waits for long ----------------------------------------------------------------------------------------------


@feature.alarm(_ALARM)
def remind(ctx: Context, due: AlarmsDue) -> None:
    """All that has waited for too long, in one notice; once for each."""
    rung = {one.object for one in due.alarms}
    those = [one for one in waiting(ctx.db, ctx.course.id) if one.is_overdue(ctx.now) and str(one.row.id) in rung]
    if those:
        ctx.tell_staff(
            Text(id="redemption.overdue", values={"count": len(those), "days": PATIENCE.days}),
            *lines_of(ctx, those[:_SHOWN]),
            buttons=[(Text(id="button.redemptions"), "redemptions")],
        )


def lines_of(ctx: Context, those: Sequence[Waiting]) -> Iterator[Words]:
    """One line for each."""
    for one in those:
        row = one.row
        values = {"number": row.id, "name": name_of(ctx.db, row.member), "title": shown(row)}
        values["since"] = ctx.course.wall_time(one.since)
        line = Text(id=f"redemption.waits_{row.state}", values=values)
        yield Text(id="redemption.late", values={"line": line}) if one.is_overdue(ctx.now) else line
        yield from debt_of(ctx, row)
