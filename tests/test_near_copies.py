"""Near-copies: staff are shown two works that are much alike, side by side; it costs nobody anything by itself."""

import pytest
from sqlalchemy import event, func, select, update

from bot.features.homework.store.tables import near_copy, text_mark
from storage.tables import account, member
from tests.community import COURSE, Community
from tests.homework_course import HOMEWORK_NOTE, HOMEWORK_TEAM

pytestmark = pytest.mark.every_platform

STORY = (
    "I moved into a rented room at the edge of the town, and every night the last train shook the window. "
    "After three weeks I had stopped hearing it."
)
OTHER = (
    "My grandmother kept buttons in a tin, and each of them had been part of a coat that somebody once loved. "
    "I sold the tin, and kept one."
)
ZH = (
    "那年我在城边租了一间小屋，末班车每晚从窗下开过，玻璃跟着响。三个星期以后"
    "，我就听不见它了。后来搬走的那天夜里，我反而一直睡不着，总觉得少了点什么。"
)
ZH_COPY = (
    "【改了开头】那年我在城边租了一间小屋，末班车每晚从窗下开过，玻璃跟着"
    "响；三个星期以后我就听不见它了。后来搬走的那天夜里，我反而一直睡不着！"
)
GENTLE = HOMEWORK_NOTE.replace("within: 24h", "within: 24h\n  alike_from: 40")
TEMPLATE = (
    HOMEWORK_NOTE
    + """
  template: |-
    What I wanted to find out before I began, and why it mattered to me at that time of the year:
    What I did on each of the days, with the numbers that I wrote down in the evening:
    What I would do differently if I had to begin again tomorrow morning:
"""
)


async def opened(open_community, homework: str = HOMEWORK_NOTE, **more: str) -> Community:
    course: Community = await open_community(homework=homework, **more)
    await course.until(10)
    return course


async def copied(course: Community, first: str = STORY, second: str = STORY) -> Community:
    """Ada hands in something, and an hour later Ben."""
    await course.types("ada", f"/submit note {first}")
    await course.passes(minutes=20)
    await course.types("ben", f"/submit note {second}")
    return course


async def notices(course: Community) -> list[str]:
    return [text for text in await course.said("chen", "staff") if "have a look when you can" in text]


async def test_staff_hear_of_it_once_in_an_hour_and_students_never(open_community) -> None:
    course = await copied(await opened(open_community))
    await course.types("mia", f"/submit note And so: {STORY}")
    assert await notices(course) == []
    await course.until(11)
    [notice] = await notices(course)
    assert notice.startswith("3 pairs of work are very similar.")
    await course.passes(hours=5)
    assert len(await notices(course)) == 1
    for who in ("ada", "ben", "mia"):
        assert "alike" not in "\n".join(await course.said(who))


async def test_the_list_names_both_and_how_much_is_the_same(open_community) -> None:
    course = await copied(await opened(open_community))
    assert await course.answer("lin", "/alike", room="staff") == (
        "1 pair of similar work to look at:\n1. #2 Ben and #1 Ada: 100% the same"
    )


async def test_both_are_shown_and_what_they_share_is_bold(open_community) -> None:
    course = await copied(await opened(open_community, GENTLE), STORY, f"{OTHER[:60]} {STORY}")
    await course.types("lin", "/alike", room="staff")
    await course.presses("lin", "Compare 1", room="staff")
    shown = (await course.messages("lin", "staff"))[-1]
    assert "#1 Ada, handed in 1 Mar 10:00:" in shown.text
    assert "#2 Ben, handed in 1 Mar 10:20:" in shown.text
    assert shown.text.count(STORY) == 2
    assert "My grandmother kept buttons" in shown.text


@pytest.mark.parametrize(("button", "said"), [("It's fine", "is fine"), ("Talk to them", "needs a talk")])
async def test_what_staff_have_looked_at_leaves_the_list(open_community, button: str, said: str) -> None:
    course = await copied(await opened(open_community))
    await course.types("lin", "/alike 1", room="staff")
    heard = await course.presses("lin", button, room="staff")
    assert said in (heard or (await course.said("lin", "staff"))[-1])
    assert "No similar work to look at" in await course.answer("lin", "/alike", room="staff")
    assert await course.answer("chen", "/alike 1 talk", room="staff") == "Somebody has looked at this pair already."
    assert "alike works #2 and #1" in await course.answer("chen", "/audit", room="staff")
    await course.passes(hours=2)
    assert await notices(course) == []


async def test_chinese_is_compared_by_its_characters(open_community) -> None:
    course = await opened(open_community, course=COURSE.replace("language: en", "language: zh-CN"))
    await copied(course, ZH, ZH_COPY)
    assert (await course.answer("lin", "/alike", room="staff")).startswith(
        "还有 1 对相似作业没看：\n1. #2 Ben 和 #1 Ada，"
    )


