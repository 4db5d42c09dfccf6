"""The picture of a certificate: a landscape sheet, with a code that machines read and that also stands in the file."""

from collections.abc import Iterator

from bot.engine.pictures.font import drawable, width, wrapped
from bot.engine.pictures.png_text import with_text
from bot.engine.pictures.shown import Shown
from bot.engine.pictures.svg import canvas, label, rectangle

KEYWORD = "Homeroom-Certificate"
"""Under which the code stands in the file."""

_WIDE, _HIGH = 1414, 1000  # as A4 lies
_MIDDLE = _WIDE / 2
_INK, _SOFT, _STRONG, _LINE, _PAPER = "#1f2933", "#52606d", "#0b7285", "#c5a253", "#fffdf7"
_INNER = _WIDE - 240
_QR, _QUIET = 300, 4  # its side in pixels at most, with the empty border, which is that many modules wide
_QR_AT = (_WIDE - 100 - _QR, _HIGH - 122 - _QR)
_MASK = 2  # any will do for letters by chance; finding the best takes longer than all the rest
_BESIDE_QR = _QR_AT[0] - 120 - 40
_CHECK = 42  # the size of how to check it: it is read where the whole sheet is as wide as a phone


class CertificatePicture(Shown, frozen=True, kw_only=True, tag="certificate"):
    """All words are in one language; the code says the same, signed."""

    title: str
    certifies: str  # what stands above the name
    name: str
    completed: str  # what stands between the name and the course
    course: str
    period: str
    achieved: tuple[str, ...]
    issued: str
    serial: str
    check: str  # how to check it
    code: str

    def svg(self) -> str:
        """Raises Undrawable."""
        return canvas(_WIDE, _HIGH, [*_frame(), *_head(self), *_foot(self), _matrix(self.code)], background=_PAPER)

    def png(self) -> bytes:
        """Raises Undrawable."""
        return with_text(Shown.png(self), KEYWORD, self.code)


def _frame() -> Iterator[str]:
    yield _outline(28, 6, _STRONG)
    yield _outline(44, 2, _LINE)


def _outline(inset: float, thick: float, colour: str) -> str:
    size = f'width="{_WIDE - 2 * inset:g}" height="{_HIGH - 2 * inset:g}"'
    return f'<rect x="{inset:g}" y="{inset:g}" {size} fill="none" stroke="{colour}" stroke-width="{thick:g}"/>'


def _head(shown: CertificatePicture) -> Iterator[str]:
    yield _centred(shown.title, 156, 84, _STRONG)
    yield rectangle((_MIDDLE - 90, 192), 180, 3, _LINE)
    yield _centred(shown.certifies, 258, 32, _SOFT)
    yield _centred(shown.name, 348, _size(shown.name, 76, least=40), _INK)
    yield rectangle((_MIDDLE - 360, 374), 720, 1.5, _LINE)
    yield _centred(shown.completed, 430, 32, _SOFT)
    size = _size(shown.course, 52, least=38)
    lines = wrapped(shown.course, size, _INNER, 2)
    for number, line in enumerate(lines):
        yield _centred(line, 496 + number * size * 1.25, size, _STRONG)
    yield _centred(shown.period, 496 + (len(lines) - 1) * size * 1.25 + 50, 30, _SOFT)


def _size(text: str, most: float, *, least: float) -> float:
    """The largest at which it stands on one line."""
    needed = width(drawable(text), 1) * most
    return max(least, min(most, most * (_INNER - 1) / needed)) if needed else most


def _centred(text: str, high: float, size: float, colour: str) -> str:
    return label(text, (_MIDDLE, high), size, colour=colour, most=_INNER, anchor="middle")


def _foot(shown: CertificatePicture) -> Iterator[str]:
    """What was achieved on one line, how to check it on two, when and under which number on two."""
    yield label(" · ".join(shown.achieved), (120, _QR_AT[1] + 58), 36, colour=_INK, most=_BESIDE_QR)
    high = _QR_AT[1] + 142.0
    for line in wrapped(shown.check, _CHECK, _BESIDE_QR, 2):
        yield label(line, (120, high), _CHECK, colour=_SOFT, most=_BESIDE_QR)
        high += 54
    bottom = _QR_AT[1] + _QR + 22.0
    yield label(shown.issued, (120, bottom - 48), 36, colour=_INK, most=_BESIDE_QR)
    yield label(shown.serial, (120, bottom), 36, colour=_STRONG, most=_BESIDE_QR)


def _matrix(code: str) -> str:
    """The code as one path: a rectangle for each run of dark modules in a row."""
    import segno  # takes 40 ms, which each start would pay

    rows = segno.make(code, error="m", mask=_MASK, micro=False).matrix
    modules = len(rows) + 2 * _QUIET
    scale = max(_QR // modules, 1)  # whole pixels, so that no module is blurred
    runs = "".join(f"M{start} {high}h{end - start}v1h{start - end}z" for high, start, end in _runs(rows))
    side = modules * scale
    x, y = _QR_AT[0] + _QR - side, _QR_AT[1] + _QR - side
    place = f'transform="translate({x + _QUIET * scale} {y + _QUIET * scale}) scale({scale})"'
    back = rectangle((x, y), side, side, "#ffffff")
    return f'{back}<path {place} fill="#000000" shape-rendering="crispEdges" d="{runs}"/>'


def _runs(rows: tuple[bytearray, ...]) -> Iterator[tuple[int, int, int]]:
    """Row, first column and the one behind the last of what is dark."""
    for high, row in enumerate(rows):
        start: int | None = None
        for column, is_dark in enumerate((*row, 0)):
            if is_dark and start is None:
                start = column
            elif not is_dark and start is not None:
                yield high, start, column
                start = None
