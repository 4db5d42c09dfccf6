"""The handbook: it begins with faq.yaml, grows by what was answered, and everybody finds things in it."""

import pytest
from sqlalchemy import func, select

from bot.domain.events import FormSubmitted
from bot.domain.ids import EventKey
from bot.features.handbook.store.tables import change, entry, version
from storage.tables import audit
from tests.community import COURSE, DEMO, Community

pytestmark = pytest.mark.every_platform

FAQ = """
late:
  asked: {en: Can I still hand in after the deadline?, zh: 过了截止时间还能交作业吗？}
  also: [补交作业怎么办]
  answer: {en: "Yes, with `/submit` for two more days.", zh: 可以，两天内用 /submit 补交。}
  tag: how_to
title:
  asked: What makes a good title?
  answer: It says what is in the text.
  tag: content
  lesson: 1
"""
MENDED = FAQ.replace("for two more days", "for three more days")
QUESTION = "Where do I find the recording of the lesson?"
ANSWER = "Below the lesson's post, from the next morning on."
PEOPLE = DEMO.split("classmates:")[0]
CHINESE = COURSE.replace("language: en", "language: zh-CN")
HOSTILE = "**x** `y` {name} <b>z</b> ' OR 1=1 -- [a](http://b) 💥" + "。" * 40


@pytest.fixture
async def course(open_community) -> Community:
    """The first day at ten; with two entries of faq.yaml."""
    return await opened(open_community)


async def opened(open_community, **files: str) -> Community:
    course: Community = await open_community(**{"demo": PEOPLE, "faq": FAQ, **files})
    await course.until(10)
    for who in ("lin", "chen", "ada", "ben"):
        await course.types(who, "good morning")
    return course


async def reads(course: Community, text: str, who: str = "ben") -> str:
    return await course.answer(who, text, room=course.alone)


async def staff(course: Community, text: str, who: str = "lin") -> str:
    """What is answered in the staff room, whoever may read it there."""
    before = {m.number for m in await course.messages(who, "staff")}
    await course.types(who, text, room="staff")
    return "\n".join(
        m.text for m in await course.messages(who, "staff") if m.number not in before and m.author == "bot"
    )


async def presses(course: Community, label: str, who: str = "lin", room: str = "staff") -> str:
    """The same for a button."""
    before = {m.number for m in await course.messages(who, room)}
    told = await course.presses(who, label, room=room)
    heard = [m.text for m in await course.messages(who, room) if m.number not in before and m.author == "bot"]
    return "\n".join([*heard, told or ""])


async def settles(course: Community, asked: str = QUESTION, answer: str = ANSWER, *, number: int = 1) -> None:
    """Ada asks, and an assistant answers at once and for good."""
    await course.types("ada", f"/ask {asked}", room=course.alone)
    await course.types("lin", f"/answer Q{number}! {answer}", room="staff")


async def rewrites(course: Community, **files: str) -> None:
    """The operator saves the files anew, and an admin takes them."""
    course.rewrites(**{"demo": PEOPLE, "faq": FAQ, **files})
    await course.types("chen", "/reload", room="staff")


async def states(course: Community) -> list[str]:
    return [row.state for row in await course.rows(select(entry).order_by(entry.c.id))]


async def as_shown(course: Community, called: str) -> str:
    """The entry as a form names it that is opened now."""
    [row] = await course.rows(select(func.max(change.c.id).label("newest")).where(change.c.entry == int(called[1:])))
    return f"{called}/{row.newest}"


async def edits(course: Community, called: str, answer: str) -> None:
    """An assistant writes an entry anew, in the form as their platform has it."""
    actor, address = course.actor("lin"), course.address("staff")
    shown = await course.rows(select(version).where(version.c.entry == int(called[1:])))
    asked = shown[-1].asked["en"] if shown else QUESTION
    fields = {"entry": await as_shown(course, called), "asked": asked, "answer": answer, "note": "clearer"}
    known = {m.number for m in await course.messages("lin", "staff")}
    form = FormSubmitted(
        key=EventKey(f"form:{called}:{len(known)}"),
        at=course.now,
        actor=actor,
        address=address,
        form="handbook_edit",
        fields=fields,
    )
    await course.run.app.sink([form])
    await course.settle()


