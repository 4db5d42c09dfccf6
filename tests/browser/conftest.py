"""A browser, people with tabs in it, and the proof that no request has left the machine."""

from __future__ import annotations

import re
import shutil
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, FilePayload, Locator, Page, expect, sync_playwright

from tests.process import Program

ARTIFACTS = Path(__file__).parent.parent.parent / "artifacts" / "browser"
_SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_PATIENCE = 15_000  # milliseconds

DESKTOP, PHONE = (1180, 760), (390, 844)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(executable).exists():
        pytest.fail("The browser tests need Chromium: apt install chromium", pytrace=False)
    expect.set_options(timeout=_PATIENCE)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=executable, args=_SWITCHES)
        yield opened
        opened.close()


class Tab:
    """One person's view of the chat."""

    def __init__(self, page: Page, address: str, name: str) -> None:
        self.page = page
        self._address = address
        self._name = name
        self.asked: list[str] = []
        self.bugs: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("websocket", lambda socket: self.asked.append(socket.url))
        page.on("pageerror", lambda error: self.bugs.append(str(error)))
        page.on("dialog", self._dismiss)

    def _dismiss(self, dialog: Dialog) -> None:
        self.bugs.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def opens(self, who: str = "", room: str = "main") -> Tab:
        self.page.goto(f"{self._address}/?as={who}&room={room}" if who else self._address)
        expect(self.input).to_be_visible()
        self.page.wait_for_function("() => window.homeroom && document.getElementById('send')")
        return self

    def by(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    @property
    def input(self) -> Locator:
        return self.by("input")

    def says(self, text: str) -> None:
        self.input.fill(text)
        self.by("send").click()
        expect(self.input).to_have_value("")

    def message(self, text: str | re.Pattern[str]) -> Locator:
        return self.by("message").filter(has=self.page.get_by_test_id("message-text").filter(has_text=text))

    def hears(self, text: str | re.Pattern[str]) -> None:
        """The newest message with these words is on the screen."""
        expect(self.message(text).last).to_be_visible()

    def presses(self, label: str) -> str:
        """Press the newest button with this label; what one alone is told."""
        self.by("message-button").filter(has_text=re.compile(f"^{re.escape(label)}$")).last.click()
        toast = self.by("toast").last
        expect(toast).to_be_visible()
        return str(toast.inner_text())

    def board(self) -> list[list[str]]:
        rows = self.by("message-table").last.locator("tr").all()
        return [row.locator("td, th").all_inner_texts() for row in rows]

    def texts(self) -> list[str]:
        return [str(text) for text in self.by("message-text").all_inner_texts()]

    def shoots(self, name: str) -> None:
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=ARTIFACTS / f"{self._name}-{name}.png")


OpenTab = Callable[..., Tab]


@pytest.fixture
def open_tab(browser: Browser, request: pytest.FixtureRequest) -> Iterator[OpenTab]:
    """Opens tabs, each in a browser profile of its own; at the end none has asked another machine for anything."""
    contexts: list[BrowserContext] = []
    tabs: list[Tab] = []
    name = re.sub(r"\W+", "-", request.node.name.removeprefix("test_")).strip("-")

    def open_one(address: str, *, size: tuple[int, int] = DESKTOP, language: str = "en-GB") -> Tab:
        width, height = size
        is_phone = size == PHONE
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale=language, is_mobile=is_phone, has_touch=is_phone
        )
        context.set_default_timeout(_PATIENCE)
        contexts.append(context)
        tab = Tab(context.new_page(), address, f"{name}{len(tabs) + 1}" if tabs else name)
        tabs.append(tab)
        return tab

    yield open_one
    for tab in tabs:
        if not tab.page.is_closed():
            tab.shoots("end")
    for context in contexts:
        context.close()
    for tab in tabs:
        assert tab.asked, "no request was seen at all"
        strangers = [url for url in tab.asked if not _is_local(url)]
        assert strangers == [], "requests have left the machine"
        assert tab.bugs == []


def _is_local(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob") or parts.hostname == "127.0.0.1"


@pytest.fixture
def programs() -> Iterator[list[Program]]:
    """Programs that are put in here do not outlive the test."""
    started: list[Program] = []
    yield started
    for program in started:
        if program.is_running:
            program.kill()


@pytest.fixture
def demo(tmp_path: Path, programs: list[Program]) -> Program:
    """The English demo, ready."""
    programs.append(Program.demo(tmp_path))
    programs[0].stays_at(programs[0].start())
    return programs[0]


def file(name: str, media_type: str, content: bytes) -> FilePayload:
    """A file that somebody picks."""
    return {"name": name, "mimeType": media_type, "buffer": content}


def picture(colour: tuple[int, int, int], size: int = 24) -> bytes:
    """A PNG of one colour."""
    row = b"\0" + bytes(colour) * size
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(row * size)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
