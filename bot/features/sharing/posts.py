"""What is posted of a session: its opening, with who has agreed to share, and its summary. Both are kept up."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from bot.domain.ids import MemberId
from bot.domain.messages import Text, Words
from bot.domain.places import Space
from bot.engine.context import Context
from bot.engine.voice import Utterance
from bot.engine.works import excerpt
from bot.features.sharing import speakers, store
from bot.features.sharing.naming import shown_names
from bot.features.sharing.store import Shared

_EXCERPT = 60  # columns
_SHOWN = 8


def show_opening(ctx: Context, space: Space, session: Any, *, is_correction: bool = False) -> None:
    what = Utterance(lines=list(_opening(ctx, session)), policy="at_most_once")
    ctx.keep(space, what, key=f"sharing:{session.id}:opening", is_correction=is_correction)


def _opening(ctx: Context, session: Any) -> Iterator[Words]:
    yield Text(id="sharing.opens")
    yield from topic_lines(ctx, session)
    agreed = speakers.accepted(ctx.db, session.id)
    names = shown_names(ctx.db, agreed) if agreed else {}
    if named := [names[who] for who in agreed if who in names]:
        yield Text(id="sharing.speakers", values={"names": named})
    yield Text(id="sharing.how", values={"until": f"{ctx.course.wall_time(session.closes_at):%H:%M}"})


def topic_lines(ctx: Context, of: Any) -> Iterator[Words]:
    """What the calendar has for the date of a session, or of a call."""
    day = ctx.course.day(of.local_date)
    if day and day.sharing:
        yield Text(id="sharing.topic", values={"topic": day.sharing})


# --- the summary ------------------------------------------------------------------------------------------------------


def show_summary(
    ctx: Context, space: Space, session: Any, *, is_correction: bool = False, but: Collection[int] = ()
) -> None:
    """Post it, or bring it up to date where a share came or went after the close; `but` are persons who go."""
    what = Utterance(lines=list(_summary(ctx, session, but)))
    key = f"sharing:{session.id}:summary"
    ctx.keep(space, what, key=key, is_correction=is_correction)


def _summary(ctx: Context, session: Any, but: Collection[int]) -> Iterator[Words]:
    """Invited speakers who may be named as such first, then the others in the order in which they came."""
    marked = shown_names(ctx.db, speakers.accepted(ctx.db, session.id)).keys()
    shares = [one for one in store.shared_in(ctx.db, session.id) if one.person not in but]
    shares.sort(key=lambda one: one.person not in marked)
    if not shares:
        yield Text(id="sharing.nobody")
        return
    yield Text(id="sharing.closed", values={"count": len(shares)})
    shown = shares[:_SHOWN]
    liked, thanked = _liked(ctx, shown), _thanked(ctx, session)
    for one in shown:
        name = Text(id="sharing.speaker", values={"name": one.name}) if one.person in marked else one.name
        yield _line(one, name, liked[one.share], thanked.get(one.person, 0))
    if len(shares) > len(shown):
        yield Text(id="sharing.more", values={"count": len(shares) - len(shown)})
    yield Text(id="sharing.thanks")


def _line(one: Shared, name: Words | str, liked: int, thanked: int) -> Words:
    values = {"name": name, "text": excerpt(one.text, one.files, _EXCERPT)}
    counts = [Text(id="sharing.liked", values={"count": liked})] if liked else []
    counts += [Text(id="sharing.thanked", values={"count": thanked})] if thanked else []
    if not counts:
        return Text(id="sharing.line", values=values)
    return Text(id="sharing.line_counted", values=values | {"counts": counts})


def _liked(ctx: Context, shares: Sequence[Shared]) -> dict[int, int]:
    """How many others have put a reaction under what was shared, each person once, whatever and how often."""
    messages = store.messages_of(ctx.db, [one.share for one in shares])
    by_message: dict[str, set[int]] = {}
    for message, person, _ in ctx.ask_each("reactions", [one for those in messages.values() for one in those]):
        by_message.setdefault(message, set()).add(person)
    found = {}
    for one in shares:
        persons = {who for message in messages.get(one.share, ()) for who in by_message.get(message, ())}
        found[one.share] = len(persons - {one.person})
    return found


def _thanked(ctx: Context, session: Any) -> dict[MemberId, int]:
    """How many have thanked each person on the dates of the session."""
    first, last = ctx.course.date_at(session.opened_at), ctx.course.date_at(session.closes_at)
    found: dict[MemberId, int] = {}
    for (who, _), count in ctx.ask("thanks_on", ctx.course.id, first, last).items():
        found[who] = found.get(who, 0) + count
    return found
