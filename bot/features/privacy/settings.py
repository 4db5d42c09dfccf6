"""Whether others see a member on boards and in praise, and under which name."""

import unicodedata
from collections.abc import Callable

from sqlalchemy import Connection, select, update
from wcwidth import wcswidth

from bot.domain.errors import UserError
from bot.domain.messages import Text
from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.degrade import text_width
from bot.engine.names import clean_line
from storage import boards, changed
from storage.tables import member, profile

_WIDEST = 24  # columns: more would not fit a board on a phone

_WORDS = (
    ("board", ("board", "boards", "rank", "榜", "榜上", "上榜", "排行榜")),
    ("praise", ("praise", "praised", "表扬", "公开表扬")),
    ("name", ("name", "nickname", "pseudonym", "名字", "化名", "昵称")),
)
_MEANINGS = {word: meaning for meaning, words in _WORDS for word in words}
_ON = frozenset(("on", "yes", "开", "是", "要", "上"))
_OFF = frozenset(("off", "no", "关", "否", "不", "不要", "不上"))


def change(ctx: Context, what: str, how: str) -> None:
    """Change one of the settings. Raises UserError where there is no such thing, or not for staff."""
    if ctx.member.role != "student":
        raise UserError("privacy.staff")
    changes = _CHANGES.get(_MEANINGS.get(what.casefold(), ""))
    if changes is None or not how:
        raise UserError("privacy.usage")
    changes(ctx, how)


def show(ctx: Context) -> None:
    """What others see of this member, with buttons to change it."""
    query = select(member.c.is_on_boards, member.c.is_praised, profile.c.name, profile.c.pseudonym)
    query = query.join(profile, profile.c.member == member.c.id)
    mine = ctx.db.execute(query.where(member.c.id == ctx.member.id)).one()
    ctx.reply("privacy.title")
    if mine.is_on_boards:
        ctx.reply("privacy.board_on", buttons=[(Text(id="button.board_off"), "privacy board off")])
    else:
        ctx.reply("privacy.board_off", buttons=[(Text(id="button.board_on"), "privacy board on")])
    if mine.is_praised:
        ctx.reply("privacy.praise_on", buttons=[(Text(id="button.praise_off"), "privacy praise off")])
    else:
        ctx.reply("privacy.praise_off", buttons=[(Text(id="button.praise_on"), "privacy praise on")])
    _reply_name(ctx, mine.name, mine.pseudonym)


def _reply_name(ctx: Context, name: str, pseudonym: str | None) -> None:
    if pseudonym:
        button = (Text(id="button.own_name"), "privacy name off")
        ctx.reply("privacy.pseudonym", name=pseudonym, buttons=[button])
    else:
        ctx.reply("privacy.own_name", name=name)


def _change_board(ctx: Context, how: str) -> None:
    is_on = _is_on(how)
    ctx.db.execute(update(member).where(member.c.id == ctx.member.id).values(is_on_boards=is_on))
    boards.relist(ctx.db, [ctx.member.id])
    ctx.reply("privacy.board_on" if is_on else "privacy.board_off")


def _change_praise(ctx: Context, how: str) -> None:
    is_on = _is_on(how)
    ctx.db.execute(update(member).where(member.c.id == ctx.member.id).values(is_praised=is_on))
    changed.note(ctx.db, [ctx.member.id])
    ctx.reply("privacy.praise_on" if is_on else "privacy.praise_off")


def _is_on(how: str) -> bool:
    if how.casefold() not in _ON | _OFF:
        raise UserError("privacy.usage")
    return how.casefold() in _ON


def _change_name(ctx: Context, how: str) -> None:
    """Staff find it in the audit, for a name can be chosen to hurt somebody."""
    mine = profile.c.member == ctx.member.id
    before = ctx.db.execute(select(profile.c.name, profile.c.pseudonym).where(mine)).one()
    pseudonym = None if how.casefold() in _OFF else _pseudonym(ctx.db, ctx.member, how)
    if pseudonym != before.pseudonym:
        ctx.db.execute(update(profile).where(mine).values(pseudonym=pseudonym))
        ctx.audit("pseudonym", name=pseudonym or "–")
    _reply_name(ctx, before.name, pseudonym)


def _pseudonym(db: Connection, who: Member, asked: str) -> str:
    """A name that can be seen, fits a board, and is nobody else's. Raises UserError."""
    name = clean_line(asked)
    if wcswidth(name) <= 0 or text_width(name) > _WIDEST:
        raise UserError("privacy.bad_name", most=_WIDEST)
    others = select(profile.c.name, profile.c.handle, profile.c.pseudonym).join(member, member.c.id == profile.c.member)
    others = others.where(member.c.course == who.course, member.c.id != who.id, member.c.merged_into.is_(None))
    if _look(name) in {_look(used) for row in db.execute(others) for used in row if used}:
        raise UserError("privacy.taken", name=name)
    return name


def _look(name: str) -> str:
    """The same for names that one takes for each other: case, width, accents, spaces and marks make no difference."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    return "".join(c for c in folded if c.isalnum()) or folded


_CHANGES: dict[str, Callable[[Context, str], None]] = {
    "board": _change_board,
    "praise": _change_praise,
    "name": _change_name,
}
