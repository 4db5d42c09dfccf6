"""The asker's side: what they have asked, what they make of the answers, and what becomes of it when they go."""

import pytest

from bot.domain.events import CommandInvoked
from bot.domain.ids import EventKey
from bot.features.questions.own.mine import _PAGE
from tests.community import DEMO, Community

pytestmark = pytest.mark.every_platform

DONE, NOT_YET, REOPEN, LOOK = "✅ That settles it", "Not yet", "Reopen", "Look"
ASKED = "Why is my title cut off?"
PEOPLE = DEMO.replace("  - {id: lin,", "  - {id: cas, name: Cas, role: student}\n  - {id: lin,")


@pytest.fixture
async def course(open_community) -> Community:
    course: Community = await open_community(demo=PEOPLE)
    await course.until(10)
    for who in ("ada", "ben", "cas"):
        await course.types(who, "hello")
    return course


async def asks(course: Community, who: str = "ada", text: str = ASKED) -> None:
    await course.types(who, f"/ask {text}", room=course.alone)


async def staff(course: Community, text: str, who: str = "lin") -> None:
    await course.types(who, text, room="staff")


async def told(course: Community, who: str) -> str:
    """All that somebody has been told, wherever they read it."""
    rooms = dict.fromkeys(("main", course.alone))
    return "\n".join([text for room in rooms for text in await course.said(who, room)])


async def news(course: Community, who: str, before: str) -> str:
    """What they were told since then."""
    now = await told(course, who)
    return "\n".join(line for line in now.splitlines() if line not in before.splitlines())


async def mine(course: Community, who: str = "ada", page: str = "") -> str:
    return await course.answer(who, f"/questions {page}".strip(), room=course.alone)


async def public(course: Community, number: int = 1) -> str:
    """The post that everybody reads, as it stands now."""
    return [text for text in await course.said("mia") if f"Q{number} · " in text or f"🙋 Q{number}" in text][-1]


async def in_staff_room(course: Community) -> str:
    return "\n".join(await course.said("chen", "staff"))


# --- all of them ------------------------------------------------------------------------------------------------------


async def test_one_sees_all_that_one_has_asked_and_how_it_stands(course: Community) -> None:
    assert "You have asked nothing yet" in await mine(course)
    await asks(course)
    await asks(course, text="How do I hand in a picture?")
    await staff(course, "/answer Q1 The limit is 20 characters.")
    shown = await mine(course)
    assert "You have asked 2 questions" in shown
    assert f"Q1 {ASKED} · answered, 1 answer" in shown
    assert "Q2 How do I hand in a picture? · waits for an answer, by 1 Mar 14:0" in shown
    assert ASKED not in await mine(course, "ben")


async def test_what_is_open_comes_before_what_is_settled_and_the_newest_first(course: Community) -> None:
    for number in range(1, 4):
        await asks(course, text=f"Question number {'abc'[number - 1] * 9}?")
    await course.types("ada", "/question Q3 close", room=course.alone)
    shown = await mine(course)
    assert shown.index("Q2 ") < shown.index("Q1 ") < shown.index("Q3 ")


async def test_many_questions_come_in_pages(course: Community) -> None:
    topics = ("titles", "pictures", "tags", "links", "voices", "colours", "drafts", "covers", "dates", "songs", "maps")
    for topic in topics:
        await asks(course, text=f"What about {topic * 3}?")
        await course.passes(hours=1)
        if topic == "titles":
            await course.types("ada", "/question Q1 close", room=course.alone)
    first = await mine(course)
    assert first.count("What about") == _PAGE
    assert "titles" not in first
    await course.presses("ada", "Older »", room=course.alone)
    assert "titlestitles" in "\n".join(await course.said("ada", course.alone))
    for page in ("0", "-1", "99", "nonsense", "९९", "9" * 50):
        assert "You have asked 11 questions" in await mine(course, page=page)


async def test_staff_are_shown_the_way_to_what_waits_and_nothing_of_their_own(course: Community) -> None:
    await staff(course, "/questions")
    assert "/queue questions" in "\n".join(await course.said("lin", "staff"))


# --- it helps ---------------------------------------------------------------------------------------------------------