# --- for everybody ----------------------------------------------------------------------------------------------------


async def test_the_handbook_begins_with_faq_yaml(course: Community) -> None:
    shown = await reads(course, "/faq")
    assert "Handbook of Writing camp: 2 entries" in shown
    assert "H1 Can I still hand in after the deadline?" in shown
    assert "H2 What makes a good title?" in shown


async def test_an_entry_says_its_version_and_nothing_in_it_is_markup(course: Community) -> None:
    shown = await reads(course, "/faq ｈ１")
    assert "H1 Can I still hand in after the deadline?" in shown
    assert "Yes, with /submit for two more days." in shown
    assert "Handbook H1, version 1, 2027-03-01" in shown


async def test_it_speaks_chinese(open_community) -> None:
    course = await opened(open_community, course=CHINESE)
    assert "《课程答疑手册》" in await reads(course, "/faq")
    shown = await reads(course, "/faq 条目1")
    assert "H1 过了截止时间还能交作业吗？" in shown
    assert "两天内用 /submit 补交" in shown
    assert "第 1 天 First words：1 条" in await reads(course, "/faq 第１天")
    assert "操作指导：1 条" in await reads(course, "/faq 操作指导")
    assert "H1 过了截止时间还能交作业吗？" in await reads(course, "/搜索 补交作业")
    assert "想搜什么" in await reads(course, "搜索")


async def test_entries_of_a_lesson_and_of_a_tag(course: Community) -> None:
    assert "Day 1: First words: 1 entry" in await reads(course, "/faq day 1")
    shown = await reads(course, "/faq how-to")
    assert "H1" in shown
    assert "H2" not in shown
    assert "nothing about “Day 3: Third day”" in await reads(course, "/faq day 3")
    assert "no entry H9" in await reads(course, "/faq H9")


async def test_many_entries_are_shown_by_topic_and_by_page(open_community) -> None:
    many = "".join(f"e{n}:\n  asked: Question number {n}?\n  answer: Answer {n}.\n  lesson: 2\n" for n in range(1, 12))
    course = await opened(open_community, faq=many)
    shown = await reads(course, "/faq")
    assert "11 entries" in shown
    assert "Question number 1?" not in shown
    first = await reads(course, "/faq day 2")
    assert "Question number 8?" in first
    assert "Question number 9?" not in first
    assert "Question number 9?" in await reads(course, "/faq day 2 p2")


async def test_a_long_answer_is_cut_with_a_button_for_all_of_it(open_community) -> None:
    long = "long:\n  asked: How long is it?\n  answer: " + "very " * 200 + "long.\n"
    course = await opened(open_community, faq=long)
    assert "long." not in await reads(course, "/faq H1")
    assert "very long." in await reads(course, "/faq H1 all")


async def test_days_have_a_page_of_their_own(open_community) -> None:
    many = "".join(
        f"e{n}:\n  asked: Question number {n}?\n  answer: Yes.\n  lesson: {n % 2 + 1}\n" for n in range(1, 12)
    )
    course = await opened(open_community, faq=many)
    assert "First words" not in await reads(course, "/faq")
    shown = await presses(course, "By day", "ben", course.alone)
    assert "Day 1: First words: 5 entries" in shown
    assert "Question number 2?" in await presses(course, "Day 1", "ben", course.alone)
    assert "Day 1: First words: 5 entries" in await reads(course, "/faq 按天")


async def test_without_faq_yaml_there_is_nothing_yet(open_community) -> None:
    course = await opened(open_community, faq="")
    assert "nothing in the handbook yet" in await reads(course, "/faq")
    assert "Nothing was found" in await reads(course, "/search deadline")


