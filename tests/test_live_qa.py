"""Live Q&A: questions beforehand, the session, attendance by its code; after outages, too."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.domain.events import MemberLeft
from bot.domain.ids import EventKey
from bot.features.live_qa.options import OPEN
from storage.tables import occurrence, outbox
from tests.community import COURSE, RULES, Community, write_course
from tests.shell import Shell

pytestmark = pytest.mark.every_platform

LIVE = """
live:
  every: wednesday
  at: 20:00
  do: live_qa
  topic: {zh: 标题怎么写, en: How to write titles}
  link: https://live.example.org/room?a=1
"""
PAID = (
    RULES
    + """
asked:
  when: live.asked
  then: [award: 2]
came_early:
  when: live.attended
  where: {minutes: {at_most: 10}}
  then: [award: 10]
"""
)
QUESTIONS = COURSE.replace("spaces:", "spaces:\n  - {id: questions, kind: questions, local: questions}")
LEFT_OPEN = (
    "Some questions are left open and go on to the next session. Those that were answered: /live answer NUMBER what "
    "was said or /live done NUMBER (all of them: /live done all). Those that nobody needs: /live drop NUMBER, by their "
    "number on the next list."
)
QUESTION = "How do I find a title that says what is in it?"


@pytest.fixture
async def live(open_community) -> Community:
    """On Tuesday at noon; the session is on Wednesday at 20:00."""
    course: Community = await open_community(rituals=LIVE, rules=PAID)
    await course.passes(days=1)
    await course.until(12)
    return course


async def until_open(course: Community) -> str:
    """To Wednesday 20:00; the code."""
    await course.passes(days=1)
    await course.until(20)
    return await code_of(course)


async def code_of(course: Community) -> str:
    codes = [found[1] for text in await course.said("chen", "staff") if (found := re.search(r"code: (\d{4})", text))]
    return codes[-1]


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10_000:04}"


async def outage(course: Community, **length: float) -> None:
    """Nothing runs for so long."""
    await course.is_away(**length)
    await course.comes_back()


async def leaves(course: Community, who: str) -> None:
    actor = course.actor(who)
    address = course.address()
    gone = MemberLeft(key=EventKey(f"local:gone:{who}"), at=course.now, actor=actor, address=address)
    await course.run.app.sink([gone])
    await course.settle()


async def test_where_the_course_has_a_place_for_questions_each_stands_there_without_a_name(open_community) -> None:
    live: Community = await open_community(course=QUESTIONS, rituals=LIVE, rules=PAID)
    await live.types("ada", f"/ask live {QUESTION}")
    [filed] = await live.said("ben", "questions")
    assert QUESTION in filed
    assert "#1" in filed
    assert "Ada" not in filed
    await live.types("ada", "/ask live drop 1")
    [filed] = await live.said("ben", "questions")
    assert "Question 1 was withdrawn" in filed
    assert QUESTION not in filed


async def test_what_stands_of_a_forgotten_persons_questions_goes_and_no_row_has_the_words(open_community) -> None:
    live: Community = await open_community(course=QUESTIONS, rituals=LIVE)
    await live.types("ada", f"/ask live {QUESTION}")
    await live.types("ben", "/ask live And how do I end?")
    await live.types("ada", "/forget", room=live.alone)
    await live.presses("ada", "Yes, forget me", room=live.alone)
    filed = "\n".join(await live.said("ben", "questions"))
    assert "Question 1 was withdrawn" in filed
    assert "And how do I end?" in filed
    assert QUESTION not in filed
    kept = str([row.message for row in await live.rows(select(outbox))])
    assert "And how do I end?" in kept
    assert QUESTION not in kept


async def test_who_is_forgotten_before_there_was_a_place_for_questions_leaves_no_notice_there(open_community) -> None:
    bare = COURSE.replace("spaces:", "spaces:\n  - {id: questions, kind: questions}")
    live: Community = await open_community(course=bare, rituals=LIVE)
    await live.types("ada", f"/ask live {QUESTION}")
    live.rewrites(course=QUESTIONS, rituals=LIVE)
    await live.types("chen", "/reload", room="staff")
    await live.types("ada", "/forget", room=live.alone)
    await live.presses("ada", "Yes, forget me", room=live.alone)
    assert await live.said("ben", "questions") == []


@pytest.mark.needs("deletions")
async def test_a_question_made_from_a_message_is_withdrawn_when_the_message_is_deleted(open_community) -> None:
    live: Community = await open_community(course=QUESTIONS, rituals=LIVE, rules=PAID)
    number = await live.types("ada", QUESTION)
    await live.types("lin", "/live ask", reply_to=number)
    assert await live.points("ada") == 3
    await live.deletes("ada", number)
    assert await live.points("ada") == 0
    [filed] = await live.said("ben", "questions")
    assert "Question 1 was withdrawn" in filed
    assert QUESTION not in await live.answer("lin", "/live", room="staff")


# --- the course of a session ------------------------------------------------------------------------------------------


async def test_a_session_from_announcement_to_report(live: Community) -> None:
    await live.until(20)
    await live.types("ada", f"/ask live {QUESTION}")
    await live.until(19)
    await live.until(20)
    code = await code_of(live)
    await live.passes(minutes=5)
    await live.types("ada", f"/here {code}")
    await live.passes(minutes=1)
    await live.types("mia", f"/here {code}")
    await live.until(21, 16)
    about = "Topic: How to write titles\nhttps://live.example.org/room?a=1"
    said = "\n\n".join(text for text in await live.said("ben") if not text.startswith("Check-in"))
    assert said == (
        f"Live Q&A: Wed, 3 Mar, 20:00 to 21:00\n{about}\n"
        "Ask beforehand what you would like to hear about: /ask live your question\n\n"
        f"Live Q&A at 20:00: 1 question so far\n{about}\n1. Ada: {QUESTION}\n"
        "To vote for what you would like to hear: /live\nAnything to add? /ask live your question\n\n"
        f"The live Q&A begins now!\n{about}\n"
        "Mark your attendance by 21:15: send /here and the four digits that are said in the session.\n"
        "A question while you listen? /ask live your question\n\n"
        "The live Q&A is over. Thank you all!\n2 members attended.\n1 question was asked.\n"
        "If you were there and have not said so: /here and the code, until 21:15.\n\n"
        f"What was answered in the live Q&A of Wed, 3 Mar\nLeft open:\n1. {QUESTION}\n"
        "The one left open goes on to the next session, with its votes."
    )
    assert await live.said("chen", "staff") == [
        f"Attendance code: {code}. Say it in the session; it works until 21:15.",
        (
            f"Live Q&A of Wed, 3 Mar\n2 members attended.\n1 question was asked.\n1. Ada: {QUESTION}\n{LEFT_OPEN}\n"
            "There were: Ada, Mia"
        ),
    ]


async def test_the_link_can_be_followed(live: Community) -> None:
    await live.until(20)
    (announced,) = [message for message in await live.messages("ben") if message.author == "bot"][-1:]
    assert [span.text for span in announced.body if span.style == "link"] == ["https://live.example.org/room?a=1"]


async def test_it_speaks_chinese(open_community) -> None:
    course = await open_community(rituals=LIVE, course=COURSE.replace("language: en", "language: zh-CN"))
    await course.passes(days=1)
    assert "记下了，第 1 号问题。\n下一场直播答疑：3月3日 周三 20:00–21:00" in await course.answer(
        "ada", "/ask 直播：标题怎么写才不空？"
    )
    await course.until(20)
    assert (await course.said("ben"))[-1].startswith("直播答疑：3月3日 周三 20:00–21:00\n话题：标题怎么写\n")
    await course.until(19)
    assert (await course.said("ben"))[-1].startswith("20:00 直播答疑，已收到 1 个问题：\n")
    assert (
        "1. Ada：标题怎么写才不空？\n想听哪个，发 /live 点 👍。\n还有想问的，接着提" in (await course.said("ben"))[-1]
    )
    await course.until(20)
    (code,) = re.findall(r"直播签到码：(\d{4})", "".join(await course.said("chen", "staff")))
    assert await course.answer("ada", f"/直播签到 {code}") == (
        "签到成功，欢迎来听！\n小提醒：群里发的签到码大家都看得到。下次能私聊我的话，请私聊发。"
    )
    assert "签到请写成：/here 签到码" in await course.answer("ben", "直播签到")
    await course.until(21, 15)
    closed, minutes = (await course.said("ben"))[-2:]
    assert "直播答疑结束，谢谢大家！\n1 人签到\n收到 1 个问题" in closed
    assert minutes == (
        "3月3日 周三 直播答疑记录\n还没讲到：\n1. 标题怎么写才不空？\n没讲到的 1 个问题连同票数转到下一场。"
    )
    assert (await course.said("chen", "staff"))[-1].startswith("3月3日 周三 直播答疑小结\n1 人签到\n")


async def test_without_announcement_and_agenda_it_just_begins(open_community) -> None:
    rituals = LIVE + "  announce_before: 0s\n  agenda_before: 0s\n  lasts: 30m\n"
    course = await open_community(rituals=rituals)
    await course.passes(days=2)
    await course.until(20, 30)
    assert [text.split("\n")[0] for text in await course.said("ben") if "ive Q&A" in text] == [
        "The live Q&A begins now!",
        "The live Q&A is over. Thank you all!",
    ]


async def test_where_nobody_asked_the_agenda_invites(live: Community) -> None:
    await live.passes(days=1)
    await live.until(19)
    assert (await live.said("ben"))[-1].startswith("Live Q&A at 20:00: no questions yet\nIt is not too late.")
    await live.until(21)
    assert (await live.said("ben"))[-1].startswith("The live Q&A is over. Thank you all!\nIf you were there")


async def test_one_session_in_two_spaces_has_one_list_and_one_code(open_community) -> None:
    two = COURSE.replace("spaces:\n", "spaces:\n  - {id: books, kind: interest, local: books}\n")
    course = await open_community(rituals=LIVE + "  spaces: [main, books]\n", course=two)
    await course.passes(days=2)
    await course.types("ada", "/ask live What is asked in main?")
    await course.types("ben", "/ask live What is asked in books?", room="books")
    await course.until(19, 1)
    (in_main,) = [text for text in await course.said("ada") if text.startswith("Live Q&A at")]
    (in_books,) = [text for text in await course.said("ada", "books") if text.startswith("Live Q&A at")]
    assert in_main == in_books
    assert "1. Ada: What is asked in main?\n2. Ben: What is asked in books?" in in_main
    await course.until(20)
    code = await code_of(course)
    await course.types("ada", f"/here {code}")
    assert "You are marked" in await course.answer("ben", f"/here {code}", room="books")
    await course.until(21, 20)
    for room in ("main", "books"):
        (closed,) = [text for text in await course.said("mia", room) if "is over" in text]
        assert "2 members attended." in closed
    assert len(await course.said("chen", "staff")) == 2  # the code and the report, once each


# --- outages ----------------------------------------------------------------------------------------------------------


async def test_an_opening_that_is_late_counts_from_when_it_should_have_been(live: Community) -> None:
    await live.passes(days=1)
    await live.until(19, 30)
    await outage(live, minutes=50)
    assert (await live.said("ben"))[-1].startswith("The live Q&A begins now!")
    code = await code_of(live)
    await live.types("ada", f"/here {code}")
    assert await live.points("ada") == 0  # twenty minutes after the beginning
    await live.passes(minutes=40)
    assert (await live.said("ben"))[-1].startswith("The live Q&A is over.")


async def test_what_was_asked_for_a_session_that_never_was_waits_for_the_next(live: Community) -> None:
    await live.types("ada", f"/ask live {QUESTION}")
    await live.until(19, 30)
    await live.until(19, 30)
    await outage(live, hours=3)
    said = await live.said("ben")
    assert not any("begins" in text or "over" in text for text in said)
    assert not any("code" in text or "of Wed" in text for text in await live.said("chen", "staff"))
    assert "Wed, 10 Mar, 20:00 to 21:00" in await live.answer("ada", "/live")
    await live.passes(days=6)
    await live.until(19, 1)
    assert f"1. Ada: {QUESTION}" in (await live.said("ben"))[-1]


async def test_an_end_that_comes_late_thanks_without_asking_for_what_is_over(live: Community) -> None:
    code = await until_open(live)
    await live.types("ada", f"/here {code}")
    await outage(live, hours=5)
    assert (await live.said("ben"))[-1] == "The live Q&A is over. Thank you all!\n1 member attended."
    assert (await live.said("chen", "staff"))[-1].endswith("1 member attended.\nThere were: Ada")


async def test_a_restart_changes_neither_the_code_nor_the_list(open_community) -> None:
    course = await open_community(rituals=LIVE, rules=PAID)
    await course.passes(days=1)
    await course.types("ada", f"/ask live {QUESTION}")
    code = await until_open(course)
    course = await open_community(rituals=LIVE, rules=PAID)
    assert await code_of(course) == code
    assert "You are marked" in await course.answer("ada", f"/here {code}")
    await course.until(21, 16)
    assert "1 question was asked." in (await course.said("chen", "staff"))[-1]


async def test_files_that_change_in_the_session_leave_it_its_end(live: Community) -> None:
    code = await until_open(live)
    live.rewrites(rules=PAID, rituals=LIVE + "  announce_before: 0s\n  lasts: 30m\n")
    await live.types("chen", "/reload", room="staff")
    assert "You are marked" in await live.answer("ada", f"/here {code}")
    await live.passes(hours=1, minutes=20)
    assert len([text for text in await live.said("ben") if "is over" in text]) == 1


# --- asking -----------------------------------------------------------------------------------------------------------


async def test_a_question_is_numbered_told_to_its_asker_only_and_earns_what_rules_say(live: Community) -> None:
    answer = await live.answer("ada", f"/ask live {QUESTION}")
    assert answer == ("Noted: your question is number 1.\nThe next live Q&A: Wed, 3 Mar, 20:00 to 21:00.\n+2 points")
    assert not any("Noted" in text for text in await live.said("ben"))
    assert "number 2" in await live.answer("ben", "/ask LIVE Another one?")


async def test_the_same_question_again_is_not_taken_twice(live: Community) -> None:
    await live.types("ada", f"/ask live {QUESTION}")
    assert (
        await live.answer("ada", f"/ask live   {QUESTION.upper()} ") == "You have asked this already: it is number 1."
    )
    assert "Somebody asks much the same, number 1" in await live.answer("ben", f"/ask live {QUESTION}")
    assert await live.points("ada") == 2


async def test_numbers_in_a_question_make_it_another(live: Community) -> None:
    await live.types("ada", "/ask live What exactly is asked of us in lesson 3?")
    assert "number 2" in await live.answer("ada", "/ask live What exactly is asked of us in lesson 4?")


async def test_one_member_asks_ten_questions_at_most_for_a_session(live: Community) -> None:
    for number in range(10):
        await live.types("ada", f"/ask live Question of mine, number {number}?")
    assert (await live.answer("ada", "/ask live And one more?")).startswith("You may ask up to 10 questions")
    assert "taken back" in await live.answer("ada", "/ask live drop 4")
    assert "number 11" in await live.answer("ada", "/ask live And one more?")


async def test_one_takes_back_only_ones_own_question_and_what_it_earned(live: Community) -> None:
    await live.types("ada", f"/ask live {QUESTION}")
    assert await live.answer("ben", "/ask live drop 1") == "You have no question number 1. /live shows yours."
    assert await live.answer("ada", "/ask live drop #1") == "Question 1 is taken back."
    assert await live.points("ada") == 0
    assert await live.answer("ada", "/ask live 撤回 1") == "You have no question number 1. /live shows yours."
    await live.types("ada", "/ask live Drop 3 words or keep them all?")
    await live.until(19)
    await live.until(19)
    assert "1 question so far" in (await live.said("ben"))[-1]
    assert "2. Ada: Drop 3 words" in (await live.said("ben"))[-1]


async def test_the_button_takes_back_its_own_question_even_a_session_later(live: Community) -> None:
    await live.types("ada", f"/ask live {QUESTION}")
    await live.passes(days=2)
    await live.types("ben", "/ask live A question for next week?")
    assert await live.presses("ada", "Take it back") == "Question 1 is taken back."
    assert await live.presses("ada", "Take it back") == "You have no question number 1. /live shows yours."
    assert "A question for next week?" in await live.answer("ben", "/live")


async def test_a_question_during_the_session_is_for_this_one(live: Community) -> None:
    await until_open(live)
    answer = await live.answer("ada", f"/ask live {QUESTION}")
    assert answer.startswith("Noted: your question is number 1.\nThe live Q&A is on right now.")
    await live.until(21)
    assert "Wed, 10 Mar" in await live.answer("ada", "/ask live And for the next one?")
    await live.until(21, 16)
    report = (await live.said("chen", "staff"))[-1]
    assert QUESTION in report
    assert "next one" not in report


async def test_a_question_that_reaches_us_after_the_end_counts_for_when_it_was_asked(live: Community) -> None:
    code = await until_open(live)
    await live.posts("ada", f"/ask live {QUESTION}")
    await live.posts("ada", f"/here {code}")
    events = await live.withheld()
    await live.until(21, 10)
    await live.run.app.sink(events)
    await live.until(21, 16)
    report = (await live.said("chen", "staff"))[-1]
    assert "1. Ada: How do I find" in report
    assert report.endswith("There were: Ada")


async def test_who_has_left_is_on_no_list(live: Community) -> None:
    await live.types("ada", f"/ask live {QUESTION}")
    await live.types("ben", "/ask live Who is still here?")
    await leaves(live, "ada")
    await live.until(19)
    await live.until(19)
    assert "1 question so far" in (await live.said("ben"))[-1]
    assert "Ada" not in (await live.said("ben"))[-1]


async def test_the_agenda_shows_twelve_and_shortens_what_is_long(live: Community) -> None:
    for number in range(15):
        await live.welcomes(f"p{number}", f"P{number}")
        await live.types(f"p{number}", f"/ask live {number} {'很长的问题' * 30}")
    await live.until(19)
    await live.until(19)
    lines = (await live.said("ben"))[-1].split("\n")
    assert lines[0] == "Live Q&A at 20:00: 15 questions so far"
    assert [line.partition(".")[0] for line in lines[3:-3]] == [str(n) for n in range(1, 13)]
    assert all(line.endswith("…") and len(line) < 60 for line in lines[3:-3])
    assert lines[-3] == "And 3 more."
    assert "/live" in lines[-2]  # where to vote


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("/ask live " + "字" * 501, "A question may have at most 500 characters."),
        ("/ask live " + "字" * 100_000, "A question may have at most 500 characters."),
        ("/ask live drop 99999999999999999999", "Noted"),
        ("/ask live {name} %s **x** `/here`", "Noted"),
    ],
)
async def test_what_is_asked_is_taken_or_refused_kindly(live: Community, text: str, says: str) -> None:
    assert (await live.answer("ada", text)).startswith(says)


@pytest.mark.parametrize("text", ["/live ask", "/ask live", "/ask live \u200b\u3164", "直播提问"])
async def test_who_asks_nothing_is_asked_for_a_question(live: Community, text: str) -> None:
    assert (await live.asked_for("ada", text)).startswith("What would you like to ask at the live Q&A?")


@pytest.mark.parametrize("text", ["/ask Why?", "/ask 直播怎么开通"])
async def test_what_may_be_no_question_for_the_session_is_not_taken_for_one(live: Community, text: str) -> None:
    await live.types("ada", text)
    assert "Ask beforehand what you would like to hear about" in await live.answer("ada", "/live")


async def test_hostile_questions_stand_on_one_line_as_they_are(live: Community) -> None:
    for text in ("a\u202eb\nc", "**bold** {name} `x`", "<b>1</b>'; drop table live_question; --", "Z" + "\u0301" * 300):
        assert "Noted" in await live.answer("ada", f"/ask live {text}")
    await live.until(19)
    await live.until(19)
    lines = (await live.said("ben"))[-1].split("\n")
    assert lines[3:6] == [
        "1. Ada: ab c",
        "2. Ada: **bold** {name} `x`",
        "3. Ada: <b>1</b>'; drop table live_question; --",
    ]
    assert len(lines) == 9  # and how to add one, and how to vote


async def test_a_course_without_live_sessions_says_so(course: Community) -> None:
    assert await course.answer("ada", f"/ask live {QUESTION}") == "This course has no live Q&A sessions."
    assert await course.answer("ada", "/live") == "This course has no live Q&A sessions."


async def test_after_the_last_session_there_is_none(live: Community) -> None:
    await live.passes(days=10)
    assert await live.answer("ada", f"/ask live {QUESTION}") == "There are no more live Q&A sessions."


async def test_a_session_on_a_quiet_day_or_on_hold_is_not_the_next(open_community) -> None:
    quiet = COURSE + "quiet_days: {dates: [2027-03-03]}\n"
    course = await open_community(rituals=LIVE.replace("wednesday", "[wednesday, friday]"), course=quiet)
    assert "Fri, 5 Mar" in await course.answer("ada", "/live")
    await course.types("chen", "/pause live 2027-03-09", room="staff")
    assert "Wed, 10 Mar" in await course.answer("ada", "/live")


async def test_a_session_that_staff_move_is_announced_and_held_at_its_new_time(live: Community) -> None:
    await live.types("chen", "/postpone live 30m", room="staff")
    assert "Wed, 3 Mar, 20:30 to 21:30" in await live.answer("ada", "/live")
    await live.until(20, 30)
    assert (await live.said("ben"))[-1].startswith("Live Q&A: Wed, 3 Mar, 20:30 to 21:30\n")
    await live.passes(days=1)
    assert (await live.said("ben"))[-1].startswith("The live Q&A begins now!")


async def test_the_announcement_says_when_the_session_is_planned_now(live: Community) -> None:
    """Staff moved it by the database's rows alone, or the options changed after the rows were made."""
    moved = update(occurrence).where(occurrence.c.ritual == "live", occurrence.c.slot == OPEN)
    opens_at = live.now.replace(hour=20, minute=40) + timedelta(days=1)
    mine = moved.where(occurrence.c.local_date == opens_at.date()).values(due_at=opens_at, is_moved=True)
    await live.rows(mine.returning(occurrence.c.id))
    await live.until(20)
    assert (await live.said("ben"))[-1].startswith("Live Q&A: Wed, 3 Mar, 20:40 to 21:40\n")
    await live.until(19)
    assert (await live.said("ben"))[-1].startswith("Live Q&A at 20:40: no questions yet\n")