@pytest.mark.parametrize(("first", "second"), [(STORY, OTHER), ("Short and the same.", "Short and the same!")])
async def test_what_is_different_or_very_short_is_nobodys_business(open_community, first: str, second: str) -> None:
    course = await copied(await opened(open_community), first, second)
    assert "No similar work to look at" in await course.answer("lin", "/alike", room="staff")


async def test_the_words_of_the_template_are_nobodys_own(open_community) -> None:
    course = await opened(open_community, TEMPLATE)
    given = [line.strip() for line in TEMPLATE.splitlines() if line.strip().startswith("What I")]
    await copied(
        course, " ".join(f"{line} {STORY[:50]}" for line in given), " ".join(f"{line} {OTHER[:50]}" for line in given)
    )
    assert "No similar work to look at" in await course.answer("lin", "/alike", room="staff")


async def test_ones_own_versions_are_not_compared(open_community) -> None:
    course = await opened(open_community)
    for more in ("", " And then?", " And then it was gone."):
        await course.types("ada", f"/submit note {STORY}{more}")
    assert "No similar work to look at" in await course.answer("lin", "/alike", room="staff")


async def test_a_team_does_not_copy_from_itself(open_community) -> None:
    course = await opened(open_community, HOMEWORK_TEAM)
    for who in ("ada", "ben"):
        await course.types(who, "hello")
    await course.passes(days=1)
    await course.types("ada", f"/submit plan {STORY}")
    await course.types("ben", f"/submit plan {STORY} More.")
    assert "No similar work to look at" in await course.answer("lin", "/alike", room="staff")


async def test_linked_accounts_are_one_person(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", f"/submit note {STORY}")
    await course.types("ben", "hello")
    rows = {row.user: row.member for row in await course.rows(select(account.c.user, account.c.member))}
    ada, ben = (rows[course.actor(who).user] for who in ("ada", "ben"))
    merged = update(member).where(member.c.id == ada).values(merged_into=ben)
    await course.run.app.database.run(lambda db: db.execute(merged))
    await course.types("ben", f"/submit note {STORY} And more.")
    assert await course.rows(select(near_copy)) == []


async def test_a_newer_version_is_no_second_pair_and_one_that_is_fine_comes_back_only_if_it_is_more_alike(
    open_community,
) -> None:
    course = await copied(await opened(open_community, GENTLE), STORY, f"{OTHER[:60]} {STORY}")
    await course.types("ben", f"/submit note {OTHER[:60]} {STORY} One more line.")
    assert len((await course.answer("lin", "/alike", room="staff")).splitlines()) == 2
    await course.types("lin", "/alike 1 fine", room="staff")
    await course.types("ben", f"/submit note {OTHER[:60]} {STORY} And yet another line of my own.")
    assert "No similar work" in await course.answer("lin", "/alike", room="staff")
    await course.types("ben", f"/submit note {STORY}")
    assert "#2 Ben and #1 Ada: 100% the same" in await course.answer("lin", "/alike", room="staff")


async def test_it_costs_nobody_anything(open_community) -> None:
    course = await copied(await opened(open_community))
    assert await course.points("ada") == await course.points("ben")
    await course.types("lin", "/grade 2 hook=30 body=50 form=20", room="staff")
    await course.types("ben", "/homework")
    assert "100%" in "\n".join(await course.said("ben"))


@pytest.mark.parametrize("asked", ["x", "1 maybe", "0x1", "'; drop table near_copy"])
async def test_what_is_not_understood_is_answered(open_community, asked: str) -> None:
    course = await opened(open_community)
    assert await course.answer("lin", f"/alike {asked}", room="staff") == (
        "Send /alike for the list, or /alike 3 for one pair."
    )


async def test_there_is_no_such_pair(open_community) -> None:
    course = await opened(open_community)
    assert await course.answer("lin", "/alike 7", room="staff") == ("There is no pair 7. /alike shows the list.")


async def test_members_text_is_never_markup(open_community) -> None:
    course = await copied(await opened(open_community), f"**{{x}}** `{STORY}`", f"**{{x}}** `{STORY}`")
    await course.types("lin", "/alike 1", room="staff")
    assert f"**{{x}}** `{STORY}`" in (await course.messages("lin", "staff"))[-1].text


async def test_comparing_takes_as_many_statements_however_many_there_are(open_community) -> None:
    course = await opened(open_community)
    statements: list[str] = []

    async def counted(who: str, text: str) -> int:
        await course.posts(who, f"/submit note {text}")
        del statements[:]
        await course.settle()
        return sum("text_mark" in one or "near_copy" in one for one in statements)

    event.listen(course.run.app.database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    first = await counted("ada", STORY)
    for number in range(8):
        await course.welcomes(f"s{number}", f"S{number}")
        last = await counted(f"s{number}", f"{STORY} {number}")
    assert first <= 3
    assert last <= 3 + 1 + 3  # marks, matches, what is known, and three pairs
    [kept] = await course.rows(select(func.count()).select_from(text_mark))
    assert kept[0] > 0
