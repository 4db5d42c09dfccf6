"""`/rank`, `/helpers`, `/contributors`: a board's first ten, or the lines around one's own."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from bot.domain.events import CommandInvoked
from bot.domain.ids import CourseId, MemberId
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.parameters import choice
from bot.engine.voice import Label
from bot.features.boards.asked import Asked, parse
from storage import boards
from storage.boards import Board, Period, Place, Standing, Where

feature = Feature("boards")

_TOP = 10

_BOARDS: dict[Board, str] = {"points": "board.points", "help": "board.help", "contribution": "board.contribution"}
_PERIODS: dict[Period, str] = {"week": "period.week", "month": "period.month", "course": "period.course"}
_TO_BOARD: dict[Board, str] = {"points": "button.points", "help": "button.help", "contribution": "button.contribution"}
_TO_PERIOD: dict[Period, str] = {"week": "button.week", "month": "button.month", "course": "button.course"}


@feature.command(
    "rank",
    words=("排行榜", "积分榜"),
    parameters=(choice("board", *_BOARDS), choice("period", "week", "month", "course"), choice("around", "near")),
)
def rank(ctx: Context, cmd: CommandInvoked) -> None:
    _show(ctx, parse(cmd.text))


@feature.command("helpers", words=("互助榜",), is_listed=False)
def helpers(ctx: Context, cmd: CommandInvoked) -> None:
    _show(ctx, parse(cmd.text, "help"))


@feature.command("contributors", words=("贡献榜",), is_listed=False)
def contributors(ctx: Context, cmd: CommandInvoked) -> None:
    _show(ctx, parse(cmd.text, "contribution"))


def _show(ctx: Context, asked: Asked) -> None:
    where = Where(ctx.course.id, asked.board, boards.period_of(asked.period, ctx.today))
    count, place = boards.count(ctx.db, where), boards.place_of(ctx.db, where, ctx.member.id)
    names = {"board": Text(id=_BOARDS[asked.board]), "period": Text(id=_PERIODS[asked.period])}
    buttons = list(_buttons(asked, is_long=count > _TOP and place is not None and place.is_listed))
    if count:
        ctx.reply("rank.title", **names, count=count, buttons=buttons)
        _show_lines(ctx, _lines(ctx, where, place, is_near=asked.is_near))
    else:
        _reply_empty(ctx, asked, names, buttons)
    _show_place(ctx, asked, place, is_empty=count == 0)


def _reply_empty(ctx: Context, asked: Asked, names: dict[str, Text], buttons: Sequence[Label]) -> None:
    if asked == Asked():
        ctx.reply("rank.empty")
    else:
        ctx.reply("rank.empty_here", **names, buttons=buttons)


def _lines(ctx: Context, where: Where, place: Place | None, *, is_near: bool) -> list[Standing]:
    """The lines around mine; or the first ones, and mine below them."""
    is_listed = place is not None and place.is_listed
    if is_near and is_listed:
        return boards.neighbours(ctx.db, where, ctx.member.id)
    lines = boards.top(ctx.db, where, _TOP)
    if is_listed and all(line.member != ctx.member.id for line in lines):
        lines += boards.neighbours(ctx.db, where, ctx.member.id, around=0)
    return lines


def _show_lines(ctx: Context, lines: Sequence[Standing]) -> None:
    """Staff see in their room who is behind a pseudonym; nobody else does, and nowhere else."""
    is_for_staff = ctx.member.role != "student" and ctx.space is not None and ctx.space.kind == "staff"
    if is_for_staff and any(line.pseudonym for line in lines):
        rows = [(str(line.rank), line.shown, line.name if line.pseudonym else "", str(line.points)) for line in lines]
        ctx.reply_table(rows, numbers=frozenset({0, 3}))
        return
    mine = ctx.member.id
    ctx.reply_table(
        [
            (str(line.rank), f"▸ {line.shown}" if line.member == mine else line.shown, str(line.points))
            for line in lines
        ],
        numbers=frozenset({0, 2}),
    )


def _show_place(ctx: Context, asked: Asked, place: Place | None, *, is_empty: bool) -> None:
    """Who stands there unseen reads where; who does not stand there yet, how to get there."""
    if ctx.member.role != "student":
        return
    if place is None and not is_empty:
        ctx.reply("rank.not_yet" if asked == Asked() else "rank.not_here_yet")
    elif place is not None and not place.is_listed:
        ctx.reply("rank.hidden", rank=place.rank, points=place.points)


def _buttons(asked: Asked, *, is_long: bool) -> Iterator[Label]:
    """The other boards, the other periods, and the other end of a long board."""
    for board, id in _TO_BOARD.items():
        if board != asked.board:
            yield Text(id=id), asked._replace(board=board).command
    for period, id in _TO_PERIOD.items():
        if period != asked.period:
            yield Text(id=id), asked._replace(period=period).command
    if asked.is_near:
        yield Text(id="button.top"), asked._replace(is_near=False).command
    elif is_long:
        yield Text(id="button.near"), asked._replace(is_near=True).command


@feature.query("rank_of")
def rank_of(db: Connection, course: CourseId, member: MemberId) -> int | None:
    """A student's place by all points, whether or not others see it; None: not there."""
    place = boards.place_of(db, Where(course, "points"), member)
    return place.rank if place else None
