"""`/common`: what many missed becomes a digest, and a task for a teacher; all of it is posted once, without names."""

import pytest

from bot.domain.homework import Criterion, Homework, LocalTime
from bot.domain.messages import File, Localised
from bot.features.homework.common.digesting import Miss, misses
from tests.community import COURSE, RITUALS, Community
from tests.homework_course import HOMEWORK_NOTE

WORDS = "Today I rewrote my first line three times, and the third one stayed where it was."
GRADED = ("hook=10 body=40 form=20", "hook=20 body=30 form=10", "hook=30 body=0 form=20")
PROBLEM = "☐ No number in the title"
VIDEO = "https://example.org/ten-minutes"
LINES = [
    "Where many got stuck in “Viral note”",
    "1. Body: points lost (3 of 3)",
    "2. Hook: No number in the title (2 of 3)",
]
REVIEW = RITUALS + "review_day:\n  every: wednesday\n  at: 16:00\n  do: review\n"


async def graded(open_community, **more: str) -> Community:
    """Three works are graded: all lost something in the body, two had no number in the title, one was ill-formed."""
    course: Community = await open_community(homework=HOMEWORK_NOTE, **more)
    await course.until(10)
    for number, who in enumerate(("ada", "ben", "mia")):
        await course.types(who, f"/submit note {WORDS} {number}")
    for number, scores in enumerate(GRADED, 1):
        await course.types("lin", f"/grade {number}", room="staff")
        if number < 3:
            await course.presses("lin", PROBLEM, room="staff")
        await course.types("lin", f"/grade {number} {scores}", room="staff")
    return course


async def posts(course: Community) -> list[str]:
    return [text for text in await course.said("mia") if text.startswith(("Where many got stuck", "“爆款笔记”大家"))]


@pytest.mark.every_platform
async def test_staff_see_what_many_missed_before_anybody_else_does(open_community) -> None:
    course = await graded(open_community)
    said = (await course.answer("lin", "/common note", room="staff")).splitlines()
    assert said[:3] == LINES
    assert "record ten minutes" in said[3]
    assert not {"Ada", "Ben", "Mia"} & set(" ".join(said).split())
    assert await posts(course) == []


@pytest.mark.every_platform
async def test_a_link_posts_the_digest_with_the_video_once(open_community) -> None:
    course = await graded(open_community)
    await course.types("lin", "/common note", room="staff")
    assert await course.answer("lin", f"/common 1 {VIDEO}", room="staff") == "Digest 1 is posted to the group."
    assert await course.answer("chen", f"/common 1 {VIDEO}", room="staff") == "Digest 1 was posted already."
    [post] = await posts(course)
    assert post.splitlines() == [*LINES, f"🎬 A teacher explains: {VIDEO}"]
    assert "digest 1" in await course.answer("chen", "/audit", room="staff")


@pytest.mark.every_platform
async def test_one_button_posts_it_without_a_video(open_community) -> None:
    course = await graded(open_community)
    await course.types("lin", "/common note", room="staff")
    await course.presses("lin", "Post without video (1)", room="staff")
    await course.presses("lin", "Post without video (1)", room="staff")
    [post] = await posts(course)
    assert post.splitlines() == LINES


async def test_a_video_file_is_fetched_and_posted_with_it(open_community) -> None:
    course = await graded(open_community)
    await course.types("lin", "/common note", room="staff")
    video = course.run.app.library.store.keep("why.mp4", "video/mp4", b"moving")
    number = await course.types("chen", "Here it is", room="staff", files=[video])
    await course.types("lin", "/common 1", room="staff", reply_to=number)
    [post] = await posts(course)
    assert post.splitlines() == [*LINES, "🎬 A teacher explains, in the video below."]
    [message] = [one for one in await course.messages("mia") if one.text == post]
    assert [file.name for file in message.files] == ["why.mp4"]


async def test_what_is_no_video_is_answered(open_community) -> None:
    course = await graded(open_community)
    await course.types("lin", "/common note", room="staff")
    assert (await course.answer("lin", "/common 1", room="staff")).startswith("Which video?")
    picture = File(name="a.png", media_type="image/png", size=3, sha256="0" * 64)
    number = await course.types("chen", "Here", room="staff", files=[picture])
    await course.types("lin", "/common 1", room="staff", reply_to=number)
    assert await posts(course) == []
    assert await course.answer("lin", "/common 9 post", room="staff") == (
        "There is no digest 9. /common shows those there are."
    )


@pytest.mark.every_platform
async def test_after_a_day_staff_are_reminded_once_of_what_waits(open_community) -> None:
    course = await graded(open_community)
    await course.types("lin", "/common note", room="staff")
    await course.passes(hours=12)
    await course.types("lin", "/common note", room="staff")
    await course.passes(hours=40)
    reminders = [text for text in await course.said("chen", "staff") if "has waited a day" in text]
    assert reminders == ["1 digest has waited a day for its video:\n1. Viral note"]
    assert (await course.answer("lin", "/common", room="staff")).splitlines()[:2] == [
        "1 digest is waiting for its video:",
        "1. Viral note",
    ]