async def test_who_asked_says_with_one_tap_that_it_is_settled_and_with_another_how_well(course: Community) -> None:
    await asks(course)
    await staff(course, "/answer Q1 The limit is 20 characters.")
    assert "A1, from Lin (teaching staff):\nThe limit is 20 characters." in await told(course, "ada")
    await course.presses("ada", DONE)
    assert "How satisfied are you?" in await told(course, "ada")
    assert "Settled" in await public(course)
    await course.presses("ada", "5 ⭐")
    assert "5 of 5 for Q1" in await told(course, "ada")


async def test_pressed_twice_or_by_somebody_else_nothing_happens_twice(course: Community) -> None:
    await asks(course)
    await staff(course, "/answer Q1 The limit is 20 characters.")
    assert "for the asker or for staff" in await course.answer("ben", "/question Q1 accept A1", room=course.alone)
    assert "for the asker or for staff" in await course.answer("ben", "/question Q1 rate 1", room=course.alone)
    assert "Settled" not in await public(course)
    for _ in range(2):
        await course.types("ada", "/question Q1 accept A1", room=course.alone)
    heard = await told(course, "ada")
    assert heard.count("How satisfied are you?") == 1
    assert "Q1 is settled already" in heard


@pytest.mark.parametrize("said", ["accept A99", "accept A1", "accept nonsense", "accept A999999999999"])
async def test_what_is_no_answer_to_it_can_not_be_accepted(course: Community, said: str) -> None:
    await asks(course)
    await asks(course, "ben", "How do I hand in a picture?")
    await staff(course, "/answer Q2 Send it along.")
    assert "no answer" in await course.answer("ada", f"/question Q1 {said}", room=course.alone)
    assert "waits" in await mine(course)


async def test_without_a_number_the_newest_answer_is_accepted_and_without_one_closing_is_offered(
    course: Community,
) -> None:
    await asks(course)
    assert "nothing to accept" in await course.answer("ada", "/question Q1 accept", room=course.alone)
    await course.presses("ada", "Close it", room=course.alone)
    assert "Q1, “Why is my title cut off?”, is closed" in await told(course, "ada")
    assert "How satisfied" not in await told(course, "ada")


# --- how well ---------------------------------------------------------------------------------------------------------


async def settled(course: Community) -> None:
    await asks(course)
    await staff(course, "/answer Q1 The limit is 20 characters.")
    await course.types("ada", "/question Q1 accept", room=course.alone)


async def test_a_rating_may_be_changed_for_a_week(course: Community) -> None:
    await settled(course)
    rate = "/question Q1 rate"
    assert "2 of 5" in await course.answer("ada", f"{rate} 2 too short", room=course.alone)
    assert "4 of 5" in await course.answer("ada", f"{rate} ４星", room=course.alone)
    for wrong in ("6", "0", "", "very", "-1", "4.5"):
        assert "From 1 to 5" in await course.answer("ada", f"{rate} {wrong}".strip(), room=course.alone)
    await course.passes(days=7, minutes=1)
    assert "can't be rated any more" in await course.answer("ada", f"{rate} 5", room=course.alone)


async def test_what_is_not_settled_is_not_rated(course: Community) -> None:
    await asks(course)
    assert "not settled yet" in await course.answer("ada", "/question Q1 rate 5", room=course.alone)


async def test_words_for_a_rating_are_asked_for_after_it(course: Community) -> None:
    await settled(course)
    await course.types("ada", "/question Q1 rate 3", room=course.alone)
    await course.fills_in("ada", "/question Q1 rate why", "It came soon, but was short.", room=course.alone)
    assert "your words on Q1 are noted" in await told(course, "ada")


# --- it does not help -------------------------------------------------------------------------------------------------


async def test_not_yet_makes_it_wait_again_at_once_and_more_words_reach_staff(course: Community) -> None:
    await asks(course)
    await staff(course, "/answer Q1 The limit is 20 characters.")
    await course.presses("ada", NOT_YET)
    assert "waits for an answer" in await mine(course)
    await course.types("ada", "/question Q1 more I have only 12 of them.", room=course.alone)
    assert "I have only 12 of them." in "\n".join(await course.said("mia"))
    await staff(course, "/answer Q1 Then it is the emoji.")
    assert "Then it is the emoji." in await told(course, "ada")


async def test_more_can_be_said_by_a_form(course: Community) -> None:
    await asks(course)
    await course.fills_in("ada", "/question Q1 more", "On my phone, that is.", room=course.alone)
    assert "Added. You will have an answer to Q1 by" in await told(course, "ada")
    assert "On my phone, that is." in "\n".join(await course.said("mia"))


