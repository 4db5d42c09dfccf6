"""Whether a work is what a homework asks for. Raises UserError with what to do about it."""

from bot.domain.errors import UserError
from bot.domain.files import MAX_FILE
from bot.domain.homework import LONGEST, TAKEN, Homework
from bot.domain.messages import Text
from bot.domain.text import visible_length
from bot.features.homework.works import LINK, Work

_MB = 1024 * 1024


def check(homework: Homework, work: Work) -> None:
    if work.is_empty:
        raise UserError("homework.empty")
    _check_kinds(homework, work)
    _check_files(homework, work)
    _check_text(homework, work)


def _check_kinds(homework: Homework, work: Work) -> None:
    """Words beside something that is taken are always welcome."""
    others = [kind for kind in TAKEN if kind in work.kinds - homework.accepts]
    is_enough = others == ["link"] and (bool(work.kinds & homework.accepts) or _is_essay(homework, work))
    if others and not is_enough:
        raise UserError(
            "homework.not_accepted",
            given=[_kind(kind) for kind in others],
            accepted=[_kind(kind) for kind in TAKEN if kind in homework.accepts],
        )


def _is_essay(homework: Homework, work: Work) -> bool:
    """A text that names its sources: there is more to read in it than links."""
    words = visible_length(LINK.sub("", work.text))
    return "text" in homework.accepts and words > visible_length("".join(LINK.findall(work.text)))


def _kind(kind: str) -> Text:
    return Text(id=f"homework.kind.{kind}")


def _check_files(homework: Homework, work: Work) -> None:
    if len(work.pieces) > homework.max_files:
        raise UserError("homework.too_many_files", most=homework.max_files, count=len(work.pieces))
    if any(piece.attachment.size == 0 for piece in work.pieces):
        raise UserError("homework.empty_file")
    if any(piece.attachment.size > MAX_FILE for piece in work.pieces):
        raise UserError("homework.too_large", most=MAX_FILE // _MB)


def _check_text(homework: Homework, work: Work) -> None:
    """What stands in a file nobody can measure here."""
    most = min(homework.max_length, LONGEST)
    if len(work.text) > most:
        raise UserError("homework.too_long", most=most, length=len(work.text))
    if work.pieces:
        return
    if work.length < homework.min_length:
        raise UserError("homework.too_short", least=homework.min_length, length=work.length)
    missing = [heading for heading in homework.headings if heading.casefold() not in work.text.casefold()]
    if missing:
        raise UserError("homework.no_heading", headings=missing)