# --- attending --------------------------------------------------------------------------------------------------------


async def test_attendance_is_marked_once_by_the_code(live: Community) -> None:
    code = await until_open(live)
    assert await live.answer("ada", f"/here {code}", is_read_by_others=True) == (
        "You are marked as attending. Good to have you here!\nBy the way: everybody in the group can read the code you "
        "typed. Next time, send it to me in private if you can.\n+10 points"
    )
    assert await live.answer("ada", f"/here {code}") == "Your attendance is marked already. Enjoy the session!"
    assert await live.points("ada") == 10
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert "You are marked" in await live.answer("ben", f"/here {wide}")


async def test_attendance_counts_until_a_quarter_of_an_hour_after_the_end(live: Community) -> None:
    code = await until_open(live)
    await live.until(21, 14)
    assert "You are marked" in await live.answer("ada", f"/here {code}")
    await live.until(21, 15)
    assert await live.answer("ben", f"/here {code}") == (
        "There is no live Q&A right now. /live tells when the next one is."
    )


async def test_before_the_session_there_is_nothing_to_attend(live: Community) -> None:
    assert "There is no live Q&A right now." in await live.answer("ada", "/here 1234")


async def test_five_wrong_codes_are_enough(live: Community) -> None:
    code = await until_open(live)
    wrong = other_than(code)
    answers = [await live.answer("ada", f"/here {wrong}") for _ in range(6)]
    assert answers[0].endswith("you have 4 more tries.")
    assert answers[3].endswith("you have 1 more try.")
    assert answers[4] == answers[5]
    assert answers[4].startswith("5 codes were wrong")
    assert await live.answer("ada", f"/here {code}") == answers[5]
    assert "You are marked" in await live.answer("ben", f"/here {code}")
    assert not any("code" in text for text in (await live.said("ben")) if "not the code" in text)


