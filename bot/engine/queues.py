"""What waits for staff, as features offer it to `/queue`: `@feature.offer("queue")`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from bot.domain.messages import Words
from bot.domain.response import Area
from bot.engine.voice import Label

Kind = Literal["homework", "questions"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class QueuePart:
    """What waits of one kind. An offer gives one or none: it is asked with the context, a kind, and what else was said.

    The kind is None where none was named: then every part says in a few lines what waits first.
    """

    lines: Sequence[Words]
    buttons: Sequence[Label] = ()
    count: int = 0
    overdue: int = 0
    area: Area | None = None  # only staff who look after this are shown it
