"""Asks platforms for marks: for all of a course when it changes, for a member when something changes about them."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.domain.events import MemberJoined, MemberLeft, PlaceSeen
from bot.domain.ids import CourseId
from bot.domain.messages import MarkNames, Marks, OutgoingMessage
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.transaction import Transaction
from bot.features.marks import store
from bot.features.marks.asking import (
    Shown,
    ask_anew,
    ask_for_members,
    ask_for_names,
    last_words,
    places_of,
    queued,
    take_back_elsewhere,
)
from storage import changed
from storage.personal import Person, Personal

feature = Feature("marks", needs=("titles_held",))
feature.personal(store.PERSONAL, Personal(changed.table, goes=True))

_AGAIN = timedelta(days=1)
"""After which what was refused is asked for again, if nothing happens before."""

_SOON = timedelta(seconds=1)


@feature.on(MemberJoined)
def joined(ctx: Context, event: MemberJoined) -> None:
    """Who comes back to a platform has lost there what they showed."""
    if ctx.has_member:
        store.doubt_shown(ctx.db, ctx.course.id, event.actor.platform, event.actor.user)
        changed.note(ctx.db, [ctx.member.id])


@feature.on(MemberLeft)
def left(ctx: Context, event: MemberLeft) -> None:
    store.doubt_shown(ctx.db, ctx.course.id, event.actor.platform, event.actor.user)


@feature.on(PlaceSeen)
def place_seen(ctx: Context, event: PlaceSeen) -> None:
    """Somebody asks us to look again, or has let us do more than before: all is asked for anew."""
    for place in places_of(ctx.live, ctx.engine.voice) if event.is_in else ():
        address = place.space.address
        if (address.platform, address.room) != (event.address.platform, event.address.room):
            continue
        if _is_hindered(event.lacks):
            store.doubt_names(ctx.db, *place.key)
        elif event.cause != "start" or not store.are_names_known(ctx.db, *place.key):
            ask_anew(ctx.tx, place, event.key, event.at)


def _is_hindered(lacks: Collection[str]) -> bool:
    """Whether what the bot lacks in a place has to do with marks."""
    return any(lack.rpartition(".")[2].startswith("roles") for lack in lacks)


@feature.before_forgetting
def take_back(ctx: Context, whose: Person, key: str) -> None:
    """Platforms know a person by their account, and so does what asks them: it goes with our last words."""
    chats = store.named_at(ctx.db)
    for number, row in enumerate(store.shown_by(ctx.db, whose.accounts)):
        if asked := last_words(chats, row):
            ctx.writes.say(queued(ctx.tx, asked[0], f"{key}:marks:{number}", asked[1], ctx.now))


# --- what was refused -------------------------------------------------------------------------------------------------


@feature.on_refusal(MarkNames)
def names_refused(db: Connection, message: OutgoingMessage, now: datetime) -> None:
    """Who was given marks that are not there shows nothing: tomorrow all is asked for once more."""
    course, platform = _asked_by(message)
    store.doubt_names(db, course, platform, again_at=now + _AGAIN)
    changed.note_all(db, course, now + _AGAIN)


@feature.on_refusal(Marks)
def marks_refused(db: Connection, message: OutgoingMessage, now: datetime) -> None:
    """Asked for again when something changes about the member, and at the latest tomorrow."""
    assert isinstance(message.act, Marks)
    course, platform = _asked_by(message)
    store.doubt_shown(db, course, platform, message.act.user)
    changed.note(db, store.members_with(db, course, platform, message.act.user), now + _AGAIN)


def _asked_by(message: OutgoingMessage) -> store.Key:
    assert isinstance(message.act, Marks | MarkNames)
    return CourseId(message.act.course), message.address.platform


# --- when other courses are live, after each batch of events, and as time goes by -------------------------------------


@feature.on_other_courses
def look_anew(tx: Transaction, now: datetime) -> None:
    """Marks are made where there are none yet, and taken back where none are shown any more."""
    places = places_of(tx.live, tx.engine.voice)
    version = ":".join(map(str, tx.live.version))
    if store.is_new_view(tx.db, " ".join([version, *sorted({place.space.address.platform for place in places})])):
        take_back_elsewhere(tx, places, now)
        for place in places:
            if ask_for_names(tx, place, version, now):
                changed.note_all(tx.db, place.course.id)


@feature.afterwards
def look(tx: Transaction, now: datetime) -> None:
    """Ask for whatever is not asked for yet: of a large course, for a part at a time."""
    if not any(map(tx.engine.voice.can_mark, tx.live.platforms)):
        return
    members = changed.take(tx.db, now)
    if members:
        places = places_of(tx.live, tx.engine.voice)
        _ask_again(tx, places, now)
        ask_for_members(tx, places, members, now)
    if len(members) == changed.MOST:
        changed.note(tx.db, list(members)[-1:], now + _SOON)  # which wakes us for the others


def _ask_again(tx: Transaction, places: Collection[Shown], now: datetime) -> None:
    """What was refused long enough ago; whoever shows it is among the members of these days' looks."""
    refused = store.refused_before(tx.db, now)
    for place in places:
        if place.key in refused:
            ask_anew(tx, place, now.isoformat(), now)
