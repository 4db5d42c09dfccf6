"""What members hear of their redemptions, alone; who can't be written to yet finds it when they can.

No code is ever in it: it may lie in the outbox for long, and show on a locked screen.
"""

from collections.abc import Sequence
from typing import Any

from bot.domain.ids import MemberId
from bot.domain.messages import Localised, Template, Text, Words
from bot.engine.context import Context
from bot.engine.roster import member_of
from bot.engine.telling import ears_of
from bot.engine.voice import NOTICE_LIFE, Label, Utterance
from bot.features.rewards import store
from bot.features.rewards.causes import rule_of
from bot.features.rewards.store import Redemption
from bot.features.rewards.waiting import BY_HAND

News = tuple[MemberId, Sequence[Words], Sequence[Label]]


def tell(ctx: Context, who: MemberId, *lines: Words, buttons: Sequence[Label] = ()) -> None:
    """With the answer, if the event is theirs. Of several accounts that are one person, it is any that can be told."""
    who = member_of(ctx.db, who).id
    if ctx.answers(who):
        for words in lines:
            ctx.reply_words(words)
        ctx.reply_buttons(buttons)
    else:
        ctx.gather(_tell_each, (who, lines, buttons))


def _tell_each(ctx: Context, told: Sequence[News]) -> None:
    by_person: dict[MemberId, list[News]] = {}
    for news in told:
        by_person.setdefault(news[0], []).append(news)
    now = ears_of(ctx, by_person, have_asked=True)
    later = ears_of(ctx, [who for who in by_person if who not in now], may_wait=True)
    for who, ear in (now | later).items():
        what = Utterance(
            lines=[words for _, lines, _ in by_person[who] for words in lines],
            buttons=[button for _, _, buttons in by_person[who] for button in buttons],
            life=NOTICE_LIFE,
            is_confidential=True,
            is_kept=True,
            is_notice=True,
        )
        ctx.whisper(ear.user, ear.space, what, key=f"reward_told:{ctx.event.key}:{who}", language=ear.language)


# --- of one redemption ------------------------------------------------------------------------------------------------


def given(ctx: Context, row: Redemption) -> None:
    """It is theirs; how they get it depends on what it is."""
    next_step = [Text(id=f"reward.next_{_next(ctx, row)}")] if row.kind != "title" else []
    tell(ctx, row.member, _theirs(ctx, row), *next_step, buttons=ways_to(ctx, row))


def _theirs(ctx: Context, row: Redemption) -> Words:
    """What was bought has succeeded; what was won, or given, says what for."""
    values: dict[str, Any] = {"number": row.id, "title": _title(row)}
    if row.cause is None:
        return Text(id="reward.bought", values=values)
    why = why_given(ctx, row)
    return Text(id="reward.won_for", values={**values, "why": why}) if why else Text(id="reward.won", values=values)


def _next(ctx: Context, row: Redemption) -> str:
    return "goods_known" if row.kind == "goods" and store.address_of(ctx.db, row.id) else row.kind


def why_given(ctx: Context, row: Redemption) -> Words | str | None:
    """What for somebody has it who has not paid: the rule, where it has a title, or the words of staff."""
    id = rule_of(row.cause or "")
    if id is None:
        return str(row.note) if row.note else None
    return next((Template(text=rule.title) for rule in ctx.course.rules if rule.id == id and rule.title), None)


def ways_to(ctx: Context, row: Redemption) -> list[Label]:
    """What the member does next with something that is theirs."""
    if row.state == "given" and row.kind == "code":
        return [(Text(id="button.reward_code"), f"rewards code {row.id}")]
    if row.state in ("requested", "given") and row.kind == "goods":
        known = store.address_of(ctx.db, row.id) is not None
        label = "button.reward_address_change" if known else "button.reward_address"
        return [(Text(id=label), f"rewards address {row.id}")]
    return []


def delivered(ctx: Context, row: Redemption, words: str) -> None:
    """With what staff say about it now: a number to track it by, say."""
    more = [Text(id="reward.mine_note", values={"note": words})] if words else []
    id = f"reward.delivered_{row.kind if row.kind in BY_HAND else 'other'}"
    tell(ctx, row.member, Text(id=id, values={"number": row.id, "title": _title(row)}), *more)


def declined(ctx: Context, row: Redemption) -> None:
    _taken_back(ctx, row, "reward.declined")


def refunded(ctx: Context, row: Redemption) -> None:
    _taken_back(ctx, row, "reward.refunded")


def _taken_back(ctx: Context, row: Redemption, id: str) -> None:
    """Who has paid nothing gets no points back."""
    words = Text(id=id, values={"number": row.id, "title": _title(row), "reason": row.note})
    points = [Text(id="reward.points_back", values={"count": row.price})] if row.price else []
    tell(ctx, row.member, words, *points)


def _title(row: Redemption) -> Localised:
    return Localised(row.title)
