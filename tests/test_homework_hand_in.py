"""Handing in: by command, by reply, by form, by a tag in a post; the receipt, the versions, and what undoes them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.files import MAX_FILE
from bot.domain.messages import File
from bot.features.homework.store.tables import hand_in, submission
from tests.community import COURSE, RULES, Community
from tests.homework_course import GRADING, HOMEWORK, HOMEWORK_NOTE, HOMEWORK_WORKS, NOTE

pytestmark = pytest.mark.every_platform

CHINESE = COURSE.replace("language: en", "language: zh-CN")
PAID = RULES + (
    "handed_in:\n  when: homework.submitted\n  where: {late: false}\n  limit: {once_per: object}\n"
    "  then:\n    - award: 7\n"
)
WORK = "Three hundred yuan and a rented room"
OTHER = "I missed the last train twice this week"
PICTURE = File(name="ada.png", media_type="image/png", size=3, sha256="0" * 64)


async def opened(open_community, *, homework: str = HOMEWORK_NOTE, **files: str) -> Community:
    course: Community = await open_community(homework=homework, **files)
    await course.until(10)
    return course


async def kept(course: Community) -> list[tuple[int, str, bool]]:
    """Version, text and whether it is late, of all that was handed in."""
    query = select(submission.c.version, submission.c.text, submission.c.is_late).order_by(submission.c.id)
    return [tuple(row) for row in await course.rows(query)]


async def counts(course: Community) -> Any:
    """The version of the only hand-in that counts."""
    [row] = await course.rows(select(hand_in))
    return row.counts


async def told(course: Community, who: str = "ada") -> str:
    """The newest receipt that this person has seen."""
    return next(text for text in reversed(await course.said(who)) if text.startswith(("Got it", "It is the same")))


async def pressed(course: Community, label: str, who: str = "ada") -> str:
    """All that one is told after having pressed a button."""
    before = len(await course.said(who))
    return await course.presses(who, label) or "\n".join((await course.said(who))[before:])


async def counter(course: Community) -> str:
    return next(text for text in reversed(await course.said("ben")) if "handed in\nLatest" in text)


# --- it opens, it is due ----------------------------------------------------------------------------------------------


async def test_a_homework_opens_on_one_screen_of_a_phone_and_a_button_shows_the_rest(open_community) -> None:
    course = await opened(open_community)
    assert (await course.said())[-1] == (
        "New homework: Viral note (weekly task)\n"
        "Write a note and add its figures.\n"
        "Due: 2 Mar 22:00\n"
        "Until 2 Mar 22:10 it still counts as in time\n"
        "To hand in: press the button, put #homework in your post, or reply /submit to your own message."
    )


async def test_it_is_all_said_in_chinese(open_community) -> None:
    course = await opened(open_community, course=CHINESE)
    assert (await course.said())[-1] == (
        "新作业：爆款笔记（每周实操）\n"
        "写一篇小红书笔记，附上数据。\n"
        "截止：3月2日 22:00\n"
        "宽限到 3月2日 22:10，这之前交都算按时\n"
        "怎么交：点下面的按钮；或者发帖带上 #作业；也可以回复自己的消息，发“交作业”。"
    )
    assert await course.answer("ada", "/submit 三百块改造出租屋") == (
        "收到：爆款笔记，第 1 版（第 1 份）\n3月1日 10:00 交的，离截止还有 1 天 12 小时"
    )
    assert await course.answer("ada", "/homework") == (
        "我的作业\n⏳ 爆款笔记 · 第 1 版等批改，3月2日 10:00 前有回复（第 1 份）"
    )
    assert await course.answer("ada", "/homework 1") == (
        "第 1 份：爆款笔记\n第 1 版 3月1日 10:00（算数）：三百块改造出租屋\n等批改，3月2日 10:00 前有回复"
    )


async def test_a_day_before_the_deadline_everybody_reads_how_many_are_there(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", f"/submit {WORK}")
    await course.until(22)
    assert (await course.said("ben"))[-1] == ("Viral note is due in 1 day: 2 Mar 22:00\n1 handed in so far")


async def test_at_the_deadline_it_is_said_who_still_can(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", f"/submit {WORK}")
    await course.until(22)
    await course.until(22)
    assert (await course.said("ben"))[-1] == (
        "Viral note is due now\n1 handed in on time. Well done 👏\n"
        "Not done yet? Until 2 Mar 22:10 it still counts as in time\n"
        "Late work is taken until 5 Mar 22:00, and loses 10% for each 1 day, at most 50%"
    )


async def test_a_homework_of_which_nobody_heard_in_time_is_still_posted_and_a_closed_one_is_not(open_community) -> None:
    course: Community = await open_community(homework=HOMEWORK_WORKS)
    await course.until(8, 45)
    await course.is_away(days=3)
    await course.comes_back()
    said = await course.said()
    assert [text.splitlines()[0] for text in said if text.startswith("New homework")] == [
        "New homework: Viral note (weekly task)"
    ]
    assert not [text for text in said if "is due" in text]


# --- the ways to hand in ----------------------------------------------------------------------------------------------


async def test_a_command_with_a_text_hands_it_in(open_community) -> None:
    course = await opened(open_community, rules=PAID)
    assert await course.answer("ada", f"/submit {WORK}") == (
        "Got it: Viral note, version 1 (No. 1)\nHanded in 1 Mar 10:00, 1 day 12 hours before the deadline\n+7 points"
    )
    assert await kept(course) == [(1, WORK, False)]


@pytest.mark.parametrize("said", ["/submit", "交作业", "Hand in!"])
async def test_a_reply_to_ones_own_message_hands_that_in(open_community, said: str) -> None:
    course = await opened(open_community)
    number = await course.types("ada", WORK)
    await course.types("ada", said, reply_to=number)
    assert "version 1" in await told(course)
    assert await kept(course) == [(1, WORK, False)]


async def test_anothers_message_is_not_handed_in(open_community) -> None:
    course = await opened(open_community)
    number = await course.types("ben", WORK)
    await course.types("ada", "/submit", reply_to=number)
    assert (await course.said("ada"))[-1] == (
        "You can only hand in your own work: reply /submit to a message of yours."
    )
    before = len(await course.said("ada"))
    await course.types("ada", "交作业", reply_to=number)  # a word among students, no command
    assert len(await course.said("ada")) == before
    assert await kept(course) == []


@pytest.mark.parametrize("tag", ["#作业", "＃作业", "#homework", "#HomeWork", "#作业#"])
async def test_a_post_with_the_tag_is_handed_in_without_it(open_community, tag: str) -> None:
    course = await opened(open_community)
    await course.types("ada", f"{tag} {WORK}")
    assert (await told(course)).startswith("Got it: Viral note, version 1 (No. 1)\n")
    await course.types("ben", f"{OTHER}\n{tag}")
    assert await kept(course) == [(1, WORK, False), (1, OTHER, False)]


@pytest.mark.parametrize("text", ["作业太难了", "#作业本 买好了", "no#homework today", "https://a.example/x#作业"])
async def test_a_post_without_the_tag_is_no_homework(open_community, text: str) -> None:
    course = await opened(open_community)
    before = len(await course.said("ada"))
    await course.types("ada", text)
    assert await kept(course) == []
    assert len(await course.said("ada")) == before


async def test_what_staff_post_with_the_tag_is_no_homework(open_community) -> None:
    course = await opened(open_community)
    await course.types("lin", f"#作业 {WORK}")
    assert await kept(course) == []


async def test_the_form_asks_for_the_work_of_the_only_one_that_is_open(open_community) -> None:
    course = await opened(open_community)
    assert "Send me your work." in await course.asked_for("ada", "/submit")


async def test_the_form_asks_which_where_there_are_several_and_none_was_named(open_community) -> None:
    course = await opened(open_community, homework=HOMEWORK_WORKS)
    assert "Which homework is it?" in await course.asked_for("ada", "/submit")


async def test_the_post_counts_who_has_handed_in_and_is_never_said_twice(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", f"#作业 {WORK}")
    await course.types("ben", f"#作业 {OTHER}")
    assert await counter(course) == (
        "Viral note: 2 handed in\nLatest: #2 Ben (version 1), #1 Ada (version 1)\n"
        "Due: 2 Mar 22:00\nUntil 2 Mar 22:10 it still counts as in time"
    )
    assert len([text for text in await course.said("mia") if "handed in\nLatest" in text]) == 1


# --- what it is for ---------------------------------------------------------------------------------------------------


async def test_of_several_the_one_is_meant_that_is_named_by_id_or_title(open_community) -> None:
    course = await opened(open_community, homework=HOMEWORK_WORKS)
    assert "Viral note, version 1 (No. 1)" in await course.answer("ada", f"/submit note {WORK}")
    assert "Viral note, version 2 (No. 1)" in await course.answer("ada", f"/submit 爆款笔记：{OTHER}")
    await course.types("ben", f"#作业 Viral note {WORK}")
    assert await kept(course) == [(1, WORK, False), (2, OTHER, False), (1, WORK, False)]


LINK = f"{WORK} https://example.org/note"


async def test_where_it_is_not_said_which_the_work_waits_and_counts_by_its_own_time(open_community) -> None:
    course = await opened(open_community, homework=HOMEWORK_WORKS)
    assert await course.answer("ada", f"/submit {LINK}") == (
        "Which homework is it for? Press one to hand it in; the time you sent it is what counts."
    )
    assert await kept(course) == []
    await course.passes(hours=37)  # past the deadline of one of them
    assert "Handed in 1 Mar 10:00, 1 day 12 hours before" in await pressed(course, "Viral note")
    assert await kept(course) == [(1, LINK, False)]
    assert "handed in already, or waited too long" in await pressed(course, "Viral note")


async def test_a_work_that_nobody_placed_is_forgotten_after_two_days(open_community) -> None:
    course = await opened(open_community, homework=HOMEWORK_WORKS)
    await course.types("ada", f"/submit {LINK}")
    await course.passes(days=2, minutes=1)
    assert "waited too long" in await pressed(course, "Draw a cover")
    assert await kept(course) == []


async def test_what_only_one_of_several_takes_needs_no_question(open_community) -> None:
    course = await opened(open_community, homework=HOMEWORK_WORKS)
    assert "Got it: Viral note" in await course.answer("ada", f"/submit {WORK}")
    assert await kept(course) == [(1, WORK, False)]


async def test_a_work_with_the_tag_may_be_written_to_the_bot_alone(open_community) -> None:
    course = await opened(open_community, homework=HOMEWORK_NOTE)
    heard = await course.answer("ada", f"#homework {WORK}", room=course.alone)
    assert "Got it: Viral note" in heard
    assert await kept(course) == [(1, WORK, False)]


async def test_where_nothing_is_open_it_is_said_what_comes_next(open_community) -> None:
    course: Community = await open_community(homework=HOMEWORK_NOTE)
    assert await course.answer("ada", f"/submit {WORK}") == (
        "There is nothing to hand in now. Next: “Viral note”, from 1 Mar 09:00."
    )
    await course.passes(days=8)
    assert await course.answer("ada", f"/submit {WORK}") == "There is nothing to hand in now."


async def test_a_quiz_is_started_and_never_handed_in(open_community) -> None:
    course = await opened(open_community, homework=HOMEWORK)
    await course.until(21)
    assert await course.answer("ada", f"/submit quiz_1 {WORK}") == "“Quiz one” is a quiz. Start it here:"


# --- what may be handed in --------------------------------------------------------------------------------------------


async def test_pictures_come_as_one(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", f"#作业 {WORK}", files=[PICTURE, PICTURE])
    [row] = await course.rows(select(submission))
    assert (row.version, row.text, len(row.files)) == (1, WORK, 2)


async def test_files_without_words_after_a_version_with_words_are_taken_with_a_warning(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", f"#作业 {WORK}")
    await course.types("ada", "#作业", files=[PICTURE])
    assert "This version is files only, without your words. To let version 1 count, press the button" in await told(
        course
    )
    assert await pressed(course, "Use version 1") == "Done: version 1 of No. 1 counts now."
    assert "#1 Ada (version 1)" in await counter(course)
    await course.types("ada", f"#作业 {OTHER}", files=[PICTURE])
    assert "files only" not in await told(course)


async def test_where_words_are_asked_for_files_alone_are_taken_with_a_warning(open_community) -> None:
    course = await opened(open_community, homework=HOMEWORK_NOTE + "  length: {at_least: 20}\n")
    await course.types("ada", "#作业", files=[PICTURE])
    assert "There are no words in this version." in await told(course)
    await course.types("ben", f"#作业 {WORK}", files=[PICTURE])
    assert "no words" not in await told(course, "ben")


async def test_what_a_homework_does_not_take_is_refused_with_what_it_takes(open_community) -> None:
    course = await opened(open_community, homework=HOMEWORK_WORKS)
    assert await course.answer("ada", f"/submit draw {WORK}") == (
        "This homework takes no text. It takes: link, photo, file."
    )
    assert "Draw a cover, version 1 (No. 1)" in await course.answer("ada", "/submit draw https://example.org/cover.png")


# --- by the deadline --------------------------------------------------------------------------------------------------


async def moves_to(course: Community, at: datetime) -> None:
    await course.passes(seconds=(at - course.now).total_seconds())


async def test_the_last_second_is_in_time_and_the_next_one_is_late(open_community) -> None:
    course = await opened(open_community)
    await moves_to(course, datetime.fromisoformat("2027-03-02T22:00:00+00:00"))
    assert "right on the deadline: in time" in await course.answer("ada", "/submit At the deadline")
    await moves_to(course, datetime.fromisoformat("2027-03-02T22:10:00+00:00"))
    assert "within the extra time, so it is in time" in await course.answer("ben", "/submit With the grace")
    await course.passes(seconds=1)
    assert await course.answer("mia", "/submit One second late") == (
        "Got it: Viral note, version 1 (No. 3)\n"
        "Handed in 2 Mar 22:10, 10 minutes 1 second late\nIt loses 10% for being late"
    )
    assert [row[2] for row in await kept(course)] == [False, False, True]


@pytest.mark.parametrize(
    ("starts", "ends", "limit"),
    [
        ("2027-03-27", "2027-03-31", "2027-03-28T01:30:00+00:00"),  # 02:30 in summer time, an hour after the gap
        ("2027-10-30", "2027-11-03", "2027-10-31T02:30:00+00:00"),  # 02:30, an hour after what was shown twice
    ],
)
async def test_the_deadline_holds_to_the_second_in_the_night_when_the_clock_changes(
    open_community, starts: str, ends: str, limit: str
) -> None:
    dates = COURSE.replace("2027-03-01", starts).replace("2027-03-14", ends)
    night = GRADING + NOTE.replace("due: {day: 2, at: 22:00}", "due: {day: 2, at: 02:30}").replace(
        "grace: 10m", "grace: 0s"
    ).replace("late: {accepted_for: 3d, loses: 10, per: 1d, at_most: 50}", "late: refused")
    course: Community = await open_community(course=dates, homework=night)
    await moves_to(course, datetime.fromisoformat(limit))
    assert "right on the deadline" in await course.answer("ada", f"/submit {WORK}")
    await course.passes(seconds=1)
    assert "takes nothing more" in await course.answer("ben", f"/submit {OTHER}")
    assert await kept(course) == [(1, WORK, False)]


async def test_what_was_posted_in_time_is_in_time_however_late_it_reaches_us(open_community) -> None:
    course = await opened(open_community)
    await moves_to(course, datetime.fromisoformat("2027-03-02T22:10:00+00:00"))
    await course.posts("ada", f"#作业 {WORK}")
    held = await course.withheld()
    await course.passes(hours=2)
    await course.run.app.sink(held)
    await course.settle()
    assert await kept(course) == [(1, WORK, False)]
    assert "within the extra time" in await told(course)


# --- versions ---------------------------------------------------------------------------------------------------------


async def test_the_same_again_is_no_new_version(open_community) -> None:
    course = await opened(open_community, rules=PAID)
    await course.types("ada", f"/submit {WORK}")
    assert await course.answer("ada", f"/submit   {WORK} ") == (
        "This is the same as version 1, which I have already: Viral note (No. 1)\n"
        "Handed in 1 Mar 10:00, 1 day 12 hours before the deadline"
    )
    assert await kept(course) == [(1, WORK, False)]
    assert await course.points("ada") == 7


async def test_two_devices_hand_in_at_once_and_both_versions_are_kept(open_community) -> None:
    course = await opened(open_community)
    await course.posts("ada", f"#作业 {WORK}")
    first = await course.withheld()
    await course.passes(seconds=5)
    await course.posts("ada", f"#作业 {OTHER}")
    second = await course.withheld()
    await course.run.app.sink(second)  # out of order, and one of them twice
    await course.run.app.sink([*first, *first])
    await course.settle()
    assert sorted(row[1] for row in await kept(course)) == sorted([WORK, OTHER])
    [row] = await course.rows(select(hand_in))
    [counting] = [one for one in await course.rows(select(submission)) if one.version == row.counts]
    assert counting.text == OTHER  # what was written last


async def test_the_author_picks_which_version_counts(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", f"/submit {WORK}")
    await course.types("ada", f"/submit {OTHER}")
    assert await counts(course) == 2
    assert await course.answer("ada", "/homework 1 use 1") == "Done: version 1 of No. 1 counts now."
    assert await counts(course) == 1
    receipt = await course.answer("ada", "/submit A third one")
    assert "Version 1 still counts" in receipt
    await course.presses("ada", "Use version 3")
    assert await counts(course) == 3


async def test_a_late_version_never_takes_the_place_of_one_in_time(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", f"/submit {WORK}")
    await course.passes(days=2)
    assert "A late version does not replace one in time: version 1 still counts" in await course.answer(
        "ada", f"/submit {OTHER}"
    )
    assert await course.answer("ada", "/homework 1 use 2") == (
        "Version 2 is late and can't take the place of one in time."
    )
    assert await counts(course) == 1


async def test_somebody_elses_hand_in_is_as_if_it_did_not_exist(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", f"/submit {WORK}")
    refused = "You have no No. 1. /homework shows yours."
    assert await course.answer("ben", "/homework 1") == refused
    assert await course.answer("ben", "/homework 1 withdraw yes") == refused
    assert await course.answer("ben", "/homework 1 use 1") == refused


# --- withdrawal -------------------------------------------------------------------------------------------------------


async def test_a_withdrawn_work_earns_nothing_and_comes_back_as_it_was(open_community) -> None:
    course = await opened(open_community, rules=PAID)
    await course.types("ada", f"/submit {WORK}")
    assert await course.points("ada") == 7
    assert "Withdraw No. 1?" in await course.answer("ada", "/homework 1 withdraw")
    assert await course.points("ada") == 7
    assert "No. 1 is withdrawn" in await pressed(course, "Yes, withdraw")
    assert await course.points("ada") == 0
    assert "📝 Viral note · due 2 Mar 22:00" in await course.answer("ada", "/homework")
    await course.passes(hours=40)  # even when nothing else could be handed in in time
    assert "No. 1 is back; version 1 counts" in await pressed(course, "Bring it back")
    assert await course.points("ada") == 7
    assert await kept(course) == [(1, WORK, False)]
    [row] = await course.rows(select(hand_in))
    assert row.due_at == course.now + timedelta(hours=24)


# --- /homework --------------------------------------------------------------------------------------------------------


async def test_homework_shows_what_is_open_what_waits_and_what_was_missed(open_community) -> None:
    course = await opened(open_community, homework=HOMEWORK_WORKS)
    assert await course.answer("ada", "/homework") == (
        "Your homework\n📝 Viral note · due 2 Mar 22:00, 1 day 12 hours left\n"
        "📝 Draw a cover · due 3 Mar 20:00, 2 days 10 hours left"
    )
    await course.types("ada", "/submit draw https://example.org/cover.png")
    await course.until(23)
    await course.until(22, 5)
    assert await course.answer("ada", "/homework") == (
        "Your homework\n📝 Viral note · still in time until 2 Mar 22:10\n"
        "⏳ Draw a cover · version 1 handed in, answer by 2 Mar 10:00 (No. 1)"
    )
    await course.until(23)
    assert "🕐 Viral note · was due 2 Mar 22:00, taken late until 5 Mar 22:00" in await course.answer(
        "ada", "/homework"
    )
    await course.passes(days=4)
    shown = await course.answer("ben", "/homework")
    assert "✖️ Viral note · was due 2 Mar 22:00, not handed in" in shown
    assert "✖️ Draw a cover · was due 3 Mar 20:00, not handed in" in shown


async def test_a_homework_is_shown_in_full_with_where_one_stands(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", f"/submit {WORK}")
    shown = await course.answer("ada", "/homework viral note")
    assert shown.startswith("Viral note (weekly task)\nWrite a note and add its figures.\n")
    assert shown.endswith("Yours: ⏳ Viral note · version 1 handed in, answer by 2 Mar 10:00 (No. 1)")


# --- changed posts ----------------------------------------------------------------------------------------------------


async def test_an_edited_post_is_a_new_version_as_long_as_it_carries_the_tag(open_community) -> None:
    course = await opened(open_community)
    number = await course.types("ada", f"#作业 {WORK}", files=[PICTURE])
    await course.passes(minutes=5)
    await course.edits("ada", number, f"#作业 {OTHER}")
    assert "You edited the post, so I took it as a new version" in "\n".join(await course.said("ada"))
    await course.edits("ada", number, WORK + " without the tag")
    assert await kept(course) == [(1, WORK, False), (2, OTHER, False)]
    assert [len(row.files) for row in await course.rows(select(submission))] == [1, 1]
    assert await counts(course) == 2


@pytest.mark.needs("deletions")
async def test_a_deleted_post_stays_handed_in_until_its_author_withdraws_it(open_community) -> None:
    course = await opened(open_community, rules=PAID)
    number = await course.types("ada", f"#作业 {WORK}")
    await course.deletes("ada", number)
    assert "You deleted the post, but No. 1, version 1 stays handed in" in "\n".join(await course.said("ada"))
    assert await course.points("ada") == 7
    assert "⏳ Viral note" in await course.answer("ada", "/homework")
    await course.types("ada", "/homework 1 withdraw yes")
    assert await course.points("ada") == 0


# --- files ------------------------------------------------------------------------------------------------------------


async def test_a_file_of_twenty_megabytes_is_kept(open_community) -> None:
    course = await opened(open_community)
    await course.sends("ada", b"x" * MAX_FILE, name="work.bin", media_type="application/octet-stream", text="#作业")
    [row] = await course.rows(select(submission))
    assert row.files[0]["attachment"]["size"] == row.files[0]["file"]["size"] == MAX_FILE


async def test_one_byte_more_is_refused_with_what_to_do(open_community) -> None:
    course = await opened(open_community)
    large = b"x" * (MAX_FILE + 1)
    await course.sends("ada", large, name="work.bin", media_type="application/octet-stream", text="#作业")
    assert await kept(course) == []
    assert "A file may have at most 20 MB" in (await course.said("ada"))[-1]
