"""The README's pictures, made from a real run of the demo: `.venv/bin/python tests/browser/screenshots.py`.

Takes a folder as an argument to put them elsewhere. Needs the `dev` set of packages and Debian's chromium.
"""

import shutil
import struct
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.process import Program, Talk

ROOT = Path(__file__).resolve().parent.parent.parent
PICTURES = ROOT / "adapters" / "local" / "screenshots"
DESKTOP, PHONE = (1180, 820), (390, 780)
MOST = 200_000  # bytes of one picture


class Demo:
    """A running demo of a course that may be spoilt, and a browser to look at it."""

    def __init__(self, address: str, course: Path, browser: Browser, pictures: Path) -> None:
        self._address = address
        self._course = course
        self._browser = browser
        self._pictures = pictures

    def says(self, who: str, text: str, *, room: str = "main") -> None:
        with Talk(self._address, who) as talk:
            talk.say(text, room=room)

    def goes_to(self, moment: str) -> None:
        with Talk(self._address) as talk:
            talk.advance(moment)

    def replaces(self, file: str, old: str, new: str) -> None:
        """Change a course file, in one place."""
        path = self._course / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")

    @contextmanager
    def page(self, who: str, room: str = "main", *, size: tuple[int, int] = DESKTOP, locale: str) -> Iterator[Page]:
        """The page as this person sees it."""
        width, height = size
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=2 if size == PHONE else 1,
            is_mobile=size == PHONE,
            has_touch=size == PHONE,
            color_scheme="light",
            reduced_motion="reduce",
            locale=locale,
        )
        page = context.new_page()
        page.goto(f"{self._address}/?as={who}&room={room}")
        page.get_by_test_id("message").last.wait_for()
        yield page
        context.close()

    def shoots(self, page: Page, name: str) -> None:
        page.wait_for_timeout(600)  # the page looks for news three times a second
        target = self._pictures / f"{name}.png"
        target.write_bytes(squeezed(page.screenshot()))
        size = target.stat().st_size
        print(f"{target}  {size / 1000:.0f} kB")
        assert size < MOST, f"{target} is too large for a README"


def squeezed(png: bytes) -> bytes:
    """The same picture in fewer bytes: only the chunks that are needed, packed as tightly as zlib can."""
    head, data, position = b"", b"", 8
    while position < len(png):
        (length,) = struct.unpack(">I", png[position : position + 4])
        kind, content = png[position + 4 : position + 8], png[position + 8 : position + 8 + length]
        head = content if kind == b"IHDR" else head
        data += content if kind == b"IDAT" else b""
        position += length + 12
    rows = zlib.decompress(data)
    packed = min((_packed(rows, strategy) for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED)), key=len)
    return png[:8] + b"".join(_chunk(*part) for part in ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b"")))


def _packed(rows: bytes, strategy: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 15, 9, strategy)
    return packer.compress(rows) + packer.flush()


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


# --- two courses ------------------------------------------------------------------------------------------------------


def chinese(demo: Demo) -> None:
    """The first morning at a desk, the first evening on a phone."""
    demo.says("xiaoyu", "大家早，我是小雨，第一天，有点小紧张")
    demo.goes_to("next 09:00")
    with demo.page("xiaoyu", locale="zh-CN") as page:
        page.get_by_test_id("message-button").first.click()
        page.get_by_test_id("toast").wait_for()
        page.mouse.move(0, 0)
        demo.shoots(page, "zh-morning")
    demo.says("dapeng", "打卡")
    demo.goes_to("next 20:00")
    demo.says(
        "xiaoyu", "我是小雨，刚换到一个没人认识的城市。想写给同样一个人搬家的女生，卡在总觉得自己的事太小，不值得写。"
    )
    demo.goes_to("+1h")
    demo.says("xiaoyu", "/rank")
    with demo.page("xiaoyu", size=PHONE, locale="zh-CN") as page:
        demo.shoots(page, "zh-phone")


def english(demo: Demo) -> None:
    """The first evening of the group, and a mistake in a rule that the staff room hears of."""
    demo.goes_to("next 09:00")
    demo.says("amara", "/checkin")
    demo.says("luca", "/checkin")
    demo.goes_to("next 20:00")
    demo.says("amara", "I sort two hundred invoices by hand every Friday. The dull part is renaming them one by one.")
    demo.goes_to("+1h")
    demo.says("amara", "/rank")
    with demo.page("amara", locale="en-GB") as page:
        demo.shoots(page, "en-evening")
    demo.says("samir", "/grant @luca +10 helped Hana to install Python", room="staff")
    demo.replaces("rules.yaml", "award: 5", "award: six")
    demo.says("samir", "/reload", room="staff")
    demo.replaces("rules.yaml", "award: six", "award: 6")
    demo.says("samir", "/reload", room="staff")
    with demo.page("samir", "staff", locale="en-GB") as page:
        demo.shoots(page, "en-staff")


def main(pictures: Path) -> None:
    pictures.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as temporary:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        for language, pack, play in (("zh", "xhs-writing", chinese), ("en", "python-start", english)):
            folder = Path(temporary) / language
            course = Path(shutil.copytree(ROOT / "rules" / "packs" / pack, folder / pack))
            program = Program.demo(folder, "--course", str(course), language=language)
            try:
                play(Demo(program.start(), course, browser, pictures))
            finally:
                program.stop()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES)
