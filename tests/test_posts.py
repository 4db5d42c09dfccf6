"""What rituals post in words of their own, from the calendar, with pictures and files, and a board that is kept up."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import pytest

from adapters.local.values import Message
from tests.community import CALENDAR, COURSE, RULES, Community, write_course
from tests.shell import Shell

pytestmark = pytest.mark.every_platform

PNG = b"\x89PNG\r\n\x1a\n and a cover"
PDF = b"%PDF-1.7 and a handout"


def ritual(do: str, *, at: str = "09:00", name: str = "notice", every: str = "day") -> str:
    """A ritual; `do` and what follows it stand one to a line."""
    return f"{name}:\n  every: {every}\n  at: {at}\n" + "".join(f"  {line}\n" for line in do.strip().splitlines())


def with_files(folder: Path) -> None:
    (folder / "files").mkdir(parents=True)
    (folder / "files" / "cover.png").write_bytes(PNG)
    (folder / "files" / "handout.pdf").write_bytes(PDF)


def arrived(posts: Iterable[Message], folder: Path) -> list[str]:
    """Which files came with the posts, by what is in them: a picture may lose its name on its way."""
    names = {sha256(path.read_bytes()).hexdigest(): path.name for path in (folder / "files").iterdir()}
    return [names[file.sha256] for post in posts for file in post.files]


# --- the day ----------------------------------------------------------------------------------------------------------


async def test_the_material_has_a_post_of_its_own_where_the_task_comes_without_it(open_community) -> None:
    task = ritual("do: post_task\nwith_material: false", name="task")
    course: Community = await open_community(rituals=task + ritual("do: post_material", at="12:00"))
    await course.until(9)
    assert await course.said() == ["Day 1 · First words (Mon, 1 Mar)\nWrite three lines."]
    await course.until(12)
    assert "Day 1 · First words · Material\nRead page one." in await course.said()
    count = len(await course.said())
    await course.until(12, 30)  # the second day has none
    assert [text for text in (await course.said())[count:] if "Material" in text] == []


async def test_a_day_without_a_reminder_posts_none(open_community) -> None:
    calendar = CALENDAR.replace("task: Write three lines.", "task: Write three lines., reminder: Sleep well.")
    course: Community = await open_community(calendar=calendar, rituals=ritual("do: post_reminder", at="21:00"))
    await course.until(21)
    assert (await course.said())[-1] == "⏰ Reminder · Day 1 · First words\nSleep well."
    count = len(await course.said())
    await course.until(21)
    assert len(await course.said()) == count


# --- words in turn ----------------------------------------------------------------------------------------------------


async def test_texts_are_taken_in_turn_and_none_comes_again_before_all_were_there(open_community) -> None:
    course: Community = await open_community(rituals=ritual("do: post\nsay: [One., Two., Three.]"))
    for _ in range(5):
        await course.until(9)
    own = [text for text in await course.said() if text in ("One.", "Two.", "Three.")]
    assert own == ["One.", "Two.", "Three.", "One.", "Two."]


async def test_two_spaces_take_turns_by_themselves(open_community) -> None:
    spaces = COURSE.replace(
        "kind: main, local: main}", "kind: main, local: main}\n  - {id: chat, kind: interest, local: chat}"
    )
    course: Community = await open_community(
        course=spaces, rituals=ritual("do: post\nsay: [One., Two.]\nspaces: [main, chat]")
    )
    await course.until(9)
    await course.until(9)
    for room in ("main", "chat"):
        assert [text for text in await course.said(room=room) if text in ("One.", "Two.")] == ["One.", "Two."]


async def test_a_text_shows_what_the_calendar_says_of_the_day(open_community) -> None:
    calendar = CALENDAR.replace("title: First words,", "title: First words, lesson: 19:30, deadline: 22:00,")
    say = "say: 'Day {day}, {date}, {time}: {title}. Lesson {lesson}, deadline {deadline}.'"
    course: Community = await open_community(calendar=calendar, rituals=ritual(f"do: post\n{say}"))
    await course.until(9)
    assert await course.said() == ["Day 1, Mon, 1 Mar, 09:00: First words. Lesson 19:30, deadline 22:00."]


async def test_what_the_calendar_lacks_is_not_posted_and_staff_are_told(open_community) -> None:
    course: Community = await open_community(rituals=ritual("do: post\nsay: 'Lesson at {lesson}.'"))
    await course.until(9)
    assert await course.said() == []
    [told] = [text for text in await course.said("chen", "staff") if "notice" in text]
    assert told.startswith("notice was not posted on Mon, 1 Mar: its text asks for lesson")


async def test_a_text_is_said_in_the_language_of_the_course(open_community) -> None:
    chinese = COURSE.replace("language: en", "language: zh-CN")
    course: Community = await open_community(course=chinese, rituals=ritual("do: post\nsay: {zh: 早上好, en: Morning}"))
    await course.until(9)
    assert await course.said() == ["早上好"]


async def test_the_button_under_a_post_checks_in(open_community) -> None:
    course: Community = await open_community(rituals=ritual("do: post\nsay: Good morning.\ncheckin_button: true"))
    await course.until(9)
    assert "Checked in!" in str(await course.presses("ada", "Check in"))


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.needs("mixed albums")
async def test_a_picture_and_files_go_out_with_the_words(open_community, tmp_path: Path) -> None:
    with_files(tmp_path / "writing")
    course: Community = await open_community(
        rituals=ritual("do: post\nsay: Look!\nfile: files/handout.pdf\nimage: files/cover.png")
    )
    await course.until(9)
    [post] = await course.messages()
    assert (post.text, [(file.name, file.media_type) for file in post.files]) == (
        "Look!",
        [("cover.png", "image/png"), ("handout.pdf", "application/pdf")],
    )


async def test_a_picture_files_and_words_arrive_in_as_few_messages_as_it_takes(open_community, tmp_path: Path) -> None:
    with_files(tmp_path / "writing")
    course: Community = await open_community(
        rituals=ritual("do: post\nsay: Look!\nfile: files/handout.pdf\nimage: files/cover.png")
    )
    await course.until(9)
    posts = await course.messages()
    assert "".join(post.text for post in posts) == "Look!"
    assert arrived(posts, tmp_path / "writing") == ["cover.png", "handout.pdf"]


async def test_a_picture_needs_no_words(open_community, tmp_path: Path) -> None:
    with_files(tmp_path / "writing")
    course: Community = await open_community(rituals=ritual("do: post\nimage: files/cover.png"))
    await course.until(9)
    [post] = await course.messages()
    assert (post.text, arrived([post], tmp_path / "writing")) == ("", ["cover.png"])


# --- what is wrong with a file ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "english", "chinese"),
    [
        (
            "say: '{dya}'",
            "5:8: say: there is no “{dya}” — did you mean {day}?",
            "say：没有“{dya}”，是不是想写“{day}”？",
        ),
        ("say: []", "say: must not be empty", "say：不能是空的，请补上内容"),
        (
            "image: files/covr.png",
            "there is no file “files/covr.png” in the course's folder — did you mean files/cover.png?",
            "课程文件夹里没有“files/covr.png”这个文件，是不是想写“files/cover.png”？",
        ),
        (
            "image: cover.png",
            "there is no file “cover.png” in the course's folder — did you mean files/cover.png?",
            "是不是想写“files/cover.png”？",
        ),
        (
            "image: files/handout.pdf",
            "“handout.pdf” is no picture",
            "“handout.pdf”不是图片，请用 PNG、JPEG、WebP 或 GIF",
        ),
        ("pin: true", "there is nothing to post: write say, image, file, files or poll", "没写要发什么"),
        ("poll: {question: Q, options: [a]}", "options: at least 2", "options：至少 2 个"),
        ("poll: {question: Q, options: [a, b, a]}", "the option “a” is there twice", "选项“a”重复了"),
        (
            "poll: {question: Q, options: [a, b, c, d, e, f, g, h, i, j, k]}",
            "options: at most 10",
            "options：最多 10 个",
        ),
        ("poll: {question: Q, options: [a, b], closes_in: 0m}", "a poll is open between", "投票要开"),
        (
            "poll: {question: Q, options: [a, b]}\ncheckin_button: true",
            "checkin_button stands under",
            "checkin_button 要跟着",
        ),
        (f"say: {'x' * 4001}", "say: too long, at most 4000 characters", "say：太长了，最多 4000 个字"),
        (
            "say: Hi\nfiles: [files/cover.png, files/no.pdf]",
            "there is no file “files/no.pdf”",
            "没有“files/no.pdf”这个文件",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    options: str, english: str, chinese: str, tmp_path: Path, shell: Shell
) -> None:
    folder = write_course(tmp_path / "writing", rituals=ritual(f"do: post\n{options}"))
    with_files(folder)
    for language, words in (("en_GB", english), ("zh_CN", chinese)):
        shell.speaks(f"{language}.UTF-8")
        assert shell("check", folder) == 1
        assert words in shell.out
        assert "rituals.yaml:" in shell.out


# --- a board that is kept up ------------------------------------------------------------------------------------------

POINTS = RULES.split("make_up:")[0]


async def test_a_board_is_one_post_for_each_period_and_brought_up_to_date(open_community) -> None:
    course: Community = await open_community(
        rules=POINTS, rituals=ritual("do: show_board\nboard: points\nperiod: week\npin: true", at="21:00")
    )
    await course.until(21)
    [board] = [post for post in await course.messages() if post.author == "bot" and "points board" in post.text]
    assert board.text.startswith("The points board of the week, as of 1 Mar 21:00")
    assert board.table == (("1", "Mia", "5"),)
    await course.types("ada", "/checkin")
    await course.until(22)
    await course.types("ben", "/checkin")
    await course.until(21)
    boards = [post for post in await course.messages() if post.author == "bot" and "points board" in post.text]
    assert [(post.number, post.is_edited, post.is_pinned) for post in boards] == [(board.number, True, True)]
    assert [row[1] for row in boards[0].table] == ["Mia", "Ada", "Ben"]
    for _ in range(6):
        await course.until(21)
    boards = [post for post in await course.messages() if post.author == "bot" and "points board" in post.text]
    assert [post.is_pinned for post in boards] == [False, True]  # the next week has its own
    assert "Nobody is on it yet" in boards[1].text


async def test_a_board_knows_who_wants_to_be_seen_and_how(open_community) -> None:
    course: Community = await open_community(rules=POINTS, rituals=ritual("do: show_board", at="21:00"))
    for who in ("ada", "ben"):
        await course.types(who, "/checkin")
    await course.types("ada", "/privacy board off")
    await course.types("ben", "/privacy name Falcon")
    await course.until(21)
    [board] = [post for post in await course.messages() if post.table and not post.only_for]
    assert sorted(row[1] for row in board.table) == ["Falcon", "Mia"]
