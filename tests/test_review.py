"""The weekly review day: which works are shown, and who is thanked."""

from pathlib import Path

import pytest

from bot.domain.messages import File
from tests.community import COURSE, RITUALS, RULES, Community, write_course
from tests.shell import Shell

pytestmark = pytest.mark.every_platform

RITUAL = RITUALS + "review_day:\n  every: sunday\n  at: 16:00\n  do: review\n"
ADAS = "Today I rewrote my first line three times, and the third one stayed."
BENS = "I write because I forget everything else"
MIAS = "A rented room, and what it costs"


async def share(course: Community, **works: str) -> dict[str, int]:
    """On Monday evening these members share these works; the numbers of their messages."""
    await course.until(20)
    return {who: await course.types(who, work) for who, work in works.items()}


async def review(course: Community) -> str:
    """Sunday afternoon has come; what was posted."""
    await course.until(16)
    await course.passes(days=6 - course.now.weekday())
    return next(text for text in reversed(await course.said("ben")) if text.startswith("Review day!"))


async def test_what_others_liked_most_comes_first(open_community) -> None:
    course = await open_community(rituals=RITUAL)
    await course.types("lin", "Good morning")
    numbers = await share(course, ada=ADAS, ben=BENS, mia=MIAS)
    await course.reacts("lin", numbers["mia"], "👍")
    await course.reacts("ada", numbers["mia"], "👏")
    await course.types("mia", "/thanks @ben")
    assert await review(course) == (
        "Review day! These works of the week are worth a second look:\n"
        f"1. Mia: {MIAS}\n2. Ben: {BENS}\n3. Ada: {ADAS}\n"
        "Pick one and say: which line stays with you, and what would you do differently? We wrap up at 7 Mar 18:00."
    )


async def test_of_equals_the_longest_comes_first_and_each_member_once(open_community) -> None:
    course = await open_community(rituals=RITUAL + "  top: 2\n")
    await share(course, ben=BENS, ada=ADAS, mia=MIAS)
    await course.types("ada", "And another thought, nearly as long as the first one was.")
    shown = await review(course)
    assert shown.splitlines()[1:3] == [f"1. Ada: {ADAS}", f"2. Ben: {BENS}"]
    assert "Mia" not in shown


async def test_a_long_work_is_shortened_and_a_picture_is_one(open_community) -> None:
    course = await open_community(rituals=RITUAL)
    await share(course, ada="First line.\n" + "word " * 100)
    picture = File(name="cover.png", media_type="image/png", size=3, sha256="0" * 64)
    await course.types("ben", "", files=[picture])
    lines = (await review(course)).splitlines()
    assert lines[1].startswith("1. Ada: First line. word word")
    assert lines[1].endswith("…")
    assert lines[2] == "2. Ben: 1 file"


@pytest.mark.needs("deletions")
async def test_works_of_last_week_of_who_left_deleted_or_wants_no_praise_are_not_shown(open_community) -> None:
    course = await open_community(rituals=RITUAL)
    await share(course, ada=ADAS)
    await review(course)
    await course.until(20)
    for who in ("cam", "dee"):
        await course.welcomes(who, who.title())
    await course.types("cam", "What I learnt about cameras")
    number = await course.types("dee", "I regret having written this")
    await course.types("ben", BENS)
    await course.types("mia", MIAS)
    await course.types("mia", "/privacy praise off")
    await course.types("ben", "/privacy name Night Owl")
    await course.deletes("dee", number)
    await course.leaves("cam")
    await course.passes(days=1)
    shown = await review(course)
    assert [line for line in shown.splitlines() if line[:1].isdigit()] == [f"1. Night Owl: {BENS}"]


async def test_without_works_it_asks_for_some(open_community) -> None:
    course = await open_community(rituals=RITUAL)
    assert await review(course) == (
        "Review day! No works came in this week. Post what you are working on, half-finished or not, and let us look "
        "at it together. We wrap up at 7 Mar 18:00."
    )


@pytest.mark.needs("deletions")
async def test_those_who_commented_are_thanked(open_community) -> None:
    course = await open_community(rituals=RITUAL)
    await share(course, ada=ADAS)
    await course.types("lin", "Long before it")
    await review(course)
    await course.types("ben", "The third line stays with me")
    await course.types("ben", "And the rhythm")
    await course.types("mia", "I would cut the first word")
    regretted = await course.types("ada", "Oh dear")
    await course.deletes("ada", regretted)
    await course.until(18)
    assert (await course.said("ben"))[-1] == (
        "Review day is over. 2 members had something to say. Thank you for looking so closely!"
    )


