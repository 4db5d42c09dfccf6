"""`/redemptions`: what waits, what was done; and with a number and a verb, all that staff can do with one."""

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, FormSubmitted
from bot.domain.messages import Text, Words
from bot.domain.rewards import Reward
from bot.engine.context import Context
from bot.engine.dispatch import suggestion
from bot.engine.forms_shape import FormField
from bot.engine.names import clean_line
from bot.engine.parameters import text
from bot.engine.roster import name_of
from bot.features.rewards import causes, flow, handling
from bot.features.rewards.declared import feature
from bot.features.rewards.meant import NUMBER, reward_named, words_of
from bot.features.rewards.staff_news import buttons, debt_of, lines_of, shown
from bot.features.rewards.store import Redemption
from bot.features.rewards.waiting import finished, newest, waiting, without_address

_SHOWN = 10
_AUDITED = 20
_BUTTONS = 4  # redemptions that have some below the list
_FEWEST = 3  # words: who, what, and why
_ASKED = re.compile(r"[#＃]?([0-9]{1,15})\s+(decline|refund)")
_WAITING = frozenset(("", "waiting", "待处理", "待审批"))
_DONE = frozenset(("done", "已处理", "已完成"))
_ALL = frozenset(("all", "全部", "所有"))
_GRANT = frozenset(("grant", "发放", "赠送"))


@feature.command(
    "redemptions",
    words=("兑换管理",),
    roles=("assistant", "admin"),
    places=("staff",),
    parameters=(text("redemption"), text("step"), text("details")),
)
def redemptions(ctx: Context, cmd: CommandInvoked) -> None:
    word, rest = words_of(cmd.text)
    if word in _WAITING:
        _show_waiting(ctx)
    elif word in _DONE:
        _show(ctx, "redemption.list_done", finished(ctx.db, ctx.course.id, limit=_AUDITED))
    elif word in _ALL:
        _show(ctx, "redemption.list_all", newest(ctx.db, ctx.course.id, limit=_AUDITED))
    elif word in _GRANT:
        _grant(ctx, rest)
    elif found := NUMBER.fullmatch(word):
        _handle(ctx, int(found[1]), rest)
    else:
        raise UserError("redemption.usage")


def _again(fields: Mapping[str, str]) -> str | None:
    found = _ASKED.fullmatch(fields.get("redemption", "").strip())
    return f"redemptions {found[1]} {found[2]}" if found else None


@feature.form(
    handling.REASON_FORM,
    again=_again,
    command="redemptions",
    fields=(
        FormField(id="reason", max_length=handling.LONGEST),
        FormField(id="redemption", is_given=True),
    ),
)
def reason_given(ctx: Context, form: FormSubmitted) -> None:
    """Which one, and what is to be done with it, as `/redemptions` takes it."""
    found = _ASKED.fullmatch(form.fields["redemption"].strip())
    if found is None:
        raise UserError("redemption.usage")
    _handle(ctx, int(found[1]), f"{found[2]} {form.fields['reason']}")


# --- one --------------------------------------------------------------------------------------------------------------


def _handle(ctx: Context, number: int, said: str) -> None:
    row = next(iter(flow.locked(ctx, number)), None)
    if row is None:
        raise UserError("redemption.unknown", number=number)
    word, rest = words_of(said)
    if not word:
        _show_one(ctx, row)
    elif verb := handling.VERBS.get(word):
        handling.check_not_own(ctx, row)
        verb(ctx, row, rest)
    elif near := suggestion(word, handling.VERBS):
        raise UserError("redemption.no_verb_near", said=word[:40], near=near)
    else:
        raise UserError("redemption.no_verb", said=word[:40])


def _show_one(ctx: Context, row: Redemption) -> None:
    ctx.reply_words(_line(ctx, row))
    for words in debt_of(ctx, row):
        ctx.reply_words(words)
    if row.note:
        ctx.reply("redemption.note", note=row.note)
    ctx.reply_buttons(buttons(ctx, row))


# --- lists ------------------------------------------------------------------------------------------------------------


