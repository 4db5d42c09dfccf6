"""Answering questions: below their posts, from the staff room, by commands; claims; and what was wrong is mended."""

import pytest
from sqlalchemy import select

from adapters.local.values import Message
from storage.tables import audit
from tests.community import COURSE, DEMO, Community

pytestmark = pytest.mark.every_platform

QUESTION = "How do I find a title that says what is in it?"
ANSWER = "Write the text first, then take its strongest words."
PAID = """
helped:
  when: question.answered
  then: [award: 3]
accepted:
  when: question.accepted
  then: [award: 5]
"""
TWO_ASSISTANTS = COURSE.replace("assistants: [local:lin]", "assistants: [local:lin, local:mo]")
PEOPLE = DEMO.replace("people:\n", "people:\n  - {id: mo, name: Mo, role: assistant}\n")


@pytest.fixture
async def course(open_community) -> Community:
    """Monday at ten; Ada has asked Q1."""
    course: Community = await open_community(course=TWO_ASSISTANTS, rules=PAID, demo=PEOPLE)
    await course.until(10)
    for who in ("lin", "mo", "chen", "ben"):
        await course.types(who, "good morning")
    await asks(course, "ada", QUESTION)
    return course


async def asks(course: Community, who: str, words: str) -> None:
    await course.types(who, f"/ask {words}", room=course.alone)


async def post_in(course: Community, room: str, number: int = 1) -> int:
    """The message in which the bot shows a question there."""
    who = "lin" if room == "staff" else "ben"
    said = [m for m in await course.messages(who, room) if m.author == "bot"]
    posts = [m for m in said if m.only_for is None and f"🙋 Q{number} " in m.text]
    return posts[-1].number


async def shown_in(course: Community, room: str, number: int = 1) -> str:
    """What it says there now."""
    post = await post_in(course, room, number)
    who = "lin" if room == "staff" else "ben"
    return next(m.text for m in await course.messages(who, room) if m.number == post)


async def buttons_of(course: Community, number: int = 1) -> list[str]:
    """Of the post in the staff room."""
    post = await post_in(course, "staff", number)
    [found] = [m for m in await course.messages("lin", "staff") if m.number == post]
    return [button.label for button in found.buttons]


async def replies(course: Community, who: str, text: str, *, room: str = "main", number: int = 1) -> int:
    """Somebody replies to the post of a question."""
    return await course.writes(who, text, room=room, reply_to=await post_in(course, room, number))


async def told(course: Community, who: str) -> str:
    """All that this person alone was told so far, wherever that was."""
    rooms = dict.fromkeys(("main", "staff", course.alone))
    said = [m for room in rooms for m in await _seen(course, who, room) if m.author == "bot" and m.only_for == who]
    return "\n".join(m.text for m in said)


async def _seen(course: Community, who: str, room: str) -> list[Message]:
    """Students are not let into the staff room."""
    return (
        [] if room == "staff" and who in ("ada", "ben") and course.alone == "main" else await course.messages(who, room)
    )


async def staff_says(course: Community, who: str, command: str) -> str:
    """The answer to a command in the staff room, whoever may read it there."""
    before = await course.said(who, "staff")
    await course.types(who, command, room="staff")
    return "\n".join(text for text in await course.said(who, "staff") if text not in before)


async def audited(course: Community) -> list[str]:
    return [row.action for row in await course.rows(select(audit).order_by(audit.c.id))]


# --- answers ----------------------------------------------------------------------------------------------------------


async def test_an_assistant_answers_below_the_post(course: Community) -> None:
    before = len(await course.said("ben"))
    await replies(course, "lin", ANSWER)
    assert ANSWER in await told(course, "ada")
    assert "Answered" in await shown_in(course, "main")
    assert len(await course.said("ben")) == before, "no receipt is posted in the group"
    assert "answer_question" in await audited(course)


