"""Files that came without the words that were meant to stand with them: they are taken, and their author is told."""

from collections.abc import Sequence
from typing import NamedTuple

from bot.domain.homework import Homework
from bot.domain.text import visible_length
from bot.engine.context import Context
from bot.features.homework.deadlines import counting
from bot.features.homework.handing.handing_in import Receipt
from bot.features.homework.store import hand_ins
from bot.features.homework.store.hand_ins import Submission


class Wordless(NamedTuple):
    """A version that is files alone."""

    whole: int | None  # the newest version with all of its words that could count instead


def wordless(ctx: Context, receipt: Receipt) -> Wordless | None:
    """None where the version has its words, does not count, or where nobody asks for words and none came before."""
    homework = receipt.homework
    if receipt.is_known or receipt.counts != receipt.version:
        return None
    if receipt.version == 1 and not _asks_for_words(homework):
        return None
    versions = hand_ins.versions_of(ctx.db, receipt.number)
    this = versions[receipt.version - 1]
    if not this.files or _is_whole(homework, this):
        return None
    whole = _whole_one(homework, versions)
    return Wordless(whole) if whole is not None or _asks_for_words(homework) else None


def _whole_one(homework: Homework, versions: Sequence[Submission]) -> int | None:
    whole = [one.version for one in versions if _is_whole(homework, one)]
    return next((version for version in reversed(whole) if counting(versions, version) == version), None)


def _asks_for_words(homework: Homework) -> bool:
    return bool(homework.headings or homework.min_length)


def _is_whole(homework: Homework, one: Submission) -> bool:
    has_headings = all(heading.casefold() in one.text.casefold() for heading in homework.headings)
    return has_headings and visible_length(one.text) >= max(1, homework.min_length)