async def test_search_finds_entries_first_and_then_settled_questions(course: Community) -> None:
    await course.types("ada", "/ask May I still hand in after the deadline when I was ill?", room=course.alone)
    await course.passes(minutes=11)  # she was shown H1, and has not said that it helps
    await course.types("lin", "/answer Q1! Write to us first.", room="staff")
    shown = await reads(course, "/search hand in after the deadline")
    assert shown.index("H1 Can I still") < shown.index("Q1 May I still")
    read = await reads(course, "/faq Q1")
    assert "Write to us first." in read
    assert "Ada" not in read
    assert "Lin" not in read


async def test_other_words_behind_faq_are_searched_for(course: Community) -> None:
    assert "H2 What makes a good title?" in await reads(course, "/faq good title")


@pytest.mark.parametrize("said", [HOSTILE, "？？？", "%_\\", "\u202e\u200b"])
async def test_any_words_can_be_searched_for(course: Community, said: str) -> None:
    heard = await reads(course, f"/search {said}")
    assert "Nothing was found" in heard or "What was found" in heard or "What are you looking for" in heard


# --- faq.yaml changes -------------------------------------------------------------------------------------------------


async def test_what_changes_in_the_file_becomes_another_version(course: Community) -> None:
    await rewrites(course, faq=MENDED + "new:\n  asked: May I bring a friend?\n  answer: To the open lesson.\n")
    shown = await reads(course, "/faq H1")
    assert "three more days" in shown
    assert "version 2" in shown
    assert "version 1" in await reads(course, "/faq H2"), "what says the same stays as it is"
    assert "H3 May I bring a friend?" in await reads(course, "/faq")


async def test_what_is_gone_from_the_file_is_retired_and_comes_back(course: Community) -> None:
    await rewrites(course, faq="title:" + FAQ.partition("title:")[2])
    assert "H1" not in await reads(course, "/faq")
    assert "no entry H1" in await reads(course, "/faq H1")
    assert "H1" not in await reads(course, "/search hand in after the deadline")
    await rewrites(course)
    assert "two more days" in await reads(course, "/faq H1")
    kinds = await course.rows(select(change.c.kind).where(change.c.entry == 1).order_by(change.c.id))
    assert [row.kind for row in kinds] == ["published", "retired", "restored"]


async def test_an_entry_with_a_mistake_stays_as_it_was(course: Community) -> None:
    await rewrites(course, faq=FAQ.replace("tag: how_to", "tag: nonsense"))
    assert "two more days" in await reads(course, "/faq H1")


async def test_what_staff_have_written_is_not_overwritten_and_they_are_told(course: Community) -> None:
    await edits(course, "H1", "Only with our word.")
    await rewrites(course, faq=MENDED)
    assert "Only with our word." in await reads(course, "/faq H1")
    told = [text for text in await course.said("lin", "staff") if "faq.yaml has changed" in text]
    assert len(told) == 1
    assert "H1" in told[0]
    shown = await staff(course, "/handbook H1")
    assert "This is what faq.yaml says:" in shown
    assert "three more days" in shown
    await presses(course, "Take the new one")
    assert "three more days" in await reads(course, "/faq H1")


async def test_nothing_is_written_where_nothing_has_changed(course: Community) -> None:
    before = await course.rows(select(func.count()).select_from(change))
    await rewrites(course, rules="")
    assert await course.rows(select(func.count()).select_from(change)) == before


# --- what was answered ------------------------------------------------------------------------------------------------


async def test_an_answer_becomes_an_entry_when_staff_publish_it(course: Community) -> None:
    await settles(course)
    assert "H3" not in await reads(course, "/faq"), "nobody has looked at it yet"
    shown = await staff(course, "/handbook")
    assert "1 entry waits for you" in shown
    assert "H3 is a draft (from Q1" in shown
    assert QUESTION in shown
    assert ANSWER in shown
    assert "Ada" not in shown
    assert "H3 is published." in await presses(course, "✅ Publish")
    shown = await reads(course, "/faq H3")
    assert QUESTION in shown
    assert ANSWER in shown
    assert "version 1" in shown
    assert "Q1" not in await reads(course, "/search recording of the lesson"), "it is an entry now"
    assert "No draft waits" in await staff(course, "/handbook")
    acts = [row.action for row in await course.rows(select(audit))]
    assert "handbook_publish" in acts


