"""Pictures: the text really is on them, whoever's name it is, in letters that can be read on a phone."""

import itertools
import re
import struct
import time
import zlib
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bot.cli.examined import House, _look_at_pictures
from bot.engine.pictures import Undrawable, drawable, fitted, font, read, render, stored, svg, width
from bot.engine.pictures.font import FAMILY, font_file, wrapped
from bot.engine.pictures.growth import Bar, GrowthPicture, Section
from bot.engine.pictures.svg import LEAST_SIZE, PHONE, canvas, label

HOSTILE = [
    "</text><script>alert(1)</script>",
    "&lt;&amp;\"'><svg onload=x>",
    "{0}%s{name}",
    "]]><![CDATA[",
    "&xxe;",
    "a\u202eevil\u0000\ud800\x1b[31m",
    "e\u0301" * 300,
    "字" * 5000,
    "\u200b\u200d\ufeff",
]


def growth(name: str = "小林", *, title: str = "成长报告", days: str = "1" * 19 + "200" + "1" * 9) -> GrowthPicture:
    bars = (
        Bar(label="基础作业", now=8, of=10, shown="8/10", before=6, shown_before="之前 6/9"),
        Bar(label="挑战作业", now=0, of=2, shown="0/2"),
    )
    points = (Bar(label="活跃", now=210, of=None, shown="210", before=150, shown_before="之前 150"),)
    return GrowthPicture(
        title=title,
        name=name,
        period="3月1日 周一 到 3月31日 周三",
        compared="和 2月1日 周一 到 2月28日 周日 的自己比",
        days_title="打卡 29 天（之前 20 天）",
        days=days,
        first=date(2027, 3, 1),
        sections=(Section(title="作业", bars=bars), Section(title="积分", bars=points)),
        suggestion_title="给你的小建议",
        suggestion="挑战作业还差 2 份没交（一共 2 份）。先挑最简单的一份补上，交了就有人看。",
    )