async def test_who_names_no_homework_reads_titles(open_community) -> None:
    course = await graded(open_community)
    said = await course.answer("lin", "/common", room="staff")
    assert "Graded so far: Viral note" in said
    await course.presses("lin", "Gather Viral note", room="staff")
    assert (await course.said("lin", "staff"))[-1].splitlines()[:3] == LINES
    assert "gathered the common problems of Viral note" in await course.answer("chen", "/audit", room="staff")


async def test_what_was_posted_is_not_reminded_of(open_community) -> None:
    course = await graded(open_community)
    await course.types("lin", "/common note", room="staff")
    await course.types("lin", "/common 1 post", room="staff")
    await course.passes(days=2)
    assert [text for text in await course.said("chen", "staff") if "has waited a day" in text] == []


async def test_the_newest_grade_counts(open_community) -> None:
    course = await graded(open_community)
    for number in (1, 2):
        await course.types("lin", f"/grade {number} hook=30 body=50 form=20", room="staff")
    assert "no common problem yet" in await course.answer("lin", "/common note", room="staff")


async def test_before_anything_was_graded_there_is_nothing_to_gather(open_community) -> None:
    course = await open_community(homework=HOMEWORK_NOTE)
    assert "Nothing is graded yet" in await course.answer("lin", "/common", room="staff")
    assert "no common problem yet" in await course.answer("lin", "/common note", room="staff")
    assert "no homework" in await course.answer("lin", "/common poem", room="staff")


async def test_the_review_day_talks_about_it(open_community) -> None:
    course = await graded(open_community, rituals=REVIEW)
    await course.types("lin", "/common note", room="staff")
    await course.until(16)
    await course.passes(days=2)
    [opening] = [text for text in await course.said("mia") if text.startswith("Review day!")]
    assert "\n".join(LINES) in opening


async def test_the_review_day_points_to_a_video_that_all_have_seen(open_community) -> None:
    course = await graded(open_community, rituals=REVIEW)
    await course.types("lin", "/common note", room="staff")
    await course.types("lin", f"/common 1 {VIDEO}", room="staff")
    await course.until(16)
    await course.passes(days=2)
    [opening] = [text for text in await course.said("mia") if text.startswith("Review day!")]
    assert f"The video about “Viral note”: {VIDEO}" in opening
    assert LINES[1] not in opening


async def test_in_chinese(open_community, monkeypatch) -> None:
    monkeypatch.setattr("tests.test_common.PROBLEM", "☐ 标题里没有数字")
    course = await graded(open_community, course=COURSE.replace("language: en", "language: zh-CN"))
    await course.types("lin", "/common note", room="staff")
    await course.types("lin", "/common 1 直接发", room="staff")
    [post] = await posts(course)
    assert post.splitlines() == [
        "“爆款笔记”大家常卡住的地方",
        "1. 正文：丢分（3 份里 3 份）",
        "2. 钩子：标题里没有数字（3 份里 2 份）",
    ]


# --- counting ---------------------------------------------------------------------------------------------------------

WHEN = LocalTime(None, None)  # type: ignore[arg-type]  # nobody asks


def said(text: str) -> Localised:
    return Localised({"en": text})


NOTE = Homework(
    id="note",
    title=said("Note"),
    tier="practice",
    opens=WHEN,
    due=WHEN,
    rubric=(
        Criterion(id="hook", title=said("Hook"), points=30, problems={"dull": said("Dull"), "long": said("Long")}),
        Criterion(id="body", title=said("Body"), points=50),
    ),
)


@pytest.mark.parametrize(
    ("grades", "found"),
    [
        ([], []),
        ([({"hook": 30, "body": 50}, [])] * 3, []),
        ([({"hook": 0, "body": 50}, [])], []),  # of one alone it would tell who
        ([({"hook": 0, "body": 50}, [])] * 2, [Miss("hook", 2, 2)]),
        ([({"hook": 0, "body": 9}, ["hook.dull"])] * 2, [Miss("body", 2, 2), Miss("hook.dull", 2, 2)]),
        ([({"hook": 0}, ["hook.dull"]), ({"hook": 0}, ["hook.long"])], [Miss("hook", 2, 2)]),
        ([({"hook": 0}, ["hook.gone", "other"])] * 2, [Miss("hook", 2, 2)]),
        ([({}, [])] * 2, []),  # given as a whole, without criteria
    ],
)
def test_what_two_have_missed_counts(grades: list[tuple[dict[str, int], list[str]]], found: list[Miss]) -> None:
    assert misses(NOTE, grades) == found