@pytest.mark.parametrize("text", ["", "12345", "12 34", "abcd", "-123", "字" * 50_000, "１２３"])
async def test_what_cannot_be_a_code_costs_no_try(live: Community, text: str) -> None:
    code = await until_open(live)
    for _ in range(6):
        assert (await live.answer("ada", f"/here {text}")).startswith("Send it with the four digits")
    assert "You are marked" in await live.answer("ada", f"/here {code}")


async def test_staff_mark_who_could_not(live: Community) -> None:
    await until_open(live)
    await live.types("ada", "hello everybody")
    assert await live.answer("lin", "/live mark Ada", room="staff") == "Ada is marked as attending."
    assert await live.answer("lin", "/live mark @ada", room="staff") == "Ada is marked as attending already."
    assert await live.points("ada") == 10
    assert "marked #" in await live.answer("chen", "/audit", room="staff")
    assert "Good to have" not in "".join(await live.said("ben"))


async def test_a_student_marks_nobody(live: Community) -> None:
    await until_open(live)
    await live.types("ben", "/live mark Ben")
    assert await live.points("ben") == 0


# --- /live ------------------------------------------------------------------------------------------------------------


async def test_students_see_the_next_session_and_what_they_asked(live: Community) -> None:
    await live.types("ada", f"/ask live {QUESTION}")
    await live.types("ben", "/ask live Something private to Ben?")
    assert await live.answer("ada", "/live") == (
        "The next live Q&A: Wed, 3 Mar, 20:00 to 21:00.\nTopic: How to write titles\n"
        f"https://live.example.org/room?a=1\nYour questions:\n1. {QUESTION}\n"
        "To take one back: /ask live drop NUMBER, such as /ask live drop 1\n"
        "What others ask (👍 what you would like to hear):\n2. Something private to Ben?"
    )
    assert await live.answer("mia", "直播答疑") == (
        "The next live Q&A: Wed, 3 Mar, 20:00 to 21:00.\nTopic: How to write titles\n"
        "https://live.example.org/room?a=1\n"
        "Ask beforehand what you would like to hear about: /ask live your question\n"
        f"What others ask (👍 what you would like to hear):\n1. {QUESTION}\n2. Something private to Ben?"
    )


