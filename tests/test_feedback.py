"""What came of homework is read by its author, and by nobody else; good work is shown on the review day."""

import pytest

from bot.domain.messages import File
from tests.community import RITUALS, RULES, Community
from tests.homework_course import HOMEWORK_NOTE

pytestmark = pytest.mark.every_platform

PAID = (
    RULES
    + """
featured:
  when: homework.featured
  counts_as: contribution
  then: [award: 15]
"""
)
REVIEW = RITUALS + "review:\n  every: wednesday\n  at: 20:00\n  do: review\n  spaces: [main]\n"
WORDS = "The numbers are well chosen"
VOICE = {"name": "voice.ogg", "media_type": "audio/ogg"}


@pytest.fixture
async def course(open_community) -> Community:
    course: Community = await open_community(rules=PAID, rituals=REVIEW, homework=HOMEWORK_NOTE)
    await course.until(10)
    await course.types("ben", "hello")
    return course


async def hands_in(course: Community, who: str, text: str) -> None:
    await course.types(who, f"/submit note {text}", room=course.alone)


async def graded(course: Community, said: str = f"1 85 {WORDS}") -> None:
    await course.types("lin", f"/grade {said}", room="staff")


async def told(course: Community, who: str) -> str:
    return "\n".join([*await course.said(who), *(await course.said(who, course.alone))])


async def files(course: Community, who: str) -> list[File]:
    """What the bot has sent them."""
    theirs = {m.number: m for room in ("main", course.alone) for m in await course.messages(who, room)}
    return [file for message in theirs.values() if message.author == "bot" for file in message.files]


async def test_feedback_reaches_its_author_alone(course: Community) -> None:
    await hands_in(course, "ada", "A note with 3 numbers.")
    await graded(course)
    assert WORDS in await told(course, "ada")
    for who in ("ben", "mia", "chen"):
        assert WORDS not in await told(course, who)


async def test_nobody_reads_anothers_feedback_by_its_number(course: Community) -> None:
    await hands_in(course, "ada", "A note with 3 numbers.")
    await graded(course)
    assert "no such hand-in" in await course.answer("ben", "/feedback 1", room=course.alone)
    assert "no such hand-in" in await course.answer("ben", "/feedback 99", room=course.alone)
    assert "no feedback for you yet" in await course.answer("ben", "/feedback", room=course.alone)
    assert WORDS not in await told(course, "ben")


async def test_who_asks_reads_it_again_and_staff_see_that_it_was_read(course: Community) -> None:
    await hands_in(course, "ada", "A note with 3 numbers.")
    await graded(course)
    await course.types("lin", "/grade 1", room="staff")
    assert any("85% (not read yet)" in text for text in await course.said("lin", "staff"))
    mine = await course.answer("ada", "/feedback", room=course.alone)
    await course.passes(minutes=1)
    assert mine.startswith("Viral note · #1, version 1: 85%\n85/100\n")
    assert WORDS in mine
    await course.types("lin", "/grade 1", room="staff")
    assert any("85% (read)" in text for text in await course.said("lin", "staff"))


async def test_each_reads_it_in_their_own_language(course: Community) -> None:
    await course.types("ada", "/language zh", room=course.alone)
    await hands_in(course, "ada", "A note with 3 numbers.")
    await course.types("lin", "/grade 1", room="staff")
    await course.presses("lin", "☐ The opening is dull", room="staff")
    await graded(course, "1 hook=22 body=40 form=20")
    heard = await told(course, "ada")
    assert "爆款笔记 · #1 第 1 版：82 分" in heard
    assert "钩子：22/30\n✗ 开头太平" in heard


async def test_a_voice_message_goes_with_the_words(course: Community) -> None:
    await hands_in(course, "ada", "A note with 3 numbers.")
    await hands_in(course, "ben", "Another note.")
    await course.types("lin", "/grade 2", room="staff")
    await course.sends("lin", b"hm", text="/grade comment Listen to this", room="staff", **VOICE)
    await course.types("lin", "/grade 2 hook=30 body=30 form=20", room="staff")
    assert "Listen to this" in await told(course, "ben")
    assert [file.name for file in await files(course, "ben")] == ["voice.ogg"]
    assert await files(course, "ada") == []


async def test_what_is_featured_earns_and_is_shown_on_the_review_day(course: Community) -> None:
    await hands_in(course, "ada", "A note with 3 numbers.")
    before = await course.points("ada")
    await course.types("lin", "/grade 1 feature", room="staff")
    assert "Your work for “Viral note” is featured ⭐ and may be shown to all on review day." in await told(
        course, "ada"
    )
    assert await course.points("ada") == before + 15
    await course.types("lin", "/grade 1 feature", room="staff")
    assert await course.points("ada") == before
    await course.types("lin", "/grade 1", room="staff")
    for points in ("30/30", "50/50", "20/20", "⭐ Feature"):
        await course.presses("lin", points, room="staff")
    assert await course.points("ada") == before  # until it is finished
    assert any("⭐ To be featured" in text for text in await course.said("lin", "staff"))
    await course.presses("lin", "✅ Finish", room="staff")
    assert await course.points("ada") == before + 15
    audited = await course.answer("chen", "/audit", room="staff")
    assert "Lin: featured hand-in #1 of Ada" in audited
    assert "Lin: no longer features hand-in #1 of Ada" in audited
    await course.passes(days=2)
    await course.until(20)
    [opened] = [text for text in await course.said("ben") if "A note with 3 numbers." in text]
    assert "Ada" in opened


async def test_who_can_not_be_written_to_finds_a_button_and_nobodys_name(course: Community) -> None:
    """Also where everybody could be: who has left the course can't."""
    await hands_in(course, "ada", "A note with 3 numbers.")
    await course.leaves("ada")
    await graded(course)
    calls = [text for text in await course.said("ben") if "new feedback on homework" in text]
    assert len(calls) == 1
    assert "Ada" not in calls[0]
    assert WORDS not in "\n".join(await course.said("ben"))