async def test_an_accepted_answer_of_a_classmate_becomes_a_draft_too(course: Community) -> None:
    await course.types("ada", f"/ask {QUESTION}", room=course.alone)
    await course.types("ben", f"/answer Q1 {ANSWER}", room=course.alone)
    await course.types("ada", "/question Q1 accept A1", room=course.alone)
    shown = await staff(course, "/handbook")
    assert ANSWER in shown
    assert "Ben" not in shown


async def test_drafts_come_one_by_one_the_oldest_first(course: Community) -> None:
    await settles(course)
    await settles(course, "How long is a text?", "As long as it has to be.", number=2)
    assert "H3 is a draft" in await staff(course, "/handbook")
    assert "H4 is a draft" in await presses(course, "Next")
    assert "H4 stays out of the handbook" in await presses(course, "Not for the handbook")
    assert "H3 is a draft" in await presses(course, "Next (1 left)")
    await presses(course, "✅ Publish")
    assert await states(course) == ["published", "published", "published", "dropped"]
    assert "Q2" not in await reads(course, "/search how long is a text"), "staff do not want it offered"
    await staff(course, "/handbook H4 restore")
    assert "H4 is a draft" in await staff(course, "/handbook")


async def test_staff_edit_a_draft_before_they_publish_it(course: Community) -> None:
    await settles(course)
    await edits(course, "H3", "From the next morning on, below the post.")
    assert "From the next morning on" in await reads(course, "/faq H3")
    assert QUESTION in await reads(course, "/faq H3")


async def test_the_form_of_an_edit_holds_what_is_there(course: Community) -> None:
    shown = await course.asked_for("lin", "/handbook H1 edit", room="staff")
    assert "What is different" in shown or "It is now:\nYes, with /submit for two more days." in shown


@pytest.mark.needs("forms as conversations")
async def test_an_edit_begins_at_the_answer_which_may_stay_as_it_is(course: Community) -> None:
    shown = await course.asked_for("lin", "/handbook H1 edit", room="staff")
    assert "It is now:\nYes, with /submit for two more days." in shown
    await course.fills_in("lin", "/handbook H1 edit", "keep", room="staff")
    assert "What is different" in (await course.said("lin", "staff"))[-1]


async def test_staff_write_an_entry_of_their_own(course: Community) -> None:
    shown = await course.asked_for("lin", "/handbook add", room="staff")
    assert "question" in shown.casefold() or "form" in shown.casefold()


async def test_versions_and_who_wrote_them_are_for_staff(course: Community) -> None:
    await edits(course, "H1", "Only with our word.")
    shown = await staff(course, "/handbook H1")
    assert "v2" in shown
    assert "Lin: clearer" in shown
    assert "v1" in shown
    assert "faq.yaml" in shown
    assert "Lin" not in await reads(course, "/faq H1")


async def test_an_entry_is_retired_and_brought_back(course: Community) -> None:
    assert "H1 is retired" in await staff(course, "/handbook H1 retire it is for last year")
    assert "no entry H1" in await reads(course, "/faq H1")
    await rewrites(course, faq=FAQ.replace("good title", "fine title"))
    assert "no entry H1" in await reads(course, "/faq H1"), "the file does not bring back what staff retired"
    assert "it is for last year" in await staff(course, "/handbook H1")
    assert "H1 is back" in await presses(course, "Bring back")
    assert "two more days" in await reads(course, "/faq H1")


async def test_staff_sort_an_entry(course: Community) -> None:
    await staff(course, "/handbook H2 tag 拓展延伸")
    await staff(course, "/handbook H2 lesson 3")
    assert "H2" in await reads(course, "/faq beyond")
    assert "H2" in await reads(course, "/faq day 3")
    assert "The tags are" in await staff(course, "/handbook H2 tag fun")
    assert "no such day" in await staff(course, "/handbook H2 lesson 99")


async def test_students_do_not_review(course: Community) -> None:
    assert "No draft" not in await reads(course, "/handbook")
    assert await states(course) == ["published", "published"]


