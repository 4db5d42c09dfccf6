"""Asks platforms for marks: for all of a course when it changes, for a member when something changes about them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from bot.domain.course import Course
from bot.domain.events import MemberJoined, MemberLeft, PlaceSeen
from bot.domain.messages import Act, MarkNames, Marks
from bot.domain.places import Space
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.live import Live
from bot.engine.transaction import Transaction
from bot.engine.voice import NOTICE_LIFE, Utterance, Voice, Where
from bot.features.marks import store
from bot.features.marks.names import labels_of, names_of
from storage import changed, outbox
from storage.personal import Personal

feature = Feature("marks", needs=("titles_held",))
feature.personal(store.PERSONAL, Personal(changed.table, goes=True))


class Shown(NamedTuple):
    """Where the marks of a course's members show on a platform."""

    course: Course
    space: Space


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
    is_hopeful = event.cause in ("asked", "added") or (event.cause == "changed" and not event.lacks)
    if not (event.is_in and is_hopeful):
        return
    for course, space in _places(ctx.live, ctx.engine.voice):
        if (space.address.platform, space.address.room) == (event.address.platform, event.address.room):
            _ask_for_names(ctx.tx, course, space, f"{event.key}", event.at)
            store.doubt_shown(ctx.db, course.id, space.address.platform)
            changed.note_all(ctx.db, course.id)


# --- after each batch of events, and as time goes by ------------------------------------------------------------------


@feature.afterwards
def look(tx: Transaction, now: datetime) -> None:
    """Ask for whatever is not asked for yet."""
    places = _places(tx.live, tx.engine.voice)
    if not places:
        return
    if store.is_new_view(tx.db, ":".join(map(str, tx.live.version))):
        for place in places:
            _look_at_course(tx, place, now)
    while members := changed.take(tx.db, now):
        _look_at_members(tx, places, members, now)


def _places(live: Live, voice: Voice) -> list[Shown]:
    """The first place of each course's main space on each platform that can show marks."""
    found: dict[tuple[str, str], Shown] = {}
    for space in live.spaces.values():
        if space.kind == "main" and voice.can_mark(space.address.platform):
            where = (space.course, space.address.platform)
            found.setdefault(where, Shown(live.courses[space.course], space))
    return list(found.values())


def _look_at_course(tx: Transaction, place: Shown, now: datetime) -> None:
    course, space = place
    labels = _labels(tx, course)
    if store.keep_names(tx.db, course.id, space.address, labels):
        version = ":".join(map(str, tx.live.version))
        _ask_for_names(tx, course, space, version, now)
        changed.note_all(tx.db, course.id)


def _ask_for_names(tx: Transaction, course: Course, space: Space, cause: str, now: datetime) -> None:
    act = MarkNames(labels=_labels(tx, course), course=course.id)
    _queue(tx, course, space, f"marknames:{course.id}:{cause}", act, now)


def _labels(tx: Transaction, course: Course) -> dict[str, str]:
    texts = tx.engine.voice.texts
    return {mark: texts.show(course.language, words) for mark, words in labels_of(course)}


def _look_at_members(tx: Transaction, places: Collection[Shown], members: Collection[int], now: datetime) -> None:
    platforms = {space.address.platform for _, space in places}
    rows = store.accounts_of(tx.db, members, platforms)
    titles = tx.engine.registry.queries["titles_held"](tx.db, {row.id for row in rows}, now)
    for place in places:
        course, platform = place.course.id, place.space.address.platform
        theirs = [row for row in rows if (row.course, row.platform) == (course, platform)]
        known = store.shown_on(tx.db, course, platform, [row.user for row in theirs])
        for row in theirs:
            _look_at_account(tx, place, row, titles.get(row.id, ()), known.get(row.user), now)


def _look_at_account(
    tx: Transaction, place: Shown, row: Any, titles: Collection[str], known: Any, now: datetime
) -> None:
    """Say nothing where it was said last; replace what still waits."""
    course, space = place
    names = names_of(course, role=row.role, level=row.level, titles=titles, is_praised=row.is_praised)
    before = (known.chat, tuple(known.names)) if known else (space.address.chat, ())
    if before == (space.address.chat, names):
        return
    number = known.number if known else 0
    key = f"marks:{course.id}:{row.platform}:{row.user}:"
    outbox.drop_waiting(tx.db, f"{key}{number}")
    _queue(tx, course, space, f"{key}{number + 1}", Marks(user=row.user, names=names, course=course.id), now)
    asked = {"chat": space.address.chat, "names": names, "number": number + 1}
    store.keep_shown(tx.db, course.id, row.platform, row.user, **asked)


def _queue(tx: Transaction, course: Course, space: Space, key: str, act: Act, now: datetime) -> None:
    what = Utterance(lines=(), act=act, policy="replaceable", life=NOTICE_LIFE)
    outbox.enqueue(tx.db, tx.engine.voice.queue(key, what, Where(address=space.address), course.language, now))