async def test_where_nobody_commented_that_is_fine(open_community) -> None:
    course = await open_community(rituals=RITUAL + "  lasts: 30m\n")
    assert "at 7 Mar 16:30" in await review(course)
    await course.until(16, 30)
    assert (await course.said("ben"))[-1].startswith("Review day is over. Nobody has said anything yet.")


async def test_it_is_all_said_in_chinese(open_community) -> None:
    course = await open_community(rituals=RITUAL, course=COURSE.replace("language: en", "language: zh-CN"))
    await share(course, ada="三百块改造出租屋，我花了三个周末")
    await course.passes(days=5)
    await course.until(16)
    assert (await course.said("ben"))[-1] == (
        "作业点评日！这周这几件作品，值得一起再看看：\n1. Ada：三百块改造出租屋，我花了三个周末\n"
        "挑一件说说：哪一句最打动你？换成你会怎么写？3月7日 18:00 收尾。"
    )
    await course.types("ben", "第二句")
    await course.until(18)
    assert (await course.said("ben"))[-1] == "点评日收尾，1 位同学说了自己的看法。谢谢你们认真看、认真说！"


@pytest.mark.parametrize("hours", [1, 25])
async def test_after_an_outage_it_opens_if_it_is_not_over_and_closes_only_what_was_opened(
    open_community, hours: int
) -> None:
    course = await open_community(rituals=RITUAL)
    await course.passes(days=6)
    await course.until(15)
    await course.is_away(hours=1 + hours)  # as if nothing had run
    await course.comes_back()
    await course.until(18)
    said = [text.partition(" ")[0] for text in await course.said("ben") if text.startswith("Review day")]
    assert len(said) == (2 if hours == 1 else 0)


async def test_a_restart_says_nothing_twice(open_community) -> None:
    course = await open_community(rituals=RITUAL)
    await share(course, ada=ADAS)
    await review(course)
    course = await open_community(rituals=RITUAL)
    await course.types("ben", "The third line stays with me")
    await course.until(18)
    course = await open_community(rituals=RITUAL)
    await course.passes(hours=1)
    assert len([text for text in await course.said("ben") if text.startswith("Review day")]) == 2


TWO = COURSE.replace("spaces:\n", "spaces:\n  - {id: books, kind: interest, local: books}\n")


async def test_each_group_looks_at_its_own_works(open_community) -> None:
    rituals = RITUAL.replace("do: sharing", "spaces: [main, books]\n  do: sharing") + "  spaces: [main, books]\n"
    course = await open_community(rituals=rituals, course=TWO)
    await share(course, ada=ADAS)
    await course.types("ben", BENS, room="books")
    shown = await review(course)
    assert ADAS in shown
    assert BENS not in shown  # what is said in one group is not quoted in another
    in_books = (await course.said("ben", "books"))[-1]
    assert BENS in in_books
    assert ADAS not in in_books
    await course.types("mia", "In the main group only")
    await course.until(18)
    assert (await course.said("ben", "books"))[-1].startswith("Review day is over. Nobody")


@pytest.mark.parametrize("text", ["{name} {0} %s and more", "**bold** `code` and more", "\u202etxet emos and more"])
async def test_any_text_is_shown_as_it_is(open_community, text: str) -> None:
    course = await open_community(rituals=RITUAL, rules=RULES)
    await share(course, ada=text)
    assert text.removeprefix("\u202e") in await review(course)


def test_the_preview_says_what_comes(tmp_path: Path, shell: Shell) -> None:
    folder = write_course(tmp_path / "writing", rituals=RITUAL.removeprefix(RITUALS))
    assert shell("preview", folder, "--days", "7", "--from", "2027-03-01") == 0
    shown = [line.partition("review day: ")[2] for line in shell.lines if "review day: " in line]
    assert shown == ["works of the week", "thanks"]


@pytest.mark.parametrize(
    ("option", "says"),
    [("top: 11", "at most 10"), ("lasts: long", "10m"), ("lasts: 0s", "more than 0"), ("works: 3", "top")],
)
def test_wrong_options_are_told_with_their_place(tmp_path: Path, shell: Shell, option: str, says: str) -> None:
    folder = write_course(tmp_path / "writing", rituals=f"{RITUAL}  {option}\n")
    assert shell("check", folder) == 1
    assert says in shell.out + shell.err
