"""`/queue`: what waits for staff, of every kind that features have; what is overdue comes first."""

from collections.abc import Sequence

from bot.domain.events import CommandInvoked
from bot.engine.areas import areas_for, not_your_area
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.parameters import choice, text
from bot.engine.queues import KINDS, Kind, QueuePart

feature = Feature("queue")

_WORDS: dict[Kind, tuple[str, ...]] = {
    "homework": ("homework", "作业", "待批作业"),
    "questions": ("questions", "question", "问题", "答疑", "提问", "待答问题"),
}
_KINDS = {word: kind for kind, words in _WORDS.items() for word in words}


@feature.command(
    "queue",
    words=("待办", "待批作业", "待答问题"),
    roles=("assistant", "admin"),
    places=("staff",),
    parameters=(choice("queue", *KINDS), text("homework", suggests="homework")),
)
def queue(ctx: Context, cmd: CommandInvoked) -> None:
    kind, rest = _asked(cmd)
    offers = ctx.engine.registry.offers.get("queue", ())
    found: list[QueuePart] = [part for offer in offers for part in offer(ctx, kind, rest)]
    parts = _theirs(ctx, found)
    if found and not parts and (kind or rest):
        raise not_your_area(f"queue {cmd.text.strip()[:40]}".strip(), kind or "homework")
    for part in _shown(parts):
        for line in part.lines:
            ctx.reply_words(line)
        ctx.reply_buttons(part.buttons)
    if not parts:
        ctx.reply("queue.nothing")


def _theirs(ctx: Context, parts: Sequence[QueuePart]) -> list[QueuePart]:
    """Without what others look after: who asks could do nothing about it."""
    areas = areas_for(ctx, ctx.member)
    return [part for part in parts if part.area is None or part.area in areas]


def _shown(parts: Sequence[QueuePart]) -> list[QueuePart]:
    """What is overdue first. That nothing waits of one kind is said only where nothing waits at all."""
    waiting = [part for part in parts if part.count]
    return sorted(waiting, key=lambda part: not part.overdue) or list(parts)


def _asked(cmd: CommandInvoked) -> tuple[Kind | None, str]:
    """The kind, where one is named, if only by the word that was said; and what else was."""
    if kind := _KINDS.get(cmd.word or cmd.name):
        return kind, cmd.text.strip()
    first, _, rest = cmd.text.strip().partition(" ")
    kind = _KINDS.get(first.casefold())
    return (kind, rest.strip()) if kind else (None, cmd.text.strip())