async def test_what_is_added_after_an_answer_makes_it_wait_again(course: Community) -> None:
    await asks(course)
    await staff(course, "/answer Q1 The limit is 20 characters.")
    await course.passes(hours=1)
    await course.types("ada", "/question Q1 more I have only 12.", room=course.alone)
    assert "is open again: you will have an answer by" in await told(course, "ada")
    assert "by 1 Mar 15:0" in await mine(course)


async def test_a_settled_question_is_reopened_for_two_weeks(course: Community) -> None:
    await settled(course)
    await course.presses("ada", REOPEN, room=course.alone)
    assert "waits for an answer" in await mine(course)
    assert "waits for its answer" in await course.answer("ada", "/question Q1 reopen", room=course.alone)
    await course.types("ada", "/question Q1 close", room=course.alone)
    await course.passes(days=3)
    await course.types("ada", "/question Q1 reopen It is cut off again.", room=course.alone)
    assert "It is cut off again." in "\n".join(await course.said("mia"))
    await course.types("ada", "/question Q1 close", room=course.alone)
    await course.passes(days=14, minutes=1)
    assert "more than 14 days ago" in await course.answer("ada", "/question Q1 reopen", room=course.alone)


async def test_old_buttons_of_a_settled_question_say_that_it_is_and_how_to_reopen_it(course: Community) -> None:
    await settled(course)
    for verb in ("more", "more I have 12", "accept A1", "close", "withdraw"):
        assert "Q1 is settled already" in await course.answer("ada", f"/question Q1 {verb}", room=course.alone), verb
    assert "Settled" in await public(course)


# --- taken back -------------------------------------------------------------------------------------------------------


async def test_it_can_be_withdrawn_until_somebody_has_answered(course: Community) -> None:
    await asks(course)
    assert "for the asker or for staff" in await course.answer("ben", "/question Q1 withdraw", room=course.alone)
    assert "Q1 is withdrawn" in await course.answer("ada", "/question Q1 withdraw", room=course.alone)
    assert ASKED not in "\n".join(await course.said("mia"))
    for verb in ("withdraw", "reopen", "more x", "close", "accept", "rate 5"):
        assert "Q1 was withdrawn" in await course.answer("ada", f"/question Q1 {verb}", room=course.alone), verb
    await asks(course, text="How do I hand in a picture?")
    await staff(course, "/answer Q2 Send it along.")
    assert "can't be withdrawn" in await course.answer("ada", "/question Q2 withdraw", room=course.alone)


# --- who asked the same -----------------------------------------------------------------------------------------------


async def two_alike(course: Community) -> None:
    await asks(course)
    await asks(course, "ben", "My headings end after some letters, what can I do?")


async def test_who_asked_the_same_hears_the_answer_too(course: Community) -> None:
    await two_alike(course)
    await staff(course, "/question Q2 merge Q1")
    assert "asks the same as Q1 and was merged into it" in await told(course, "ben")
    await staff(course, "/answer Q1 The limit is 20 characters.")
    for who in ("ada", "ben"):
        assert (await told(course, who)).count("The limit is 20 characters.") >= 1
    before = await told(course, "ada")
    await course.presses("ben", NOT_YET)
    assert "waits for an answer" in await mine(course, "ben")
    assert "answered" in await mine(course, "ada")
    assert before == await told(course, "ada") or "Q2" not in await news(course, "ada", before)


async def test_who_is_merged_into_an_answered_question_reads_the_answer_at_once(course: Community) -> None:
    await two_alike(course)
    await staff(course, "/answer Q1 The limit is 20 characters.")
    before = await told(course, "ben")
    await staff(course, "/question Q2 merge Q1")
    heard = await news(course, "ben", before)
    assert "asks the same as Q1, which is answered already" in heard
    assert "The limit is 20 characters." in await told(course, "ben")
    assert "was merged into Q1" in await course.answer("ben", "/question Q2 accept A1", room=course.alone)
    assert "was merged into Q1" in await course.answer("ben", "/question Q2 more hm", room=course.alone)