def _show_waiting(ctx: Context) -> None:
    those = waiting(ctx.db, ctx.course.id)
    if not those:
        ctx.reply("reward_stock.nothing_waits")
    else:
        overdue = sum(one.is_overdue(ctx.now) for one in those)
        title = "redemption.queue" if overdue else "redemption.queue_in_time"
        ctx.reply(title, count=len(those), overdue=overdue)
        for line in lines_of(ctx, those[:_SHOWN]):
            ctx.reply_words(line)
        if len(those) > _SHOWN:
            ctx.reply("redemption.more", count=len(those) - _SHOWN)
        ctx.reply_buttons([label for one in those[:_BUTTONS] for label in buttons(ctx, one.row, is_listed=True)])
    if unsent := without_address(ctx.db, ctx.course.id):
        numbers = [f"#{row.id} {name_of(ctx.db, row.member)}" for row in unsent[:_SHOWN]]
        ctx.reply("redemption.without_address", count=len(unsent), those=numbers)


def _show(ctx: Context, title: str, rows: Sequence[Redemption]) -> None:
    if not rows:
        raise UserError("redemption.none")
    ctx.reply(title, count=len(rows))
    for row in rows:
        ctx.reply_words(_line(ctx, row))


def _line(ctx: Context, row: Redemption) -> Words:
    """Who got what, when, for how much, and who has settled it."""
    values = {
        "number": row.id,
        "name": name_of(ctx.db, row.member),
        "title": shown(row),
        "at": ctx.course.wall_time(row.at),
        "details": [*_details(ctx, row)],
    }
    return Text(id="redemption.line", values=values)


def _details(ctx: Context, row: Redemption) -> Iterator[Words]:
    if row.cause is None:
        yield Text(id="redemption.for_points", values={"count": row.price})
    else:
        yield Text(id="redemption.by_staff" if causes.is_of_staff(row.cause) else "redemption.by_rule")
    yield Text(id=f"redemption.state_{row.state}")
    if row.settled_by is not None and row.settled_at is not None:
        by = {"name": name_of(ctx.db, row.settled_by), "at": ctx.course.wall_time(row.settled_at)}
        yield Text(id="redemption.settled_by", values=by)


# --- given by hand ----------------------------------------------------------------------------------------------------


def _grant(ctx: Context, said: str) -> None:
    """`@ada tea_coupon REASON`; only admins give what nobody has paid for. Names and titles may have several words."""
    if ctx.member.role != "admin":
        raise UserError("redemption.grant_not_you")
    words = said.split()
    if len(words) < _FEWEST:
        raise UserError("redemption.grant_usage", known=_known(ctx))
    start, end, reward = _named(ctx, words)
    reason = clean_line(" ".join(words[end:]))
    if not reason:
        raise UserError("redemption.grant_why", title=reward.title)
    if len(reason) > handling.LONGEST:
        raise UserError("redemption.too_long", most=handling.LONGEST)
    member = ctx.find_member(" ".join(words[:start]), is_present=True)
    by = {"note": reason, "settled_by": ctx.member.id}
    row = flow.grant(ctx, member, reward.id, causes.of_staff(ctx.event.key), **by)
    if row is None:  # this very event was handled before
        return
    handling.audit_one(ctx, "reward_grant", row, reason=reason)
    ctx.reply("redemption.done_grant", number=row.id, name=member.name, title=shown(row))


def _named(ctx: Context, words: Sequence[str]) -> tuple[int, int, Reward]:
    """Where a reward's id or title stands behind the member's name, the first and longest; and which it is."""
    titles = (title for reward in ctx.course.rewards.catalogue.values() for title in reward.title.by_language.values())
    longest = max((len(title.split()) for title in titles), default=1)
    for start in range(1, len(words)):
        for end in range(min(len(words), start + longest), start, -1):
            if found := reward_named(ctx, " ".join(words[start:end])):
                return start, end, found
    raise UserError("redemption.grant_which", said=words[1][:48], known=_known(ctx))


def _known(ctx: Context) -> list[str]:
    return [*ctx.course.rewards.catalogue]