def pixels(png: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height and rows of RGBA."""
    wide, high, depth, kind = struct.unpack(">IIBB", png[16:26])
    assert (depth, kind) == (8, 6)
    packed = b"".join(content for name, content in chunks(png) if name == b"IDAT")
    raw, rows, before = zlib.decompress(packed), [], bytes(wide * 4)
    for start in range(0, len(raw), wide * 4 + 1):
        before = unfiltered(raw[start], raw[start + 1 : start + 1 + wide * 4], before)
        rows.append(before)
    return wide, high, rows


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += 12 + length


def unfiltered(kind: int, line: bytes, above: bytes) -> bytes:
    found = bytearray(line)
    for at in range(len(found)):
        left = found[at - 4] if at >= 4 else 0
        up, corner = above[at], above[at - 4] if at >= 4 else 0
        nearest = min((left, up, corner), key=lambda one: abs(left + up - corner - one))
        found[at] = (found[at] + (0, left, up, (left + up) // 2, nearest)[kind]) & 255
    return bytes(found)


def inked(text: str, size: float = 40) -> int:
    """How many pixels of a line are not the ground."""
    _, _, rows = pixels(render(canvas(600, 80, [label(text, (10, 55), size, colour="#000000", most=580)])))
    return sum(row[at : at + 3] != b"\xff\xff\xff" for row in rows for at in range(0, len(row), 4))


# --- the text is there ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["成长报告", "Growth report", "打卡 22 天", "龘靐", "①★✓"])
def test_the_text_is_on_the_picture(text: str) -> None:
    assert inked(text) > 60 * len(text.replace(" ", ""))


def test_each_letter_is_drawn_and_none_is_a_box() -> None:
    alone = {letter: inked(letter) for letter in "成长报告打卡作业积分"}
    assert len(set(alone.values())) >= 8  # boxes would all be the same


def test_what_fits_by_the_fonts_measures_fits_in_pixels() -> None:
    text = "作业 Homework 12/15"
    _, _, rows = pixels(render(canvas(700, 80, [label(text, (0, 55), 40, colour="#000000", most=700)])))
    last = max(at // 4 for row in rows for at in range(0, len(row), 4) if row[at : at + 3] != b"\xff\xff\xff")
    assert abs(last - width(text, 40)) < 6


def test_without_the_font_nothing_is_drawn_that_only_looks_like_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(font, "_FILE", "NoSuchFont.ttf")
    with pytest.raises(Undrawable, match="NoSuchFont"):
        growth().png()
    with pytest.raises(Undrawable):
        render(canvas(100, 100, []))


def test_without_the_package_it_is_said_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(font, "find_spec", lambda name: None)
    with pytest.raises(Undrawable, match="zhplot"):
        growth().png()


def test_doctor_says_that_there_are_no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()
    _look_at_pictures(house)
    assert house.found == []
    monkeypatch.setattr(font, "_FILE", "NoSuchFont.ttf")
    _look_at_pictures(house)
    [finding] = house.found
    assert (finding.level, finding.text.id) == ("problem", "doctor.no_pictures")
    assert "NoSuchFont" in finding.text.values["reason"]


def test_a_font_of_another_name_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The renderer leaves out what it finds no font for, and says nothing."""
    drawn = inked("成长报告")
    with monkeypatch.context() as wrong:
        wrong.setattr(svg, "FAMILY", "Noto Sans TC")
        assert inked("成长报告") == 0 < drawn
    font._read.cache_clear()
    monkeypatch.setattr(font, "FAMILY", "Noto Sans TC")
    with pytest.raises(Undrawable, match="Noto Sans TC"):
        drawable("成长报告")
    font._read.cache_clear()


def test_a_file_that_is_no_font_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fonts").mkdir()
    broken = tmp_path / "fonts" / "NotoSansSC-Regular.ttf"
    broken.write_bytes(b"no font")
    monkeypatch.setattr(font, "font_file", lambda: broken)
    with pytest.raises(Undrawable, match="can't be read"):
        drawable("成长报告")


def test_the_font_is_the_one_that_is_shipped() -> None:
    assert font_file().stat().st_size > 5_000_000
    assert FAMILY == "Noto Sans SC"


# --- whoever's name it is ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_is_words_and_no_markup(name: str) -> None:
    picture = growth(name)
    root = ET.fromstring(picture.svg())
    kinds = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert kinds == {"svg", "rect", "text"}
    shown = [element.text or "" for element in root.iter() if element.tag.endswith("text")]
    assert shown[1] in (fitted(name, 36, 640), "")
    assert all(width(text, 26) <= PHONE for text in shown)
    assert picture.png().startswith(b"\x89PNG")


def test_emoji_are_left_out_and_the_rest_stays() -> None:
    assert drawable("小林🔥👩‍💻 ✨2027❤️") == "小林 2027" or drawable("小林🔥👩‍💻 ✨2027❤️").startswith("小林")
    assert drawable("🔥👍🏽") == ""
    assert drawable("a\nb\tc\u3000d") == "a b c d"
    assert drawable("e\u0301") == "é"


def test_a_long_name_is_cut_where_it_no_longer_fits() -> None:
    line = fitted("很长的名字" * 50, 36, 300)
    assert line.endswith("…")
    assert width(line, 36) <= 300 < width(line[:-1] + "名字", 36)
    assert fitted("短", 36, 300) == "短"


def test_a_text_breaks_between_words_and_never_before_a_full_stop() -> None:
    text = "挑战作业还差 2 份没交（一共 2 份）。先挑最简单的一份补上，交了就有人看。 Practice makes perfect, they say."
    lines = wrapped(text, 30, 400, 9)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width(line, 30) <= 400 for line in lines)
    assert not any(line[0] in "。，）.,)" for line in lines)
    assert any(line.endswith(("perfect,", "makes", "Practice")) or "Practice" in line for line in lines)
    assert wrapped("字" * 500, 30, 400, 2)[-1].endswith("…")
    assert wrapped("", 30, 400, 2) == []


