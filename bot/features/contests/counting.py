"""The votes counted: which of them count, who has which place, and what everybody, staff and the rules learn of it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.domain.ids import MemberId
from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.roster import members_by_id
from bot.engine.voice import Utterance
from bot.features.contests import ballot, entries, placed, store
from bot.features.contests.ballot import Cast, Outcome
from bot.features.contests.choices import choices_of
from bot.features.contests.declared import WON, ContestOptions, options_in
from bot.features.contests.discounting import MOST_PAST, Ballot, Voter, discounted
from bot.features.contests.found import object_of, space_of, title_of
from bot.features.contests.ranking import has_ties, places
from bot.features.contests.reporting import report
from bot.features.contests.words import place_line, ties

_SHOWN = 20  # winners; there are more only where many share a place

Ranked = Sequence[tuple[int, Outcome]]


# --- the first time ---------------------------------------------------------------------------------------------------


def count(ctx: Context, found: Any) -> None:
    """Everybody reads the places; the rules hear of those who have one, and staff of what does not count."""
    options = options_in(ctx.course, found)
    ballot.set_aside(ctx.db, found.id, found.closed_at)
    if options.discount:
        _discount(ctx, found)
    store.is_counted(ctx.db, found.id, found.closed_at)
    ones, ranked = _ranked(ctx, found, options)
    entries.leave_out(ctx.db, found.id, [one.entry for one in ones], found.closed_at)
    placed.keep(ctx.db, found.id, ranked)
    space, lines = space_of(ctx, found), list(_result(ctx, found, options, ones, ranked))
    if space:
        ctx.say(space, *lines, key=_key(found))
    _announce(ctx, found, {one.member: place for place, one in ranked if place <= options.top})
    report(ctx, found, ones)


def _key(found: Any) -> str:
    return f"contest:{found.id}:result"


def _discount(ctx: Context, found: Any) -> None:
    """Note at each vote that does not count why; it is decided once."""
    cast = ballot.votes(ctx.db, found.id, found.closed_at)
    if not cast:
        return
    earlier = ballot.past(ctx.db, store.before(ctx.db, found, MOST_PAST), found.closed_at)
    past = [choices_of((one.voter, one.author) for one in votes) for votes in earlier]
    voters = _voters(ctx, found, sorted({one.voter for one in cast}))
    by_duel = defaultdict[int, list[Cast]](list)
    for one in cast:
        by_duel[one.duel].append(one)
    for together in by_duel.values():
        reasons = discounted([_ballot(one) for one in together], voters, past)
        those = ((one.duel, one.member, reasons[one.voter]) for one in together if one.voter in reasons)
        ballot.discount(ctx.db, found.id, those)


def _ballot(one: Cast) -> Ballot:
    return Ballot(voter=one.voter, author=one.author, at=one.at)


def _voters(ctx: Context, found: Any, those: Sequence[MemberId]) -> Mapping[int, Voter]:
    """As they were when the vote opened: what somebody does for the vote's sake says nothing of them."""
    kinds = Counter(who for who, _ in set(ctx.ask_each("own_acts", ctx.course, those, found.gallery_at)))
    entered = {one.member for one in ballot.outcomes(ctx.db, found.id, found.closed_at)}
    return {who: Voter(acts=kinds[who], has_entered=who in entered) for who in those}


# --- once more --------------------------------------------------------------------------------------------------------


def recount(ctx: Context, found: Any) -> None:
    """Places, what the rules gave and what was posted become what the works say that stand now. The row is locked."""
    options = options_in(ctx.course, found)
    before = placed.of(ctx.db, found.id, options.top)
    ones, ranked = _ranked(ctx, found, options)
    placed.keep(ctx.db, found.id, ranked)
    now = {one.member: place for place, one in ranked if place <= options.top}
    changed = {who for who in before | now if before.get(who) != now.get(who)}
    members = members_by_id(ctx.db, [who for who in before if who in changed])
    for who in members.values():
        ctx.retract(WON, object_of(found), member=who)
    _announce(ctx, found, {who: place for who, place in now.items() if who in changed})
    space, lines = space_of(ctx, found), list(_result(ctx, found, options, ones, ranked, is_corrected=True))
    if space:
        ctx.keep(space, Utterance(lines=lines), key=_key(found), is_worth_a_post=True, is_correction=True)


# --- both -------------------------------------------------------------------------------------------------------------


def _ranked(ctx: Context, found: Any, options: ContestOptions) -> tuple[list[Outcome], Ranked]:
    """The works that stand, and those with a place, the best first."""
    ones = ballot.outcomes(ctx.db, found.id, found.closed_at)
    return ones, list(places(ones, options.tie_break))


def _announce(ctx: Context, found: Any, winners: Mapping[MemberId, int]) -> None:
    """For the day of the result, whenever it is counted."""
    title = title_of(ctx, found).in_(ctx.course.language)
    members = members_by_id(ctx.db, list(winners))
    facts = ((members[who], {"contest": title, "place": place}) for who, place in winners.items())
    ctx.announce_each(WON, object_of(found), facts, on=ctx.course.date_at(found.closed_at))


def _result(
    ctx: Context,
    found: Any,
    options: ContestOptions,
    ones: Sequence[Outcome],
    ranked: Ranked,
    *,
    is_corrected: bool = False,
) -> Iterator[Words]:
    id = "contest.result_corrected" if is_corrected else "contest.result"
    yield Text(id=id, values={"title": title_of(ctx, found)})
    if not ranked:
        yield Text(id="contest.no_votes", values={"count": len(ones)})
    yield from _places([(place, one) for place, one in ranked if place <= options.top])
    if has_ties(ones):
        yield ties(options.tie_break)
    if discounted := sum(one.all_votes - one.votes for one in ones):
        yield Text(id="contest.discounted", values={"count": discounted})
    if ranked:
        yield Text(id="contest.thanks", values={"works": len(ones), "votes": sum(one.votes for one in ones)})
        until = ctx.course.wall_time(found.closed_at + options.appeal_for)
        yield Text(id="contest.may_appeal", values={"until": until})


def _places(winners: Ranked) -> Iterator[Words]:
    for place, one in winners[:_SHOWN]:
        yield place_line(place, one)
    if more := len(winners) - len(winners[:_SHOWN]):
        yield Text(id="contest.more_places", values={"count": more})
