"""How the bot stands in a chat: a greeting where it is new, and in plain words what it can't do there."""

from collections.abc import Iterable

from sqlalchemy import select

from bot.domain.events import PlaceSeen
from bot.domain.ids import language_of
from bot.domain.messages import Text, Words
from bot.domain.places import Address, Space
from bot.engine.context import Context
from bot.engine.names import clean_name
from bot.engine.transaction import Belonging
from bot.features.access import store
from bot.features.access.declared import feature
from bot.features.access.posting import post
from storage.tables import claim_code

_FOR_ONE_PURPOSE = ("questions", "homework")
_MUTE = ".send"
"""What the id of a text ends with that says that the bot may not write there."""


@feature.on(PlaceSeen)
def place_seen(ctx: Context, event: PlaceSeen) -> None:
    before = store.standing_in(ctx.db, event.address)
    store.remember(ctx.db, event)
    spaces = [space for space in ctx.live.spaces.values() if _is_in(space, event.address)]
    if not spaces and event.cause == "added" and event.is_in:
        _greet(ctx, event)
    for course in dict.fromkeys(space.course for space in spaces):
        found = Context(ctx.tx, event, Belonging(course=ctx.live.courses[course]), writes=ctx.writes)
        _tell_staff_of_presence(found, event, before)
    if spaces and event.is_in:
        space = ctx.live.space_at(event.address) or spaces[0]
        _tell_the_chat(ctx, event, space, _news(event, before))


def _is_in(space: Space, address: Address) -> bool:
    return (space.address.platform, space.address.room) == (address.platform, address.room)


# --- the chat itself --------------------------------------------------------------------------------------------------


def _news(event: PlaceSeen, before: store.Standing | None) -> list[Words]:
    """All there is to say to who asks, or has just added the bot; else what has changed since it was last said."""
    known = before.lacks if before and before.is_in else ()
    if event.cause in ("asked", "added"):
        return _missing("place.lacks", event.lacks) if event.lacks else [Text(id="place.well")]
    if new := [lack for lack in event.lacks if lack not in known]:
        return _missing("place.lacks_now", new)
    return [Text(id="place.well_now")] if known and not event.lacks else []


def _missing(title: str, lacks: Iterable[str]) -> list[Words]:
    return [Text(id=title), *map(_lack, lacks), Text(id="place.check_again")]


def _lack(id: str) -> Text:
    return Text(id="place.lack", values={"what": Text(id=id)})


def _tell_the_chat(ctx: Context, event: PlaceSeen, space: Space, lines: list[Words]) -> None:
    """Staff read it instead where the bot may not write, or where all that is said has a purpose."""
    if not lines:
        return
    course = ctx.live.courses[space.course]
    is_mute = any(lack.endswith(_MUTE) for lack in event.lacks)
    if is_mute or space.kind in _FOR_ONE_PURPOSE:
        found = Context(ctx.tx, event, Belonging(course=course), writes=ctx.writes)
        id, title = "place.mute" if is_mute else "place.about", store.title_of(ctx.db, event.address)
        _tell_other_rooms(found, event, "mute", Text(id=id, values={"title": title}), *lines)
        return
    is_here = ctx.live.space_at(event.address) == space
    address = event.address if is_here else space.address
    post(ctx, address, key=f"place:{event.key}", language=course.language, lines=lines)


def _greet(ctx: Context, event: PlaceSeen) -> None:
    if any(lack.endswith(_MUTE) for lack in event.lacks):
        return
    lines: list[Words] = [Text(id="place.hello")]
    if _is_unclaimed(ctx, event.address.platform):
        lines.append(Text(id="place.claim_first"))
    lines.append(Text(id="place.bind"))
    courses = ctx.live.courses.values()
    lines += [Text(id="place.bind_line", values={"course": course.id, "title": course.title}) for course in courses]
    lines.append(Text(id="place.kinds"))
    if event.lacks:
        lines += [Text(id="place.lacks"), *map(_lack, event.lacks)]
    spoken = language_of(event.by.language) if event.by else None
    first = next(iter(courses), None)
    language = spoken or (first.language if first else "en")
    post(ctx, event.address, key=f"place:{event.key}", language=language, lines=lines)


def _is_unclaimed(ctx: Context, platform: str) -> bool:
    """Whether nobody can bind a chat there yet, and a code is waiting for who will."""
    named = {account for course in ctx.live.courses.values() for account in course.admins}
    accounts = named | {account for account, roles in ctx.live.grants.items() if "admin" in roles.values()}
    if any(account.partition(":")[0] == platform for account in accounts):
        return False
    waiting = select(claim_code.c.digest).where(claim_code.c.used_at.is_(None)).limit(1)
    return ctx.db.execute(waiting).first() is not None


# --- staff ------------------------------------------------------------------------------------------------------------


def _tell_staff_of_presence(ctx: Context, event: PlaceSeen, before: store.Standing | None) -> None:
    was_in = before is None or before.is_in
    who = clean_name(event.by.name, event.by.user) if event.by else Text(id="place.somebody")
    if was_in and not event.is_in:
        gone = Text(id="place.removed", values={"title": store.title_of(ctx.db, event.address), "name": who})
        _tell_other_rooms(ctx, event, "presence", gone)
    elif event.cause == "added" and event.is_in:
        there = Text(id="place.added", values={"title": store.title_of(ctx.db, event.address), "name": who})
        _tell_other_rooms(ctx, event, "presence", there)


def _tell_other_rooms(ctx: Context, event: PlaceSeen, about: str, *lines: Words) -> None:
    """The staff rooms that are not in this very chat."""
    for room in ctx.live.spaces_of(ctx.course.id, kind="staff"):
        if not _is_in(room, event.address):
            key = f"place:{event.key}:{about}:{ctx.course.id}@{room.address.platform}:{room.address.chat}"
            post(ctx, room.address, key=key, language=ctx.course.language, lines=lines)
