"""What people do on the page to a message that is there, and what others see of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import DESKTOP, PHONE, OpenTab, Tab
from tests.process import Program, Talk

pytestmark = pytest.mark.browser

EVIL = '<img src=x onerror="alert(1)"></script><script>alert(2)</script> ${7*7} `\\" \u2028 {name}'


def tool(tab: Tab, message: Locator, name: str) -> Locator:
    """A tool beside a message, brought out as one does with this device."""
    if tab.page.viewport_size == {"width": PHONE[0], "height": PHONE[1]}:
        message.get_by_test_id("message-text").tap()
    else:
        message.hover()
    return message.locator(f"[data-{name}]")


def chips(message: Locator) -> Locator:
    return message.get_by_test_id("reaction")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_others_see_what_one_does_to_a_message(demo: Program, open_tab: OpenTab, size: tuple[int, int]) -> None:
    address = demo.ready()
    amara, luca = (open_tab(address, size=size).opens(who) for who in ("amara", "luca"))
    amara.says("Which editor do you use?")
    luca.hears("Which editor do you use?")
    luca.says("Vim, since yesterday")
    amara.hears("Vim, since yesterday")
    _reacts(amara, luca)
    _edits(amara, luca)
    _deletes(amara, luca)
    fresh = open_tab(address, size=size).opens("luca")
    fresh.hears("Vim, since yesterday")
    assert fresh.texts() == luca.texts()
    wide = luca.page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1]


def _reacts(amara: Tab, luca: Tab) -> None:
    question = luca.message("Which editor")
    tool(luca, question, "pick").click()
    palette = luca.by("palette")
    expect(palette.locator("button")).to_have_text(["👍", "❤️", "🎉", "👏", "🙏", "❓"])
    box = palette.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= luca.page.evaluate("innerWidth")
    luca.shoots("1-palette")
    palette.get_by_text("👍").click()
    expect(palette).to_be_hidden()
    expect(chips(question)).to_have_text(["👍1"])
    expect(chips(question)).to_have_attribute("aria-pressed", "true")
    mine = amara.message("Which editor")
    expect(chips(mine)).to_have_attribute("aria-pressed", "false")
    expect(chips(mine)).to_have_attribute("aria-label", "👍 from Luca")
    chips(mine).click()
    expect(chips(question)).to_have_text(["👍2"])
    expect(chips(question)).to_have_attribute("title", "👍 from Luca, Amara")
    chips(question).click()
    expect(chips(mine)).to_have_text(["👍1"])
    expect(chips(question)).to_have_attribute("aria-pressed", "false")


def _edits(amara: Tab, luca: Tab) -> None:
    expect(tool(amara, amara.message("Vim"), "reply")).to_be_visible()
    expect(amara.message("Vim").locator("[data-edit], [data-delete]")).to_have_count(0)  # that is not hers
    amara.input.fill("a draft")
    tool(amara, amara.message("Which editor"), "edit").click()
    expect(amara.by("edit-preview")).to_contain_text("Which editor do you use?")
    expect(amara.input).to_have_value("Which editor do you use?")
    expect(amara.input).to_be_focused()
    amara.shoots("2-editing")
    amara.input.fill("Which editor do you like?")
    amara.by("send").click()
    expect(amara.input).to_have_value("a draft")
    expect(amara.by("edit-preview")).to_be_hidden()
    amara.input.fill("")
    edited = luca.message("Which editor do you like?")
    expect(edited.locator(".edited")).to_be_visible()
    expect(chips(edited)).to_have_text(["👍1"])


def _deletes(amara: Tab, luca: Tab) -> None:
    tool(luca, luca.message("Which editor"), "reply").click()
    luca.says("The blue one")
    expect(amara.message("The blue one").locator(".quote")).to_contain_text("Which editor do you like?")
    for answer in ("Keep it", "Delete"):
        tool(amara, amara.message("Which editor"), "delete").click()
        question = amara.by("delete-question")
        expect(question).to_contain_text("Which editor do you like?")
        amara.shoots("3-asked")
        question.get_by_role("button", name=answer).click()
        expect(question).to_have_count(0)
    for tab in (amara, luca):
        gone = tab.message("Message deleted")
        expect(gone).to_have_count(1)
        expect(gone.locator(".tools, [data-testid=reaction]")).to_have_count(0)
        expect(tab.message("The blue one").locator(".quote")).to_contain_text("Message deleted")
        expect(tab.page.locator(".list")).not_to_contain_text("Which editor")
        tab.shoots("4-deleted")


def test_reactions_are_chosen_with_the_keyboard(demo: Program, open_tab: OpenTab) -> None:
    tab = open_tab(demo.ready()).opens("amara")
    tab.says("Hello")
    message = tab.message("Hello")
    react = message.get_by_role("button", name="React to Amara")
    react.press("Enter")
    expect(tab.by("palette").locator("button").first).to_be_focused()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft", "ArrowLeft"):
        tab.page.keyboard.press(key)
    expect(tab.by("palette").locator("button").last).to_be_focused()
    tab.page.keyboard.press("Escape")
    expect(tab.by("palette")).to_be_hidden()
    expect(react).to_be_focused()
    react.press("Enter")
    tab.page.keyboard.press("ArrowLeft")
    tab.page.keyboard.press("Enter")
    expect(chips(message)).to_have_text(["❓1"])
    expect(react).to_be_focused()


def test_a_reaction_that_is_drawn_anew_keeps_the_keyboards_focus(demo: Program, open_tab: OpenTab) -> None:
    address = demo.ready()
    with Talk(address, "luca") as luca:
        number = luca.say("Hello")
        luca.post("react", room="main", message=number, reaction="❓")
        tab = open_tab(address).opens("amara")
        message = tab.message("Hello")
        chips(message).focus()
        luca.post("react", room="main", message=number, reaction="👏")
        expect(chips(message)).to_have_text(["❓1", "👏1"])
    expect(chips(message).first).to_be_focused()
    tab.page.keyboard.press("Space")
    expect(chips(message)).to_have_text(["❓2", "👏1"])
    expect(chips(message).first).to_be_focused()


def test_one_edits_and_deletes_with_the_keyboard(demo: Program, open_tab: OpenTab) -> None:
    tab = open_tab(demo.ready()).opens("amara")
    tab.says("Hello")
    edit, delete = (tab.message("Hello").get_by_role("button", name=name) for name in ("Edit", "Delete"))
    edit.press("Enter")
    expect(tab.input).to_have_value("Hello")
    tab.page.keyboard.press("Escape")
    expect(tab.by("edit-preview")).to_be_hidden()
    expect(tab.input).to_have_value("")
    edit.press("Enter")
    expect(tab.input).to_have_value("Hello")
    tab.page.keyboard.type(" again")
    tab.page.keyboard.press("Enter")
    tab.hears("Hello again")
    delete.press("Enter")
    expect(tab.by("delete-question").get_by_role("button", name="Keep it")).to_be_focused()
    tab.page.keyboard.press("Escape")
    expect(tab.by("delete-question")).to_have_count(0)
    expect(delete).to_be_focused()
    delete.press("Enter")
    tab.page.keyboard.press("Tab")
    tab.page.keyboard.press("Enter")
    tab.hears("Message deleted")
    expect(tab.input).to_be_focused()


def test_what_is_edited_comes_back_whole_and_is_never_run(demo: Program, open_tab: OpenTab) -> None:
    address = demo.ready()
    amara, luca = (open_tab(address).opens(who) for who in ("amara", "luca"))
    long = f"{EVIL}\n" + "字" * 2_000 + "\nthe end"
    with Talk(address, "amara") as talk:
        number = talk.say(long)
        talk.say("/me")
    message = amara.page.locator(f'article[data-number="{number}"]')
    expect(message.locator(".fold")).to_be_visible()
    tool(amara, message, "edit").click()
    expect(amara.input).to_have_value(long)
    amara.input.fill(EVIL)
    amara.by("send").click()
    expect(luca.page.locator(f'article[data-number="{number}"]').get_by_test_id("message-text")).to_have_text(
        EVIL, use_inner_text=False
    )
    expect(luca.page.locator("article script, article img")).to_have_count(0)
    expect(amara.message(re.compile("^/me$")).locator("[data-delete]")).to_have_count(1)
    expect(amara.message(re.compile("^/me$")).locator("[data-edit]")).to_have_count(0)  # it was carried out


def test_whoever_goes_elsewhere_while_editing_changes_nothing(demo: Program, open_tab: OpenTab) -> None:
    tab = open_tab(demo.ready()).opens("samir")
    tab.says("For all of you")
    tab.input.fill("a draft")
    tool(tab, tab.message("For all of you"), "edit").click()
    expect(tab.input).to_have_value("For all of you")
    tab.by("room-staff").click()
    expect(tab.page.locator(".heading-title")).to_have_text("Staff room")
    expect(tab.by("edit-preview")).to_be_hidden()
    expect(tab.input).to_have_value("")
    tab.says("For staff")
    tab.by("room-main").click()
    expect(tab.input).to_have_value("a draft")
    expect(tab.message("For all of you")).to_have_count(1)


def test_only_what_is_new_counts_as_unread(demo: Program, open_tab: OpenTab) -> None:
    address = demo.ready()
    with Talk(address, "luca") as luca:
        number = luca.say("Hello")
        tab = open_tab(address).opens("samir", room="staff")
        luca.post("react", room="main", message=number, reaction="👍")
        luca.post("edit", room="main", message=number, text="Hello!")
        luca.say("Good morning")
        expect(tab.by("room-main").locator(".unread")).to_have_text("1")
        tab.by("room-main").click()
        tab.hears("Good morning")
        expect(tab.by("room-main").locator(".unread")).to_have_text("")