async def test_during_the_session_it_tells_how_to_attend_but_never_the_code(live: Community) -> None:
    code = await until_open(live)
    for who in ("ada", "lin"):
        answer = await live.answer(who, "/live")
        assert answer.startswith("The live Q&A is on until 21:00\n")
        assert "Mark your attendance by 21:15" in answer
        assert code not in answer
    await live.types("ada", f"/here {code}")
    assert "Your attendance is marked ✓" in await live.answer("ada", "/live")


async def test_staff_see_in_their_room_how_it_stands(live: Community) -> None:
    await live.types("ada", f"/ask live {QUESTION}")
    state = await live.answer("lin", "/live", room="staff")
    assert f"1 question so far\n1. Ada: {QUESTION}\n" in state
    assert state.endswith("/live drop 5.")
    code = await until_open(live)
    await live.types("ben", f"/here {code}")
    state = await live.answer("chen", "/live", room="staff")
    assert f"Attendance code: {code}. Say it in the session; it works until 21:15." in state
    assert "1 member has marked attendance.\n1 question so far" in state


# --- the file ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ("link: ftp://x.example.org", "should be an address that begins with http:// or https://"),
        ("link: javascript:alert(1)", "should be an address that begins with http:// or https://"),
        ("link: https://a.example.org/ b", "should be an address that begins with http:// or https://"),
        ("lasts: 0s", "should be more than 0"),
        ("agenda_before: 2d", "has to come after the announcement"),
        ("agenda_before: 1d", "has to come after the announcement"),
        ("topics: x", "did you mean topic"),
    ],
)
def test_wrong_options_are_told_with_their_place(tmp_path: Path, shell: Shell, option: str, says: str) -> None:
    rituals = f"live:\n  every: wednesday\n  at: 20:00\n  do: live_qa\n  {option}\n"
    assert shell("check", write_course(tmp_path / "writing", rituals=rituals)) == 1
    (problem,) = [line for line in shell.out.splitlines() if "rituals.yaml:5:" in line]
    assert says in problem


