"""Two hands at one entry: staff in the handbook, other staff, and faq.yaml. Nobody undoes the other's work unawares."""

import pytest

from bot.domain.events import FormSubmitted
from bot.domain.ids import EventKey
from tests.community import COURSE, Community
from tests.test_handbook import ANSWER, FAQ, QUESTION, as_shown, edits, opened, reads, rewrites, settles, staff, states

pytestmark = pytest.mark.every_platform

TITLE = "What makes a good title?"
WITHOUT_TITLE = FAQ.partition("title:")[0]
SAVED_AGAIN = WITHOUT_TITLE + "\n# the same\n"


@pytest.fixture
async def course(open_community) -> Community:
    """The first day at ten; with two entries of faq.yaml."""
    return await opened(open_community)


async def submits(course: Community, who: str, entry: str, answer: str) -> str:
    """What is answered to an edit in a form that named its entry so."""
    before = {m.number for m in await course.messages(who, "staff")}
    form = FormSubmitted(
        key=EventKey(f"form:{who}:{entry}:{len(before)}"),
        at=course.now,
        actor=course.actor(who),
        address=course.address("staff"),
        form="handbook_edit",
        fields={"entry": entry, "asked": TITLE, "answer": answer},
    )
    await course.run.app.sink([form])
    await course.settle()
    return "\n".join(m.text for m in await course.messages(who, "staff") if m.number not in before)


# --- gone from faq.yaml -----------------------------------------------------------------------------------------------


async def test_staff_hear_what_a_file_without_it_has_retired(course: Community) -> None:
    await rewrites(course, faq="")
    told = [text for text in await course.said("lin", "staff") if "no more in faq.yaml" in text]
    assert len(told) == 1
    assert "H1, H2 are no more in faq.yaml" in told[0]
    assert await states(course) == ["retired", "retired"]


async def test_what_staff_brought_back_stays_when_the_file_is_read_again(course: Community) -> None:
    await rewrites(course, faq=WITHOUT_TITLE)
    assert "H2 is back" in await staff(course, "/handbook H2 restore")
    await rewrites(course, faq=SAVED_AGAIN)
    assert "It says what is in the text." in await reads(course, "/faq H2")


async def test_what_staff_wrote_anew_stays_when_the_file_is_read_again(course: Community) -> None:
    await rewrites(course, faq=WITHOUT_TITLE)
    await edits(course, "H2", "It makes us read on.")
    await rewrites(course, faq=SAVED_AGAIN)
    assert "It makes us read on." in await reads(course, "/faq H2")


async def test_what_staff_retired_and_brought_back_stays_without_the_file(course: Community) -> None:
    await staff(course, "/handbook H2 retire not now")
    await rewrites(course, faq=WITHOUT_TITLE)
    await staff(course, "/handbook H2 restore")
    await rewrites(course, faq=SAVED_AGAIN)
    assert "It says what is in the text." in await reads(course, "/faq H2")


async def test_what_staff_retire_after_the_file_had_it_no_more_does_not_come_back_with_the_file(
    course: Community,
) -> None:
    await rewrites(course, faq=WITHOUT_TITLE)
    await staff(course, "/handbook H2 restore")
    await staff(course, "/handbook H2 retire it is wrong")
    await rewrites(course)
    assert "no entry H2" in await reads(course, "/faq H2")


# --- while a form is open ---------------------------------------------------------------------------------------------


async def test_an_edit_does_not_undo_what_somebody_else_wrote_meanwhile(course: Community) -> None:
    shown = await as_shown(course, "H2")
    assert "H2 is published" in await submits(course, "lin", shown, "It makes us read on.")
    told = await submits(course, "chen", shown, "It says what is in it!")
    assert "Somebody has changed it meanwhile" in told
    assert "It makes us read on." in told
    assert "It makes us read on." in await reads(course, "/faq H2")
    assert "H2 is published" in await submits(course, "chen", await as_shown(course, "H2"), "It says what is in it!")


async def test_an_edit_does_not_bring_back_what_faq_yaml_said_before(course: Community) -> None:
    shown = await as_shown(course, "H2")
    await rewrites(course, faq=FAQ.replace("It says what is in the text.", "It is short."))
    assert "It is short." in await submits(course, "chen", shown, "It says what is in the text!")
    assert "It is short." in await reads(course, "/faq H2")