async def test_mistyped_words_help(course: Community) -> None:
    assert "Did you mean publish?" in await staff(course, "/handbook H1 publsh")
    assert "There is no entry" in await staff(course, "/handbook H77")
    assert "is no draft" in await staff(course, "/handbook H1 drop")
    assert "does not need to be checked" in await staff(course, "/handbook H1 keep")


# --- the question behind an entry -------------------------------------------------------------------------------------


async def test_the_draft_of_a_reopened_question_goes_away(course: Community) -> None:
    await settles(course)
    await course.types("ada", "/question Q1 reopen", room=course.alone)
    assert "No draft waits" in await staff(course, "/handbook")
    assert "Q1" not in await reads(course, "/search recording of the lesson")
    await course.types("lin", "/answer Q1! Ask for it in the group.", room="staff")
    assert "Ask for it in the group." in await staff(course, "/handbook")


async def test_a_correction_makes_staff_look_again(course: Community) -> None:
    await settles(course)
    await staff(course, "/handbook H3 publish")
    await course.types("lin", "/question Q1 correct A1 Below the post, after two days.", room="staff")
    assert any("has changed. Please check the entry" in text for text in await course.said("lin", "staff"))
    assert "is being checked again" in await reads(course, "/faq H3")
    assert "H3" not in await reads(course, "/search recording of the lesson"), "it is offered to nobody meanwhile"
    shown = await staff(course, "/handbook")
    assert "This is what Q1 says now:" in shown
    assert "after two days" in shown
    await presses(course, "Take the new one")
    shown = await reads(course, "/faq H3")
    assert "after two days" in shown
    assert "version 2" in shown
    assert "checked again" not in shown


async def test_a_withdrawn_answer_makes_staff_look_again(course: Community) -> None:
    await settles(course)
    await staff(course, "/handbook H3 publish")
    await course.types("lin", "/question Q1 withdraw A1 it was wrong", room="staff")
    assert any("was withdrawn. Please check the entry" in text for text in await course.said("lin", "staff"))
    shown = await staff(course, "/handbook")
    assert "Q1 was reopened, or its answer was withdrawn" in shown
    await presses(course, "Keep it as it is")
    assert "checked again" not in await reads(course, "/faq H3")


async def test_what_changed_while_staff_were_reading_is_shown_first(course: Community) -> None:
    await settles(course)
    await staff(course, "/handbook")
    await course.types("lin", "/question Q1 correct A1 Below the post, after two days.", room="staff")
    shown = await presses(course, "✅ Publish")
    assert "has just changed" in shown
    assert "after two days" in shown
    assert "no entry H3" in await reads(course, "/faq H3")


async def test_two_publish_the_same_draft(course: Community) -> None:
    await settles(course)
    await staff(course, "/handbook H3 publish")
    assert "says exactly that already" in await staff(course, "/handbook H3 publish", "chen")
    assert len(await course.rows(select(version).where(version.c.entry == 3))) == 1


async def test_hostile_words_are_read_as_they_were_written(course: Community) -> None:
    await settles(course, f"What is {HOSTILE} good for, please?", f"Nothing: {HOSTILE}")
    await staff(course, "/handbook H3 publish")
    shown = await reads(course, "/faq H3")
    assert "**x** `y` {name} <b>z</b>" in shown


async def test_nobody_who_was_forgotten_is_in_a_draft(course: Community) -> None:
    await settles(course)
    await course.types("ada", "/forget", room=course.alone)
    await course.types("ada", "/forget yes", room=course.alone)
    assert "No draft waits" in await staff(course, "/handbook")
    assert "Q1" not in await reads(course, "/search recording of the lesson")


async def test_an_entry_outlasts_who_asked(course: Community) -> None:
    await settles(course)
    await staff(course, "/handbook H3 publish")
    await course.types("ada", "/forget", room=course.alone)
    await course.types("ada", "/forget yes", room=course.alone)
    shown = await reads(course, "/faq H3")
    assert ANSWER in shown
    assert "checked again" not in shown
