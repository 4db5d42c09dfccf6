"""How contests speak of works and moments."""

from typing import Any

from bot.domain.messages import Text
from bot.engine import works
from bot.engine.voice import Label

_EXCERPT = 120  # columns: a few lines on a phone


def excerpt(work: Any) -> list[str | Text]:
    return works.excerpt(work.text, len(work.files), _EXCERPT)


def vote_button(number: int, found: Any) -> Label:
    """It names its contest: pressed when that is over, it is no vote in the next one."""
    return Text(id="button.vote", values={"number": number}), f"vote {number} #{found.id}"
