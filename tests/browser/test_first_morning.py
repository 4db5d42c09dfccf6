"""What a newcomer sees: the first morning in a real browser, and the rest of the local chat."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, OpenTab, Tab, file, picture
from tests.community import write_course
from tests.process import Program, Talk, command, free_ports

pytestmark = pytest.mark.browser

MORNINGS: dict[str, dict[str, Any]] = {
    "zh": {
        "locale": "zh-CN",
        "other": "dapeng",
        "points_for_it": "5",
        "title": "小红书文案训练营",
        "task": "先想好写给谁",
        "check_in": "打卡",
        "receipt": "打卡成功",
        "counter": re.compile("打卡 · 已有"),
        "me": "小雨",
        "points": re.compile(r"你现在有 5 分，今天 \+5"),
        "total": re.compile(r"你现在有 \d+ 分"),
        "offline": "内容还在",
        "opens": "你为什么想写小红书",
        "share": "我叫小雨，刚换到一个没人认识的城市，想写给同样一个人搬家的女生。",
        "classmate": "来了来了！我想写，是因为每次朋友圈发小店，总有人私信问我地址。",
        "shared": re.compile("小雨.*我叫小雨"),
    },
    "en": {
        "locale": "en-GB",
        "other": "luca",
        "points_for_it": "5",
        "title": "Python from zero",
        "task": "Day 1 · Say hello from your own machine",
        "check_in": "Check in",
        "receipt": "Checked in! 1 day in a row.",
        "counter": "Check-in, Mon, 1 Mar",
        "me": "Amara",
        "offline": "Nothing you typed is lost",
        "total": re.compile(r"You have \d+ points"),
        "points": re.compile(r"You have 5 points, 5 of them today\."),
        "opens": "Tonight's sharing is open!",
        "share": "I sort two hundred invoices by hand every Friday, and rename them one by one.",
        "classmate": "My dull job: every evening I copy the repairs from paper tickets into a spreadsheet.",
        "shared": re.compile(r"· Amara: I sort two hundred invoices"),
    },
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_first_morning(language: str, tmp_path: Path, programs: list[Program], open_tab: OpenTab) -> None:
    words = MORNINGS[language]
    program = Program.demo(tmp_path, language=language)
    programs.append(program)
    address = program.start()
    program.stays_at(address)
    tab = open_tab(address, language=words["locale"]).opens()
    expect(tab.page).to_have_title(re.compile(words["title"]))
    expect(tab.by("clock")).to_contain_text("08:30")
    tab.shoots("1-quiet")
    _checks_in(tab, words)
    _sees_points_and_board(tab, words)
    _shares(tab, words)
    before = tab.texts()
    assert len(before) > 10
    _is_cut_off(tab, program, words)
    with Talk(address, words["other"]) as other:
        other.say("Hello again!")
    tab.hears("Hello again!")  # the page has come back by itself, and goes on
    assert tab.texts() == [*before, "Hello again!"]
    tab.shoots("5-after-the-kill")
    fresh = open_tab(address, language=words["locale"]).opens()
    fresh.hears("Hello again!")
    assert fresh.texts() == tab.texts()
    tab.says("/points")
    expect(tab.message(words["total"])).to_have_count(2)
    assert program.stop() == 0
    assert "Traceback" not in program.all_complaints


def _checks_in(tab: Tab, words: dict[str, Any]) -> None:
    tab.by("jump-9").click()
    tab.hears(words["task"])
    expect(tab.by("clock")).to_contain_text("09:00")
    assert words["receipt"] in tab.presses(words["check_in"])
    expect(tab.message(words["counter"]).filter(has_text=words["me"])).to_have_count(1)
    tab.shoots("2-checked-in")


def _sees_points_and_board(tab: Tab, words: dict[str, Any]) -> None:
    tab.says("/points")
    tab.hears(words["points"])
    tab.says("/rank")
    expect(tab.by("message-table").last).to_contain_text(words["me"])
    assert words["points_for_it"] in [row[-1] for row in tab.board()]
    tab.shoots("3-board")


def _shares(tab: Tab, words: dict[str, Any]) -> None:
    tab.by("jump-20").click()
    tab.hears(words["opens"])
    expect(tab.by("clock")).to_contain_text("20:00")
    tab.hears(words["classmate"])
    tab.says(words["share"])
    tab.hears(words["share"])
    tab.by("plus-hour").click()
    tab.hears(words["shared"])
    expect(tab.by("clock")).to_contain_text("21:00")
    tab.shoots("4-summary")


def _is_cut_off(tab: Tab, program: Program, words: dict[str, Any]) -> None:
    """Killed with -9 while the page is open, and started again."""
    expect(tab.page.locator(".time.is-moving, .time[data-busy]")).to_have_count(0)
    tab.input.fill("I am still typing")
    program.kill()
    tab.by("jump-9").click()
    expect(tab.by("toast").last).to_contain_text(words["offline"])
    program.start()
    expect(tab.input).to_have_value("I am still typing")
    tab.input.fill("")


def test_on_a_phone_nothing_is_wider_than_the_screen(demo: Program, open_tab: OpenTab) -> None:
    address = demo.ready()
    with Talk(address, "luca") as luca:
        luca.advance("next 09:00")
        luca.say("/checkin")
        luca.advance("next 20:00")
        luca.advance("+1h")
    tab = open_tab(address, size=PHONE).opens("amara")
    tab.says("/checkin")
    tab.says("x" * 300 + " https://example.org/" + "y" * 300)
    tab.says("/rank")
    expect(tab.by("message-table").last).to_contain_text("Luca")
    wide = tab.page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1] == 390
    scroller = tab.page.evaluate("() => [scroller.scrollWidth, scroller.clientWidth]")
    assert scroller[0] <= scroller[1]
    box = tab.by("message-table").last.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    for testid in ("input", "send", "jump-9", "jump-20"):
        box = tab.by(testid).bounding_box()
        assert box, testid
        assert min(box["x"], box["y"]) >= 0, testid
        assert box["x"] + box["width"] <= 390, testid
        assert box["y"] + box["height"] <= 844, testid


def test_two_people_see_each_other_and_not_what_is_for_one_alone(demo: Program, open_tab: OpenTab) -> None:
    address = demo.ready()
    amara, luca = (open_tab(address).opens(who) for who in ("amara", "luca"))
    amara.says("Is anybody else awake?")
    luca.hears("Is anybody else awake?")
    luca.says("/points")
    luca.hears("You have 0 points")
    expect(luca.by("only-you").last).to_be_visible()
    luca.says("I am, more or less")
    amara.hears("I am, more or less")
    assert "You have 0 points" not in "".join(amara.texts())
    expect(amara.by("only-you")).to_have_count(1)
    amara.hears("Welcome, Amara!")


def test_the_private_chat_is_ones_own_and_asks_without_a_name(demo: Program, open_tab: OpenTab) -> None:
    address = demo.ready()
    luca, amara = open_tab(address).opens("luca"), open_tab(address).opens("amara")
    amara.by("room-private").click()
    expect(amara.page.locator(".heading-title")).to_have_text("Private chat with the bot")
    expect(amara.by("hint")).to_be_visible()
    amara.says("/ask anonymous Is it normal that I understand nothing?")
    amara.hears(re.compile("Q1"))
    amara.shoots("private")
    luca.hears("Is it normal that I understand nothing?")
    assert "Amara" not in "".join(luca.texts())
    amara.by("person-luca").click()
    expect(amara.by("hint")).to_be_visible()  # Luca's own, where nobody has said anything
    amara.by("person-amara").click()
    amara.hears(re.compile("Q1"))


def test_the_staff_room_is_for_staff_and_grants_are_for_admins(demo: Program, open_tab: OpenTab) -> None:
    address = demo.ready()
    with Talk(address, "luca") as luca:
        luca.say("Hello")
    student = open_tab(address).opens("amara", room="staff")
    expect(student.by("room-staff")).to_have_count(0)
    student.hears("Hello")  # the main group, although the address asked for the staff room
    student.says("/grant @luca +100 a good friend")
    student.hears("/grant is for: admin. Send /help to see what you can use.")
    expect(student.by("only-you")).to_have_count(2)  # she was welcomed, too

    student.by("person-samir").click()
    expect(student.by("room-staff")).to_be_visible()
    student.by("room-staff").click()
    expect(student.page.locator(".heading-title")).to_have_text("Staff room")
    student.says("/grant @luca +10 helped Hana to install Python")
    student.hears("Luca: +10 points for “helped Hana to install Python”. They now have 10.")
    ruth = open_tab(address).opens("ruth", room="staff")
    ruth.hears("/grant @luca +10 helped Hana")


def test_commands_are_completed_with_the_keyboard(demo: Program, open_tab: OpenTab) -> None:
    tab = open_tab(demo.ready()).opens("amara")
    tab.input.press_sequentially("/")
    expect(tab.by("completion")).to_be_visible()
    expect(tab.by("completion-grant")).to_have_count(0)  # not hers to use
    tab.input.press_sequentially("p")
    expect(tab.by("completion-points")).to_be_visible()
    expect(tab.by("completion-checkin")).to_be_hidden()
    tab.input.press("Tab")
    expect(tab.input).to_have_value("/points ")
    tab.input.press("Enter")
    tab.hears("You have 0 points")
    tab.input.press_sequentially("/")
    first = tab.page.locator("[data-option].fits[aria-selected=true]").get_attribute("data-option")
    tab.input.press("ArrowDown")
    second = tab.page.locator("[data-option].fits[aria-selected=true]").get_attribute("data-option")
    assert first != second
    tab.input.press("Enter")
    expect(tab.input).to_have_value(f"/{second} ")
    tab.input.fill("/")
    expect(tab.by("completion")).to_be_visible()
    tab.input.press("Escape")
    expect(tab.by("completion")).to_be_hidden()


def test_an_answer_quotes_what_it_answers(demo: Program, open_tab: OpenTab) -> None:
    address = demo.ready()
    luca, amara = (open_tab(address).opens(who) for who in ("luca", "amara"))
    luca.says("Which editor do you use?")
    amara.hears("Which editor do you use?")
    question = amara.message("Which editor do you use?")
    question.hover()
    question.locator("[data-reply]").click()
    expect(amara.by("reply-preview")).to_contain_text("Which editor do you use?")
    amara.says("The one that came with it")
    expect(amara.by("reply-preview")).to_be_hidden()
    for tab in (amara, luca):
        answer = tab.message("The one that came with it")
        expect(answer.locator(".quote")).to_contain_text("Which editor do you use?")
        expect(answer.locator(".quote")).to_contain_text("Luca")


EVIL = '<img src=x onerror="alert(1)"><script>alert(2)</script>**bold** {{7*7}} ${7*7} javascript:alert(3)'


def test_pictures_are_shown_and_nothing_that_people_send_is_run(demo: Program, open_tab: OpenTab) -> None:
    address = demo.ready()
    amara, luca = (open_tab(address).opens(who) for who in ("amara", "luca"))
    name = "'><img src=x onerror=alert(4)>.png"
    blue = file(name, "image/png", picture((40, 90, 200)))
    page = file("<b>page.html", "text/html", b"<script>alert(5)</script>")
    liar = file("liar.png", "image/png", b"<svg onload='alert(6)'/>")
    amara.page.locator("#file-input").set_input_files([blue, page, liar])
    expect(amara.by("chip")).to_have_count(3)
    amara.says(EVIL)
    for tab in (amara, luca):
        shown = tab.message("alert(2)")
        expect(shown.locator("img")).to_have_count(1)
        tab.page.wait_for_function("() => document.querySelector('article .picture img')?.naturalWidth === 24")
        assert shown.get_by_test_id("message-text").inner_text() == EVIL
        assert shown.locator("img").get_attribute("alt") == name
        assert shown.locator(".file-name").all_inner_texts() == ["<b>page.html", "liar.png"]
        expect(tab.page.locator("article script, article b")).to_have_count(0)
    for link in luca.page.locator("article a.file").all():
        answer = luca.page.request.get(str(link.evaluate("link => link.href")))
        assert answer.status == 200
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["content-type"] == "application/octet-stream"
        assert "sandbox" in answer.headers["content-security-policy"]
    amara.page.locator("article .picture").click()
    expect(amara.page.locator("dialog.lightbox img")).to_be_visible()
    amara.page.keyboard.press("Escape")
    expect(amara.page.locator("dialog.lightbox")).to_have_count(0)
    luca.says('/points <svg onload="alert(7)">')
    luca.hears("You have 0 points")


def test_what_is_typed_while_the_connection_is_lost_can_be_sent_later_and_arrives_once(
    demo: Program, open_tab: OpenTab
) -> None:
    address = demo.ready()
    tab = open_tab(address).opens("amara")
    tab.says("Here I am")
    demo.kill()
    tab.input.fill("This was typed in the dark")
    tab.by("send").click()
    expect(tab.by("toast").last).to_contain_text("Nothing you typed is lost")
    expect(tab.input).to_have_value("This was typed in the dark")
    demo.start()
    tab.by("send").click()
    expect(tab.input).to_have_value("")
    tab.hears("This was typed in the dark")
    with Talk(address, "amara") as amara:
        said = [message["text"] for message in amara.messages() if message["author"] == "amara"]
    assert said == ["Here I am", "This was typed in the dark"]


def test_what_arrived_although_the_answer_was_lost_is_not_posted_twice(demo: Program, open_tab: OpenTab) -> None:
    address = demo.ready()
    tab = open_tab(address).opens("amara")

    def loses_the_answer(route: Any) -> None:
        route.fetch()
        route.abort()

    tab.page.route("**/api/say", loses_the_answer, times=1)
    tab.input.fill("Only once, please")
    tab.by("send").click()
    expect(tab.by("toast").last).to_contain_text("Nothing you typed is lost")
    tab.by("send").click()
    expect(tab.input).to_have_value("")
    expect(tab.message("Only once, please")).to_have_count(1)
    with Talk(address, "amara") as amara:
        said = [message["text"] for message in amara.messages() if message["author"] == "amara"]
    assert said == ["Only once, please"]


# --- under `run` ------------------------------------------------------------------------------------------------------


def _running(folder: Path, programs: list[Program]) -> tuple[str, Path]:
    """A course under `run`; its address and its configuration."""
    write_course(folder / "writing")
    config = folder / "config.yaml"
    config.write_text(
        "database: sqlite:///data/homeroom.db\nlanguage: en\ncourses: [./writing]\n"
        f"platforms: {{local: {{port: {free_ports(1)[0]}}}}}\n"
    )
    programs.append(Program.run(folder / "log", config))
    return programs[-1].start(), config


def _link(config: Path, *who: str) -> str:
    made = command(config.parent, "signin", "-c", str(config), *who)
    assert made.returncode == 0, made.stderr
    found = re.search(r"http://\S+", made.stdout)
    assert found
    return found[0]


def _opens_link(tab: Tab, link: str) -> None:
    tab.page.goto(link)
    tab.by("sign-in").click()
    expect(tab.input).to_be_visible()


def test_under_run_a_link_from_the_command_line_signs_one_person_in_once(
    tmp_path: Path, programs: list[Program], open_tab: OpenTab
) -> None:
    address, config = _running(tmp_path, programs)
    stranger = open_tab(address)
    stranger.page.goto(f"{address}/?as=chen")
    expect(stranger.page.locator("body")).to_contain_text(
        "Please sign in first: run ./homeroom signin -c config.yaml NAME on the server and open the link"
    )
    link = _link(config, "Ada")
    ada = open_tab(address)
    _opens_link(ada, link)
    expect(ada.by("person-ada")).to_be_visible()
    for absent in ("room-staff", "jump-9", "plus-day", "person-chen"):
        expect(ada.by(absent)).to_have_count(0)
    ada.says("/me")
    ada.hears("Ada · student")

    stranger.page.goto(link)
    stranger.by("sign-in").click()
    expect(stranger.page.locator("body")).to_contain_text("This sign-in link was used already or has expired.")
    stranger.page.goto(address)
    expect(stranger.page.locator("body")).to_contain_text("Please sign in first")

    chen = open_tab(address)
    _opens_link(chen, _link(config, "Chen"))  # course.yaml names her as admin
    chen.by("room-staff").click()
    expect(chen.page.locator(".heading-title")).to_have_text("Staff room")
    chen.says("/grant @ada +5 first in")
    chen.hears("Ada: +5 points for “first in”. They now have 5.")

    programs[-1].kill()
    programs[-1].start()
    ada.says("/points")  # the session is still good
    ada.hears("You have 5 points")


def test_under_run_other_hosts_and_origins_are_refused(tmp_path: Path, programs: list[Program]) -> None:
    address, config = _running(tmp_path, programs)
    with Talk(address) as ada:
        assert ada.sign_in(_link(config, "Ada")).status_code == 303
        assert ada.state()["me"] == "ada"
        says = {"room": "main", "text": "hello"}
        for headers in ({"host": "evil.example"}, {"host": f"evil.example:{address.rpartition(':')[2]}"}):
            assert ada.ask("GET", "/", headers=headers).status_code == 403
            assert ada.ask("POST", "/api/say", json=says, headers=headers).status_code == 403
        for origin in ("https://evil.example", "null", "http://127.0.0.1:1", f"{address}.evil.example"):
            assert ada.ask("POST", "/api/say", json=says, headers={"origin": origin}).status_code == 403, origin
        assert ada.ask("POST", "/api/say", json=says, headers={"origin": address}).status_code == 200
        assert ada.ask("POST", "/api/advance", json={"to": "+1h"}).status_code == 403
        claims = ada.ask("POST", "/api/say", json={**says, "as": "chen"})
        assert claims.status_code == 200
        assert {message["author"] for message in ada.messages()} <= {"ada", "bot"}
        assert ada.ask("GET", "/api/messages?room=staff").status_code == 404
    assert httpx.get(f"{address}/api/state", trust_env=False).status_code == 401
    assert "Traceback" not in programs[-1].complaints
