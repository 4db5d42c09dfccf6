"""What is pinned stands above the conversation, on a phone, too, and leads to its message."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, OpenTab, picture
from tests.community import write_course
from tests.process import Program, Talk

pytestmark = pytest.mark.browser

RITUALS = """
welcome: {on_day: 1, at: 08:45, do: post, say: Welcome!, image: files/cover.png, pin: true}
again: {on_day: 1, at: 10:00, do: post, say: Read the rules., pin: true}
"""


def test_the_newest_pinned_message_stands_on_top(tmp_path: Path, programs: list[Program], open_tab: OpenTab) -> None:
    folder = write_course(tmp_path / "writing", rituals=RITUALS)
    (folder / "files").mkdir()
    (folder / "files" / "cover.png").write_bytes(picture((40, 90, 200)))
    programs.append(Program.demo(tmp_path, "--course", str(folder)))
    address = programs[0].start()
    tab = open_tab(address, size=PHONE).opens("ada")
    expect(tab.by("pinned")).to_have_count(0)
    with Talk(address, "ada") as ada:
        ada.advance("next 09:00")
        expect(tab.by("pinned")).to_have_text(re.compile("Pinned.*Welcome!"))
        expect(tab.by("pinned").locator("img")).to_have_js_property("naturalWidth", 24)
        for number in range(40):
            ada.say(f"Message {number}")
        tab.hears("Message 39")
        tab.by("pinned").click()
        expect(tab.message("Welcome!")).to_be_in_viewport()
        expect(tab.message("Welcome!").locator("img")).to_have_js_property("naturalWidth", 24)
        ada.advance("+1h")
    expect(tab.by("pinned")).to_have_text(re.compile("Pinned.*Read the rules."))