def test_the_usual_agenda_does_not_come_with_the_announcement(tmp_path: Path, shell: Shell) -> None:
    rituals = "live:\n  every: wednesday\n  at: 20:00\n  do: live_qa\n  announce_before: 1h\n"
    assert shell("check", write_course(tmp_path / "one", rituals=rituals)) == 1
    assert "has to come after the announcement" in shell.out
    assert shell("check", write_course(tmp_path / "two", rituals=rituals + "  agenda_before: 0s\n")) == 0
    both = rituals.replace("announce_before: 1h", "announce_before: 0s\n  agenda_before: 0s")
    assert shell("check", write_course(tmp_path / "three", rituals=both)) == 0


def test_the_preview_shows_every_step(tmp_path: Path, shell: Shell) -> None:
    folder = write_course(tmp_path / "writing", rituals=LIVE)
    assert shell("preview", folder, "--days", "2", "--from", "2027-03-02") == 0
    assert [line[:16] + line[45:] for line in shell.lines] == [
        "2027-03-02 20:00 announces the live Q&A and asks for questions",
        "2027-03-03 19:00 lists the questions for the live Q&A",
        "2027-03-03 20:00 opens the live Q&A; the staff room gets the attendance code",
        "2027-03-03 21:00 closes the live Q&A with thanks",
        "2027-03-03 21:15 gives the staff room the questions and who attended",
    ]


async def test_a_report_counts_what_was_asked_and_who_came(open_community) -> None:
    rituals = LIVE + "weekly:\n  every: sunday\n  at: 21:30\n  do: report\n  period: week\n"
    course = await open_community(rituals=rituals)
    await course.types("ada", f"/ask live {QUESTION}")
    await course.passes(days=1)
    code = await until_open(course)
    await course.types("ada", f"/here {code}")
    await course.types("ben", f"/here {code}")
    await course.types("mia", f"/here {other_than(code)}")
    await course.passes(days=4)
    await course.until(21, 31)
    (table,) = [dict(row[:2] for row in message.table) for message in await course.messages("ben") if message.table]
    assert (table["Live questions"], table["Live attendance"]) == ("1", "2")