@pytest.mark.parametrize("verb", ["withdraw", "close"])
async def test_who_asked_the_same_still_gets_an_answer_when_the_first_wants_none(course: Community, verb: str) -> None:
    await two_alike(course)
    await asks(course, "cas", "Letters are missing at the end of the first line.")
    await staff(course, "/question Q2 merge Q1")
    await staff(course, "/question Q3 merge Q1")
    await course.types("ada", f"/question Q1 {verb}", room=course.alone)
    assert "Q2, “My headings end after some letters, what can I do?”, is open again" in await told(course, "ben")
    await staff(course, "/answer Q2 The limit is 20 characters.")
    for who in ("ben", "cas"):
        assert "The limit is 20 characters." in await told(course, who)


# --- answers that change ----------------------------------------------------------------------------------------------


async def test_who_asked_is_told_when_an_answer_changes_later_and_may_reopen(course: Community) -> None:
    await settled(course)
    await staff(course, "/question Q1 correct A1 The limit is 24 characters.")
    assert "was corrected:\nThe limit is 24 characters." in await told(course, "ada")
    await course.presses("ada", REOPEN)
    assert "waits for an answer" in await mine(course)


async def test_a_withdrawn_answer_makes_it_wait_again_and_who_asked_knows(course: Community) -> None:
    await settled(course)
    await staff(course, "/question Q1 withdraw A1 that was another platform")
    heard = await told(course, "ada")
    assert "that was another platform" in heard
    assert "You will get a new answer by" in heard
    assert "no answer" in await course.answer("ada", "/question Q1 accept A1", room=course.alone)


# --- who asked leaves -------------------------------------------------------------------------------------------------


async def test_nobody_waits_for_an_answer_whose_asker_has_left(course: Community) -> None:
    await asks(course)
    await asks(course, "ben", "How do I hand in a picture?")
    await course.leaves("ada")
    assert "The asker has left" in await public(course)
    assert "Ada has left. Nobody waits for Q1 any more" in await in_staff_room(course)
    await course.passes(hours=8)
    late = [text for text in await course.said("chen", "staff") if "Q1" in text and "minutes" in text]
    assert not late
    await course.types("ada", "back again")
    assert "Q1 Why is my title cut off? · settled" in await mine(course)


async def test_what_was_answered_stays_when_its_asker_leaves(course: Community) -> None:
    await asks(course)
    await staff(course, "/answer Q1 The limit is 20 characters.")
    await course.leaves("ada")
    assert "has left" not in await public(course)
    assert "Ada has left" not in await in_staff_room(course)


async def asks_without_a_name(course: Community) -> None:
    """By a button, whose command nobody else reads."""
    pressed = CommandInvoked(
        key=EventKey("pressed"),
        at=course.now,
        actor=course.actor("ada"),
        address=course.address(),
        name="ask",
        text=f"anonymous {ASKED}",
        via="button",
    )
    await course.run.app.sink([pressed])
    await course.settle()


async def test_an_anonymous_question_does_not_end_when_its_asker_leaves(course: Community) -> None:
    await asks_without_a_name(course)
    before = await public(course)
    await course.leaves("ada")
    assert await public(course) == before
    assert "has left" not in await in_staff_room(course)


async def test_who_gave_no_name_does_not_give_it_by_what_they_type_in_a_group(course: Community) -> None:
    await asks_without_a_name(course)
    await staff(course, "/answer Q1 The limit is 20 characters.")
    before = await public(course)
    for verb in ("accept A1", "close", "withdraw", "more I have only 12"):
        await course.writes("ada", f"/question Q1 {verb}")
        assert await public(course) == before, verb
        assert not any("Ada" in text and "Q1" in text for text in await course.said("ben")), verb


async def test_who_asked_the_same_is_answered_though_the_first_has_left(course: Community) -> None:
    await two_alike(course)
    await staff(course, "/question Q2 merge Q1")
    await course.leaves("ada")
    assert "is open again" in await told(course, "ben")
    await staff(course, "/answer Q2 The limit is 20 characters.")
    assert "The limit is 20 characters." in await told(course, "ben")


# --- asked back -------------------------------------------------------------------------------------------------------


@pytest.mark.needs("forms as conversations")
async def test_what_staff_want_to_know_stands_above_the_form_that_takes_the_reply(course: Community) -> None:
    await asks(course)
    await staff(course, "/question Q1 back Which title do you mean?")
    assert "Which title do you mean?" in await course.asked_for("ada", "/question Q1 more", room=course.alone)