async def test_an_answer_from_the_staff_room_is_posted_below_the_question(course: Community) -> None:
    await replies(course, "lin", ANSWER, room="staff")
    assert ANSWER in await told(course, "ada")
    assert any("Q1 is answered (A1)." in text for text in await course.said("lin", "staff"))
    card = await course.answer("ben", "/question Q1", room=course.alone)
    assert "Lin" in card
    assert ANSWER in card
    await course.presses("lin", "✅ Resolve", room="staff")
    assert "Settled" in await shown_in(course, "main")
    assert await buttons_of(course) == []


async def test_an_answer_sent_by_mistake_is_undone_at_once(course: Community) -> None:
    due = await shown_in(course, "staff")
    await replies(course, "lin", "can somebody take this one?", room="staff")
    await course.presses("lin", "Undo", room="staff")
    assert "withdrawn" in await told(course, "ada")
    assert await shown_in(course, "staff") == due, "staff are waited for since when they were before"
    assert "can somebody" not in await course.answer("ben", "/question Q1", room=course.alone)


async def test_a_classmate_answers_and_staff_are_still_waited_for(course: Community) -> None:
    await replies(course, "ben", "I read the text aloud until one line stays with me.")
    assert "one line stays" in await told(course, "ada")
    assert "14:00" in await shown_in(course, "main")
    assert "💬 a classmate has answered" in await shown_in(course, "staff")
    assert await course.points("ben") == 3
    await replies(course, "lin", ANSWER, room="staff")
    assert "a classmate has answered" not in await shown_in(course, "staff"), "nobody is waited for any more"


@pytest.mark.parametrize(
    "said",
    [
        "+1",
        "谢谢",
        "同问",
        "me too",
        "thanks a lot for asking this!",
        "And how long may it be?",
        "👍👍👍👍👍👍👍👍👍👍👍👍",
    ],
)
async def test_what_is_no_answer_is_none(course: Community, said: str) -> None:
    before = await told(course, "ada")
    await replies(course, "ben", said)
    assert await told(course, "ada") == before
    assert await course.points("ben") == 0


async def test_thanks_of_an_assistant_are_no_answer_either(course: Community) -> None:
    await replies(course, "lin", "谢谢！")
    await replies(course, "lin", "👍", room="staff")
    assert "Answered" not in await shown_in(course, "main")


async def test_answers_by_command_from_anywhere(course: Community) -> None:
    heard = await course.answer("lin", f"/answer Q1 {ANSWER}", room=course.alone)
    assert "Q1 is answered (A1)" in heard
    assert ANSWER in await told(course, "ada")
    heard = await course.answer("ben", "/answer ｑ1 I ask my sister what she would click on.", room=course.alone)
    assert "Q1 is answered (A2)" in heard
    assert "my sister" in await told(course, "ada")


async def test_the_command_alone_asks_for_the_answer(course: Community) -> None:
    asked = await course.asked_for("lin", "/answer Q1", room=course.alone)
    assert "answer" in asked.casefold()


async def test_an_exclamation_mark_answers_and_settles(course: Community) -> None:
    heard = await course.answer("lin", f"/answer Q1! {ANSWER}", room=course.alone)
    assert "answered (A1) and settled" in heard
    assert "Settled" in await shown_in(course, "main")
    news = await told(course, "ada")
    assert ANSWER in news
    assert "How satisfied" in news


async def test_a_classmate_cannot_settle_it(course: Community) -> None:
    await course.types("ben", f"/answer Q1! {ANSWER}", room=course.alone)
    assert "Settled" not in await shown_in(course, "main")


async def test_nothing_is_no_answer(course: Community) -> None:
    assert "no question" in await course.answer("lin", "/answer Q99 hello", room=course.alone)
    assert "Which question do you answer?" in await course.answer("lin", "/answer", room=course.alone)
    assert "your own question" in await course.answer("ada", "/answer Q1 I know it myself", room=course.alone)


async def test_a_settled_question_takes_no_more_answers(course: Community) -> None:
    await course.types("lin", f"/answer Q1! {ANSWER}", room=course.alone)
    before = await told(course, "ada")
    await replies(course, "ben", "Here is what I would have said as well.")
    assert await told(course, "ada") == before
    await replies(course, "lin", "One thing more: read it aloud.", room="staff")
    assert "Q1 is over" in (await course.said("lin", "staff"))[-1]


