"""What is asked of platforms: which marks there are in a course, and which of them each account shows."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from bot.domain.course import Course
from bot.domain.ids import CourseId
from bot.domain.messages import Act, MarkNames, Marks
from bot.domain.places import Address, Space
from bot.engine.live import Live
from bot.engine.transaction import Transaction
from bot.engine.voice import NOTICE_LIFE, Utterance, Voice, Where
from bot.features.marks import store
from bot.features.marks.names import labels_of, names_of
from storage import changed, outbox
from storage.outbox import Queued


class Shown(NamedTuple):
    """Where the marks of a course's members show on a platform."""

    course: Course
    space: Space

    @property
    def key(self) -> store.Key:
        return self.course.id, self.space.address.platform


def places_of(live: Live, voice: Voice) -> list[Shown]:
    """The first place of each course's main space on each platform that can show marks."""
    found: dict[store.Key, Shown] = {}
    for space in live.spaces.values():
        if space.kind == "main" and voice.can_mark(space.address.platform):
            place = Shown(live.courses[space.course], space)
            found.setdefault(place.key, place)
    return list(found.values())


# --- what there is ----------------------------------------------------------------------------------------------------


def ask_for_names(tx: Transaction, place: Shown, cause: str, now: datetime) -> bool:
    """Ask for the marks of a course, unless it was asked for the same there before; whether it was not."""
    course, space = place
    texts = tx.engine.voice.texts
    labels = {mark: texts.show(course.language, words) for mark, words in labels_of(course)}
    if not store.keep_names(tx.db, course.id, space.address, labels):
        return False
    act = MarkNames(labels=labels, course=course.id)
    outbox.enqueue(tx.db, queued(tx, space.address, f"marknames:{course.id}:{cause}", act, now))
    return True


def ask_anew(tx: Transaction, place: Shown, cause: str, now: datetime) -> None:
    """Ask for all of it once more, whatever was asked for before: the marks now, who shows them with the next looks."""
    course, platform = place.key
    store.doubt_names(tx.db, course, platform)
    ask_for_names(tx, place, cause, now)
    store.doubt_shown(tx.db, course, platform)
    changed.note_all(tx.db, course)


# --- who shows what ---------------------------------------------------------------------------------------------------


def ask_for_members(tx: Transaction, places: Collection[Shown], members: Collection[int], now: datetime) -> None:
    rows = store.accounts_of(tx.db, members, {space.address.platform for _, space in places})
    titles = tx.engine.registry.queries["titles_held"](tx.db, {row.id for row in rows}, now)
    for place in places:
        theirs = [row for row in rows if (row.course, row.platform) == place.key]
        known = store.shown_on(tx.db, *place.key, [row.user for row in theirs])
        for row in theirs:
            _ask_for_account(tx, place, row, titles.get(row.id, ()), known.get(row.user), now)


def _ask_for_account(
    tx: Transaction, place: Shown, row: Any, titles: Collection[str], known: Any, now: datetime
) -> None:
    """Say nothing where it was said last; replace what still waits."""
    course, space = place
    names = names_of(course, role=row.role, level=row.level, titles=titles, is_praised=row.is_praised)
    before = (known.chat, tuple(known.names)) if known else (space.address.chat, ())
    if before != (space.address.chat, names):
        number = known.number if known else 0
        _ask(tx, Marks(user=row.user, names=names, course=course.id), space.address, number, now)


def _ask(tx: Transaction, marks: Marks, address: Address, number: int, now: datetime) -> None:
    key = f"marks:{marks.course}:{address.platform}:{marks.user}:"
    outbox.drop_waiting(tx.db, f"{key}{number}")
    outbox.enqueue(tx.db, queued(tx, address, f"{key}{number + 1}", marks, now))
    asked = {"chat": address.chat, "names": marks.names, "number": number + 1}
    store.keep_shown(tx.db, CourseId(marks.course), address.platform, marks.user, **asked)


def take_back_elsewhere(tx: Transaction, places: Collection[Shown], now: datetime) -> None:
    """Take marks back where a course has no main space any more.

    Not where the files of a course can't be read just now, nor where its platform is switched off: it may be back soon.
    """
    kept = {place.key for place in places}
    for (course, platform), chat in store.named_at(tx.db).items():
        is_known = course in tx.live.courses or course not in tx.engine.library.courses.configured
        if (course, platform) not in kept and is_known and chat and tx.engine.voice.can_mark(platform):
            for row in store.all_shown(tx.db, course, platform):
                marks = Marks(user=row.user, names=(), course=course)
                _ask(tx, marks, Address(platform=platform, chat=row.chat or chat), row.number, now)
            store.forget_names(tx.db, course, platform)


def queued(tx: Transaction, address: Address, key: str, act: Act, now: datetime) -> list[Queued]:
    """The message that asks for it; it says nothing, in no language."""
    what = Utterance(lines=(), act=act, policy="replaceable", life=NOTICE_LIFE)
    return tx.engine.voice.queue(key, what, Where(address=address), "en", now)


def last_words(chats: Mapping[store.Key, str], row: Any) -> tuple[Address, Marks] | None:
    """What takes back whatever somebody shows, and where; None where that is not known any more."""
    chat = row.chat or chats.get((row.course, row.platform))
    if not chat:
        return None
    return Address(platform=row.platform, chat=chat), Marks(user=row.user, names=(), course=row.course)
