"""What can be found: the entries that everybody may read, and what others offer that is no entry yet."""

from collections.abc import Iterator

from sqlalchemy import Connection

from bot.domain.course import Course
from bot.domain.ids import Language
from bot.engine.finding import Shelf
from bot.engine.known import Found, Known
from bot.engine.transaction import Engine
from bot.features.handbook.declared import feature
from bot.features.handbook.store import entries
from bot.features.handbook.words import of_version

_ENTRY = "entry:"


@feature.search("handbook.find")
def find(
    engine: Engine, db: Connection, course: Course, text: str, limit: int = 3, language: Language | None = None
) -> list[Found]:
    """What may be the answer to this, the best first: entries of the handbook and settled questions alike."""
    found = search(engine, db, course, text, limit, language or course.language)
    return [one for one, is_similar in found if is_similar]


def search(
    engine: Engine, db: Connection, course: Course, text: str, limit: int, language: Language
) -> list[tuple[Found, bool]]:
    """All that has to do with it, the best first, and whether it is similar."""
    shelf = shelf_of(engine, db, course)
    hits = shelf.search(text, limit)
    numbers = [number for known, _ in hits if (number := number_of(known.id)) is not None]
    versions = entries.newest_versions_of(db, numbers) if numbers else {}
    found = []
    for known, hit in hits:
        one = Found(known.id, known.asked[0], known.answer, hit.score, is_sure=hit.score >= shelf.words.threshold)
        if (row := versions.get(number_of(known.id) or 0)) is not None:
            said = of_version(row)
            shown = said.shown(language)
            styled = None if isinstance(shown, str) else shown
            one = one._replace(title=said.title(language), text=said.text(language), styled=styled)
        found.append((one, hit.score >= shelf.words.similar))
    return found


def number_of(id: str) -> int | None:
    """Of an entry, as it is called among all that is known."""
    return int(id.removeprefix(_ENTRY)) if id.startswith(_ENTRY) else None


def shelf_of(engine: Engine, db: Connection, course: Course) -> Shelf:
    """All that is known in a course now."""

    def read() -> list[Known]:
        taken = entries.sources_not(db, course.id, "draft")
        offers = [one for handler in engine.registry.offers.get("known", ()) for one in handler(db, course)]
        return [*_entries(db, course), *(one for one in offers if one.id not in taken)]

    others = [one for handler in engine.registry.offers.get("known_mark", ()) for one in handler(db, course)]
    return engine.finder.shelf(course.id, (entries.mark(db, course.id), *others), read)


def _entries(db: Connection, course: Course) -> Iterator[Known]:
    """What is in doubt is offered to nobody."""
    for number, row in entries.newest_versions(db, course.id, ["published"]).items():
        said = of_version(row)
        yield Known(f"{_ENTRY}{number}", said.ways(), "\n".join(said.plain.answer.values()))