# --- on a phone -------------------------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_all_text_is_large_enough_and_stands_out_from_its_ground() -> None:
    """As WCAG asks it of text: 4.5 to 1 at least. The ground is the last rectangle that holds the text."""
    drawn = ET.fromstring(growth(days="10-2" + "1" * 20).svg())
    grounds: list[tuple[float, float, float, float, str]] = []
    for element in drawn:
        value = {name: element.get(name, "0") for name in ("x", "y", "width", "height")}
        x, y = float(value["x"]), float(value["y"])
        if element.tag.endswith("rect"):
            grounds.append((x, y, x + float(value["width"]), y + float(value["height"]), element.get("fill", "")))
            continue
        assert float(element.get("font-size", "0")) >= LEAST_SIZE, element.text
        ground = next(c for left, top, right, low, c in reversed(grounds) if left <= x <= right and top <= y - 8 <= low)
        light, dark = sorted((luminance(ground), luminance(element.get("fill", ""))), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (element.text, ground, element.get("fill"))


def test_nothing_runs_out_of_the_picture_or_over_its_neighbour() -> None:
    drawn = ET.fromstring(growth("很长的名字" * 20, title="Growth report: the whole course and more of it").svg())
    high = float(drawn.get("height", "0"))
    spans: dict[str, list[tuple[float, float]]] = {}
    for element in drawn:
        if element.tag.endswith("text") and element.text:
            wide, x = width(element.text, float(element.get("font-size", "0"))), float(element.get("x", "0"))
            left = x - {"start": 0, "middle": wide / 2, "end": wide}[element.get("text-anchor", "start")]
            assert left >= 0
            assert left + wide <= PHONE
            assert float(element.get("y", "0")) < high
            spans.setdefault(element.get("y", ""), []).append((left, left + wide))
    for line in spans.values():
        line.sort()
        assert all(one[1] <= other[0] for one, other in itertools.pairwise(line))


def test_the_words_of_the_picture_are_all_on_it() -> None:
    picture = growth()
    said = [unescape(one) for one in re.findall(r"<text[^>]*>([^<]*)</text>", picture.svg())]
    for text in (picture.title, picture.name, picture.period, picture.compared, picture.days_title):
        assert text in said
    assert "".join(said[-2:]).startswith("挑战作业") or picture.suggestion[:10] in "".join(said)
    assert [str(day) for day in range(1, 32)] == [one for one in said if one.isdigit()][:31]


@pytest.mark.parametrize("days", [0, 1, 14, 35, 36, 120, 400])
def test_a_course_of_any_length_has_its_days_on_it(days: int) -> None:
    wide, high, _ = struct.unpack(">IIB", growth(days="1" * days).png()[16:25])
    assert wide == PHONE
    assert 700 < high < 2400


# --- as a job has it --------------------------------------------------------------------------------------------------


def test_what_a_row_says_is_what_is_drawn() -> None:
    assert read(stored(growth())) == growth()
    assert read(stored(growth())).png() == growth().png()  # the same wherever and whenever it is drawn


@pytest.mark.parametrize(
    "row", [{}, {"type": "no_such"}, {"type": "growth", "title": "x"}, {"type": "growth", "days": 3}]
)
def test_a_row_of_another_version_is_refused_and_not_guessed_at(row: dict[str, object]) -> None:
    with pytest.raises(Undrawable):
        read(row)


def test_how_long_a_picture_takes() -> None:
    """In milliseconds of the processor; said, and no more, for machines differ. `pytest -s` shows it."""
    growth().png()  # the font is read once
    for name, picture in {"a month": growth(), "400 days": growth(days="1" * 400)}.items():
        start = time.process_time()
        for _ in range(5):
            picture.png()
        print(f"growth picture, {name}: {(time.process_time() - start) / 5 * 1000:.0f} ms of the processor each")