async def test_who_asked_without_a_name_is_a_classmate_like_any_other_below_it(course: Community) -> None:
    """What they say there under their own name is an answer: nothing shows that it is their question."""
    await course.types("ben", "/ask anonymous Is it bad that I have no title at all?", room=course.private_room)
    assert "Ben" not in await shown_in(course, "main", 2)
    before = await course.said("ada")
    await replies(course, "ben", "I think one can always take the first line.", number=2)
    assert await course.said("ada") == before
    assert "Ben" not in await shown_in(course, "staff", 2)
    assert "settled" in await staff_says(course, "lin", "/question Q2 resolve"), "no error gives them away"


# --- asking back ------------------------------------------------------------------------------------------------------


async def test_staff_ask_back_and_the_asker_adds_something(course: Community) -> None:
    await replies(course, "lin", "？For which lesson is it", room="staff")
    assert "For which lesson is it" in await told(course, "ada")
    assert "Waiting for the asker" in await shown_in(course, "main")
    await replies(course, "ada", "day 3")
    assert "Waiting for the asker" not in await shown_in(course, "main")
    assert any("day 3" in text for text in await course.said("lin", "staff"))


async def test_asking_back_by_a_verb(course: Community) -> None:
    heard = await staff_says(course, "lin", "/question Q1 back Which text do you mean?")
    assert "has your question" in heard
    assert "Which text do you mean?" in await told(course, "ada")
    assert "ask_back_question" in await audited(course)


async def test_thanks_for_an_answer_do_not_bring_the_question_back(course: Community) -> None:
    await replies(course, "lin", ANSWER)
    await replies(course, "ada", "谢谢老师，我明白了，马上就去试试看！")
    assert "Answered" in await shown_in(course, "main")
    await replies(course, "ada", "Thanks, but which words are the strongest ones?")
    assert "Answered" not in await shown_in(course, "main")


# --- claims -----------------------------------------------------------------------------------------------------------


async def test_a_claim_is_kept_for_a_while(course: Community) -> None:
    await course.presses("lin", "👋 I take it", room="staff")
    assert "Lin is on it until" in await shown_in(course, "staff")
    assert "Release" in await buttons_of(course)
    await course.passes(minutes=31)
    assert "Lin is on it" not in await shown_in(course, "staff")
    assert "is over, and it is free again" in await told(course, "lin")


async def test_somebody_else_has_it_and_it_can_be_taken_over(course: Community) -> None:
    await course.types("lin", "/question Q1 claim", room="staff")
    assert "Lin is working on Q1" in await staff_says(course, "mo", "/question Q1 claim")
    await course.presses("mo", "Take over", room="staff")
    assert "Mo is on it" in await shown_in(course, "staff")
    assert "has taken over Q1" in await told(course, "lin")


async def test_only_who_has_it_or_an_admin_releases_it(course: Community) -> None:
    assert "Nobody has claimed" in await staff_says(course, "mo", "/question Q1 release")
    await course.types("lin", "/question Q1 认领", room="staff")
    assert "Lin has Q1" in await staff_says(course, "mo", "/question Q1 release")
    assert "free for anybody" in await staff_says(course, "chen", "/question Q1 释放")


async def test_another_may_answer_what_somebody_has_claimed(course: Community) -> None:
    await course.types("lin", "/question Q1 claim", room="staff")
    await replies(course, "mo", ANSWER, room="staff")
    assert ANSWER in await told(course, "ada")
    assert "is on it" not in await shown_in(course, "staff")


async def test_a_question_is_handed_over(course: Community) -> None:
    assert "Who is to have Q1" in await staff_says(course, "lin", "/question Q1 to")
    assert "neither a teaching assistant nor an admin" in await staff_says(course, "lin", "/question Q1 to @ben")
    assert "Mo has Q1 now" in await staff_says(course, "lin", "/question Q1 转交 @mo")
    assert "hands Q1" in await told(course, "mo")
    assert "hand_over_question" in await audited(course)