async def test_an_edit_does_not_put_back_what_was_retired_meanwhile(course: Community) -> None:
    shown = await as_shown(course, "H2")
    await staff(course, "/handbook H2 retire it is wrong")
    assert "H2 is retired" in await submits(course, "chen", shown, "It says what is in the text!")
    assert "no entry H2" in await reads(course, "/faq H2")


async def test_a_draft_whose_answer_was_corrected_meanwhile_is_looked_at_again(course: Community) -> None:
    await settles(course)
    shown = await as_shown(course, "H3")
    await course.types("lin", "/question Q1 correct A1 Below the post, after two days.", room="staff")
    assert "after two days" in await submits(course, "chen", shown, "From the next morning on.")
    assert "no entry H3" in await reads(course, "/faq H3")


@pytest.mark.parametrize("entry", ["H2", "H2/", "H2/x", "H2/999999", "/", "H2/1/2"])
async def test_a_form_whose_entry_was_tampered_with_changes_nothing(course: Community, entry: str) -> None:
    await submits(course, "chen", entry, "Ha!")
    assert "It says what is in the text." in await reads(course, "/faq H2")


@pytest.mark.needs("forms as conversations")
async def test_the_form_that_a_person_fills_in_knows_what_it_was_shown(course: Community) -> None:
    await fills_in_all(course, "It says what is in it!", "typo")
    await edits(course, "H2", "It makes us read on.")
    await replies(course, "send")
    assert "It makes us read on." in await reads(course, "/faq H2")
    await fills_in_all(course, "It says what is in it!", "typo")
    await replies(course, "send")
    assert "It says what is in it!" in await reads(course, "/faq H2")


async def fills_in_all(course: Community, answer: str, note: str) -> None:
    """An admin goes through the form of H2, up to where it can be sent."""
    await course.fills_in("chen", "/handbook H2 edit", answer, room="staff")
    await replies(course, note)


async def replies(course: Community, text: str) -> None:
    """The admin answers what the form asked last."""
    asked = [m for m in await course.messages("chen", "staff") if m.author == "bot"][-1]
    await course.types("chen", text, room="staff", reply_to=asked.number)


# --- a classmate's answer that nobody of the staff has read -----------------------------------------------------------


async def test_a_classmates_accepted_answer_is_found_once_staff_have_published_it(course: Community) -> None:
    await course.types("ada", f"/ask {QUESTION}", room=course.alone)
    await course.types("ben", f"/answer Q1 {ANSWER}", room=course.alone)
    await course.types("ada", "/question Q1 accept A1", room=course.alone)
    assert ANSWER not in await reads(course, "/search recording of the lesson", "ada")
    assert ANSWER in await staff(course, "/handbook"), "it waits there"
    await staff(course, "/handbook H3 publish")
    assert "H3" in await reads(course, "/search recording of the lesson", "ada")


async def test_staff_hear_when_a_classmate_corrects_what_was_accepted(course: Community) -> None:
    await course.types("ada", f"/ask {QUESTION}", room=course.alone)
    await course.types("ben", f"/answer Q1 {ANSWER}", room=course.alone)
    await course.types("ben", "/question Q1 correct A1 Below the post of the lesson.", room=course.alone)
    await course.types("ada", "/question Q1 accept A1", room=course.alone)
    await course.types("ben", "/question Q1 correct A1 Buy it at http://evil.example", room=course.alone)
    told = [text for text in await course.said("lin", "staff") if "accepted answer to Q1, was corrected" in text]
    assert len(told) == 1
    assert "Buy it" in told[0]


# --- a course without a staff room ------------------------------------------------------------------------------------


async def test_without_a_staff_room_staff_read_how_to_have_one(open_community) -> None:
    without = COURSE.replace("  - {id: staff, kind: staff, local: staff}\n", "")
    course: Community = await open_community(course=without, faq=FAQ)
    told = await course.answer("chen", "/handbook")
    assert "this course has none yet" in told
    assert "/bind writing staff" in told
