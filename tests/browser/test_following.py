"""A page that stays open: it follows the courses as they change, and drafts stay where they belong."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenTab
from tests.community import COURSE, write_course
from tests.process import Program, Talk

pytestmark = pytest.mark.browser


def test_an_open_page_follows_the_courses(tmp_path: Path, programs: list[Program], open_tab: OpenTab) -> None:
    folder = write_course(tmp_path / "writing")
    programs.append(Program.demo(tmp_path, "--course", str(folder)))
    address = programs[0].start()
    ada, lin = open_tab(address).opens("ada"), open_tab(address).opens("lin", room="staff")
    lin.says("Good morning")
    ada.says("Hello")
    with Talk(address, "chen") as chen:
        changed = COURSE.replace("  assistants: [local:lin]\n", "").replace("en: Writing camp", "en: Letters")
        write_course(folder, course=changed.replace("Europe/London", "Asia/Shanghai"))
        chen.say("/reload", room="staff")
    for tab in (ada, lin):
        expect(tab.page).to_have_title("Letters")
        expect(tab.page.locator(".course-title")).to_have_text("Letters")
        expect(tab.by("clock")).to_contain_text("16:30")
        expect(tab.by("room-staff")).to_have_count(0)
    expect(lin.page.locator(".heading-title")).to_have_text("Main group")
    expect(lin.by("person-lin")).to_contain_text("Student")
    lin.hears("Hello")
    expect(lin.message("Good morning")).to_have_count(0)
    expect(ada.message("Hello").locator("time")).to_have_text("16:30")


def test_what_is_typed_on_the_way_to_a_room_is_a_draft_of_that_room(demo: Program, open_tab: OpenTab) -> None:
    tab = open_tab(demo.ready()).opens("samir")
    tab.input.fill("for all")
    _goes_slowly(tab, "staff")
    expect(tab.input).to_have_value("")
    tab.input.fill("for staff")
    tab.input.press("Enter")  # not yet: it would be posted in the main group
    expect(tab.input).to_have_value("for staff")
    _arrives(tab)
    expect(tab.page.locator(".heading-title")).to_have_text("Staff room")
    expect(tab.input).to_have_value("for staff")
    tab.by("send").click()
    expect(tab.input).to_have_value("")
    tab.hears("for staff")
    tab.by("room-main").click()
    expect(tab.page.locator(".heading-title")).to_have_text("Main group")
    expect(tab.input).to_have_value("for all")
    expect(tab.message("for staff")).to_have_count(0)


def _goes_slowly(tab: Any, room: str) -> None:
    """Click a room; what the page asks of the server is held back."""
    tab.page.evaluate("() => { window.held = []; window.real = emitEvent; emitEvent = (...e) => held.push(e); }")
    tab.by(f"room-{room}").click()


def _arrives(tab: Any) -> None:
    tab.page.evaluate("() => { emitEvent = real; held.forEach((e) => emitEvent(...e)); }")