async def test_staff_are_named_with_or_without_a_sign_and_who_never_spoke_is_told_of(open_community) -> None:
    demo = DEMO.replace("people:\n", "people:\n  - {id: mo, name: 陈老师, role: assistant}\n")
    course: Community = await open_community(course=TWO_ASSISTANTS, demo=demo)
    await course.until(10)
    await course.types("lin", "good morning")
    await asks(course, "ada", QUESTION)
    unseen = await staff_says(course, "lin", "/question Q1 to @陈老师")
    assert "once they have said something" in unseen
    assert f"{course.actor('mo').platform}:{course.actor('mo').user}" in unseen
    await course.types("mo", "早上好")
    assert "陈老师 has Q1 now" in await staff_says(course, "lin", "/question Q1 to @陈老师")
    assert "陈老师 has Q1 now" in await course.answer("lin", "/question Q1 转交 陈老师", room="staff")
    for who in ("chen", "lin", "ben"):
        await course.types(who, "good morning")
    assert "Nobody here is called “@Nobody”" in await staff_says(course, "lin", "/question Q1 to @Nobody")


async def test_what_an_assistant_had_who_leaves_is_free_at_once(course: Community) -> None:
    await course.types("mo", "hello")
    await course.types("mo", "/question Q1 claim", room="staff")
    await course.leaves("mo", room="main")
    assert "is on it" not in await shown_in(course, "staff")
    assert "no member" not in await staff_says(course, "lin", "/question Q1 claim")


async def test_students_do_nothing_of_the_kind(course: Community) -> None:
    for step in ("claim", "claim!", "release", "to @ben", "back why?", "merge Q1", "resolve", "use H1", "post"):
        assert "for the asker or for staff" in await course.answer("ben", f"/question Q1 {step}", room=course.alone)
    assert "Ada" in await course.answer("ben", "/question Q1", room=course.alone)


# --- merged and settled -----------------------------------------------------------------------------------------------


async def test_the_same_question_is_merged_and_both_hear_the_answer(course: Community) -> None:
    await asks(course, "ben", "Where do good titles come from, please?")
    assert "Which question" in await staff_says(course, "lin", "/question Q2 merge")
    assert "can't be merged" in await staff_says(course, "lin", "/question Q2 merge Q2")
    assert "merged into Q1" in await staff_says(course, "lin", "/question Q2 合并 Q1")
    assert "Q1 asks the same" in await shown_in(course, "main", 2)
    assert await buttons_of(course, 2) == []
    await replies(course, "lin", ANSWER, room="staff")
    assert ANSWER in await told(course, "ada")
    assert ANSWER in await told(course, "ben")


async def test_the_card_says_who_has_settled_it_and_tells_all_in_order(course: Community) -> None:
    await replies(course, "ben", "I read the text aloud until one line stays with me.")
    await course.passes(minutes=5)
    await course.types("ada", "/question Q1 more It is about food.", room=course.alone)
    await course.passes(minutes=5)
    await replies(course, "lin", ANSWER, room="staff")
    await course.types("lin", "/question Q1 resolve A2", room="staff")
    card = await course.answer("ben", "/question Q1", room=course.alone)
    assert "settled by staff" in card
    assert "accepted" not in card
    assert card.index("I read the text aloud") < card.index("It is about food") < card.index(ANSWER)
    await course.passes(minutes=5)
    await course.types("ada", "/question Q1 reopen", room=course.alone)
    await course.types("ada", "/question Q1 accept A1", room=course.alone)
    card = await course.answer("ben", "/question Q1", room=course.alone)
    assert "accepted" in card
    assert "settled by staff" not in card
    await course.types("ada", "/question Q1 reopen", room=course.alone)
    await course.passes(minutes=5)
    await course.types("lin", "/question Q1 resolve A1", room="staff")
    assert "settled by staff" in await course.answer("ben", "/question Q1", room=course.alone)


async def test_settling_needs_an_answer(course: Community) -> None:
    assert "no answer yet" in await staff_says(course, "lin", "/question Q1 resolve")
    await replies(course, "ben", "I read the text aloud until one line stays with me.")
    assert "settled by A1" in await staff_says(course, "lin", "/question Q1 resolve A1")
    assert await course.points("ben") == 3, "what staff close is not what the asker accepts"


