"""`/shares`: what was shared before, the newest first or by words, and each in full; for staff, who was invited."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.ids import SpaceId
from bot.domain.messages import Text, Words
from bot.domain.text import visible_length
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.names import clean_line, clean_lines
from bot.engine.parameters import text
from bot.engine.works import excerpt
from bot.features.sharing import shelf, speakers
from bot.features.sharing.declared import feature
from bot.features.sharing.naming import shown_names
from bot.features.sharing.shelf import Kept
from bot.features.sharing.speakers import Invited

_FEW = 8  # on a page
_EXCERPT = 56  # columns: two lines on a phone
_WORDS = 200  # characters that are searched for
_ASKED = 40  # columns of them that are shown
_POSTS = 10  # of one share
_LONGEST = 4000  # columns of a post
_CALLS = 5

_NUMBER = re.compile(r"(?:#|第)?\s*([0-9]{1,15})\s*(?:号|则)?")
_PAGE = re.compile(r"(?:(.*)\s)?p([0-9]{1,4})", re.DOTALL | re.IGNORECASE)
_INVITED = frozenset(("invited", "邀请", "嘉宾"))


@feature.command("shares", words=("往期分享", "分享回顾"), is_private=True, parameters=(text("words"),))
def shares(ctx: Context, cmd: CommandInvoked) -> None:
    said = "" if cmd.via == "word" else unicodedata.normalize("NFKC", cmd.text[: 2 * _WORDS]).strip()
    page = _PAGE.fullmatch(said)
    words, number = ((page[1] or "").strip(), int(page[2])) if page else (said, 1)
    if said.casefold() in _INVITED and _is_for_staff(ctx):
        _show_invited(ctx)
    elif one := _NUMBER.fullmatch(said):
        _show_one(ctx, int(one[1]))
    elif words:
        _search(ctx, words, max(number, 1))
    else:
        _show_newest(ctx, max(number, 1))


def _spaces(ctx: Context) -> list[SpaceId]:
    """Whose shares are read here: those of the main groups and of this space; in the staff room, all."""
    if ctx.space is not None and ctx.space.kind == "staff":
        return [space.id for space in ctx.course.spaces]
    here = ctx.space.id if ctx.space else None
    return [space.id for space in ctx.course.spaces if space.kind == "main" or space.id == here]


# --- lists ------------------------------------------------------------------------------------------------------------


def _show_newest(ctx: Context, page: int) -> None:
    spaces = _spaces(ctx)
    count = shelf.count(ctx.db, ctx.course.id, spaces)
    if not count:
        raise UserError("shares.none")
    first = (page - 1) * _FEW
    found = shelf.newest(ctx.db, ctx.course.id, spaces, limit=_FEW, offset=first)
    if not found:
        raise UserError("shares.no_such_page")
    ctx.reply("shares.title", count=count)
    _list(ctx, found, f"shares p{page + 1}" if count > first + _FEW else None)
    ctx.reply("shares.how_to_search")


def _search(ctx: Context, said: str, page: int) -> None:
    words = clean_line(said[:_WORDS])
    if not visible_length(words):
        raise UserError("usage.shares")
    found = shelf.found(ctx.engine, ctx.db, ctx.course, _spaces(ctx), words)
    shown = found[(page - 1) * _FEW : page * _FEW]
    if not shown:
        raise UserError("shares.no_such_page" if found else "shares.nothing", words=shorten(words, _ASKED))
    ctx.reply("shares.found", words=shorten(words, _ASKED), count=len(found))
    _list(ctx, shown, f"shares {words} p{page + 1}" if len(found) > page * _FEW else None)


def _list(ctx: Context, found: Sequence[Kept], more: str | None) -> None:
    names = shown_names(ctx.db, {one.person for one in found})
    for one in found:
        name = names.get(one.person) or Text(id="shares.somebody")
        said = excerpt(one.text, one.files, _EXCERPT)
        ctx.reply("shares.line", number=one.id, date=one.local_date, name=name, text=said)
    ctx.reply_buttons((Text(id="button.shares_read", values={"number": one.id}), f"shares {one.id}") for one in found)
    if more:
        ctx.reply_buttons([(Text(id="button.shares_more"), more)])


# --- one --------------------------------------------------------------------------------------------------------------


def _show_one(ctx: Context, number: int) -> None:
    found = shelf.by_number(ctx.db, ctx.course.id, _spaces(ctx), [number])
    if not found:
        raise UserError("shares.unknown", number=number)
    one = found[0]
    named = shown_names(ctx.db, [one.person]).get(one.person)
    name: Words | str = named or Text(id="shares.somebody")
    if named and one.person in speakers.accepted(ctx.db, one.session):
        name = Text(id="sharing.speaker", values={"name": named})
    ctx.reply("shares.one", number=one.id, name=name, date=one.local_date)
    day = ctx.course.day(one.local_date)
    if day and day.sharing:
        ctx.reply("sharing.topic", topic=day.sharing)
    for post in shelf.posts_of(ctx.db, one.id)[:_POSTS]:
        said = clean_lines(post.text[: 2 * _LONGEST])
        if visible_length(said):
            ctx.reply("shares.post", text=shorten(said, _LONGEST))
        if post.files:
            ctx.reply("shares.files", count=post.files)


# --- who was invited --------------------------------------------------------------------------------------------------


def _is_for_staff(ctx: Context) -> bool:
    """In the staff room only: elsewhere others may read along. To everybody else these are words to look for."""
    return ctx.space is not None and ctx.space.kind == "staff" and ctx.member.role != "student"


def _show_invited(ctx: Context) -> None:
    calls = speakers.newest(ctx.db, ctx.course.id, _CALLS)
    if not calls:
        raise UserError("shares.no_calls")
    is_one_space = len({call.space for call in calls}) == 1
    for call in calls:
        at = ctx.course.wall_time(call.opens_at)
        if is_one_space:
            ctx.reply("shares.call", at=at)
        else:
            ctx.reply("shares.call_in", at=at, space=call.space)
        for line in _called(speakers.invited(ctx.db, call.id)):
            ctx.reply_words(line)


def _called(invited: Sequence[Invited]) -> Iterator[Words]:
    """Whether somebody has said no, or nothing, makes no difference to anybody."""
    if not invited:
        yield Text(id="shares.nobody_asked")
    for one in invited:
        state = _STATES[one.state] if one.is_here else Text(id="shares.has_left")
        yield Text(id="shares.invited", values={"name": one.name, "state": state})


_STATES = {
    "asked": Text(id="shares.waits"),
    "accepted": Text(id="shares.comes"),
    "declined": Text(id="shares.comes_not"),
    "lapsed": Text(id="shares.comes_not"),
}