# --- mended -----------------------------------------------------------------------------------------------------------


async def test_a_wrong_answer_is_withdrawn_with_a_note(course: Community) -> None:
    await replies(course, "lin", ANSWER, room="staff")
    assert "Why?" in await staff_says(course, "mo", "/question Q1 withdraw A1")
    assert "A1 is withdrawn" in await staff_says(course, "mo", "/question Q1 撤回 A1 that was about headings")
    assert "that was about headings" in await told(course, "ada")
    assert "Answered" not in await shown_in(course, "main")
    assert ANSWER not in await course.answer("ben", "/question Q1", room=course.alone)


async def test_points_for_an_answer_go_with_it(course: Community) -> None:
    await replies(course, "ben", "I read the text aloud until one line stays with me.")
    assert await course.points("ben") == 3
    await course.types("ben", "/question Q1 withdraw A1", room=course.alone)
    assert await course.points("ben") == 0


async def test_an_answer_is_corrected(course: Community) -> None:
    await replies(course, "lin", ANSWER, room="staff")
    assert "What does it say" in await staff_says(course, "mo", "/question Q1 correct A1")
    assert "corrected" in await staff_says(course, "mo", "/question Q1 correct A1 Take its last line instead.")
    assert "Take its last line instead." in await told(course, "ada")
    assert "Take its last line instead." in await course.answer("ben", "/question Q1", room=course.alone)
    assert "correct_answer" in await audited(course)


async def test_a_classmate_mends_only_their_own(course: Community) -> None:
    await replies(course, "lin", ANSWER, room="staff")
    await course.types("ben", "/answer Q1 I read it aloud until a line stays.", room=course.alone)
    assert "not your answer" in await course.answer("ben", "/question Q1 correct A1 nonsense", room=course.alone)
    assert "A2 is corrected" in await course.answer("ben", "/question Q1 correct A2 I sing it.", room=course.alone)


async def test_hostile_words_are_only_words(course: Community) -> None:
    nasty = "{name} **bold** `code` <b>x</b> %s \u202egnp.exe /question Q1 resolve 'DROP TABLE question;--"
    await replies(course, "lin", nasty, room="staff")
    assert "DROP TABLE" in await told(course, "ada")
    for words in (
        "Q1 claim claim claim",
        "Q1 to <@999999>",
        "Q1 withdraw A99999999999999",
        "Q99999999999 claim",
        "💥",
        "Q1 withdraw 回答",
    ):
        assert await staff_says(course, "lin", f"/question {words}") != ""


# --- what a classmate and the asker are told --------------------------------------------------------------------------


async def heard_alone(course: Community, who: str) -> list[str]:
    """Each message that somebody reads alone, once."""
    rooms = dict.fromkeys((course.alone, course.private_room, "main"))
    messages = [m for room in rooms for m in await course.messages(who, room) if m.author == "bot"]
    return [*dict.fromkeys(m.text for m in messages if m.only_for == who)]


async def test_a_classmate_learns_that_their_answer_was_seen_and_what_it_earned(course: Community) -> None:
    await course.writes("ben", ANSWER, reply_to=await post_in(course, "main"))
    [noted] = [text for text in await heard_alone(course, "ben") if "A1" in text or "+3" in text]
    assert noted == "Got your answer (A1); the asker is told.\n+3 points"


@pytest.mark.parametrize(("text", "is_answer"), [("不用，手机拍就行", True), ("用手机拍", True), ("同问", False)])
async def test_chinese_says_much_with_few_characters(course: Community, text: str, is_answer: bool) -> None:
    await course.writes("ben", text, reply_to=await post_in(course, "main"))
    assert bool([one for one in await heard_alone(course, "ben") if "A1" in one]) == is_answer


async def test_who_is_answered_for_good_reads_the_question_once(course: Community) -> None:
    await course.types("lin", f"/answer Q1! {ANSWER}", room="staff")
    [news] = [text for text in await heard_alone(course, "ada") if ANSWER in text]
    assert news.count("Q1") == 1
    assert news.endswith("How satisfied are you?")
