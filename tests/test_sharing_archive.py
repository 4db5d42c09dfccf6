"""What was shared stays to be found: page by page, by words in Chinese and English; what is deleted is gone."""

from __future__ import annotations

import pytest

from tests.community import COURSE, RITUALS, Community

pytestmark = pytest.mark.every_platform

LINE = "I rewrote my headline {n} times until the number stood at its beginning."
CHINESE = "我把标题改了三遍，最后把数字放在最前面，阅读量翻了一倍。"
OTHER = "Proofreading aloud helps me more than any spell checker."


async def shares(course: Community, who: str, *texts: str) -> list[int]:
    """An evening on which somebody posts these; the numbers of their messages."""
    await course.until(20)
    numbers = [await course.types(who, text) for text in texts]
    await course.until(21)
    return numbers


async def reads(course: Community, text: str, who: str = "ben") -> str:
    return await course.answer(who, text, room=course.alone)


async def test_shares_are_listed_the_newest_first_with_date_author_and_topic(course: Community) -> None:
    await shares(course, "ada", LINE.format(n=3))
    await shares(course, "ben", OTHER)
    told = await reads(course, "/shares")
    assert told.split("\n")[:3] == [
        "2 shares so far",
        "2. Tue, 2 Mar Ben: Proofreading aloud helps me more than any spell checker.",
        "1. Mon, 1 Mar Ada: I rewrote my headline 3 times until the number stood at…",
    ]
    one = await reads(course, "/shares 1")
    assert one == f"1 · Ada · Mon, 1 Mar\nTopic: Why do you write?\n{LINE.format(n=3)}"


async def test_all_posts_of_one_evening_are_one_share(course: Community) -> None:
    await shares(course, "ada", OTHER, LINE.format(n=4))
    assert "1 share so far" in await reads(course, "/shares")
    one = await reads(course, "/shares 1")
    assert OTHER in one
    assert LINE.format(n=4) in one


@pytest.mark.parametrize(
    ("words", "found"),
    [("headline", "headline"), ("my HEADLINE", "headline"), ("标题", "标题"), ("怎么改标题", "标题")],
)
async def test_shares_are_found_by_words_in_both_languages(course: Community, words: str, found: str) -> None:
    await course.until(20)
    await course.types("ada", LINE.format(n=3))
    await course.types("ben", OTHER)
    await course.types("lin", CHINESE)
    told = await reads(course, f"/shares {words}")
    assert found in told.split("\n")[1]
    assert "Proofreading" not in told


async def test_what_is_about_something_else_is_said_not_to_be_there(course: Community) -> None:
    assert "Nothing was shared yet" in await reads(course, "/shares")
    await shares(course, "ada", OTHER)
    assert "Nothing shared is about “火箭发动机”" in await reads(course, "/shares 火箭发动机")
    assert "no share 99" in await reads(course, "/shares 99")
    assert "no such page" in await reads(course, "/shares p9999")


async def test_long_lists_have_pages(course: Community) -> None:
    for n in range(10):
        await shares(course, "ada", LINE.format(n=n + 2))
    first = await reads(course, "/shares")
    assert "10 shares so far" in first
    assert "10. Wed, 10 Mar" in first
    assert "2. Tue, 2 Mar" not in first
    second = await reads(course, "/shares p2")
    assert "2. Tue, 2 Mar" in second
    assert "10. Wed, 10 Mar" not in second
    assert len([line for line in (await reads(course, "/shares headline p2")).split("\n") if "headline" in line]) == 3


@pytest.mark.needs("deletions")
async def test_a_share_that_is_deleted_is_gone_from_list_search_and_number(course: Community) -> None:
    [number] = await shares(course, "ada", LINE.format(n=3))
    assert "headline" in await reads(course, "/shares headline")
    await course.deletes("ada", number)
    assert "Nothing was shared yet" in await reads(course, "/shares")
    assert "Nothing shared is about" in await reads(course, "/shares headline")
    assert "no share 1" in await reads(course, "/shares 1")


async def test_a_share_that_is_edited_reads_as_it_is_now(course: Community) -> None:
    [number] = await shares(course, "ada", LINE.format(n=3))
    assert "headline" in await reads(course, "/shares headline")
    await course.edits("ada", number, OTHER)
    assert OTHER in await reads(course, "/shares 1")
    assert "Nothing shared is about" in await reads(course, "/shares headline")
    summary = [text for text in await course.said("ben") if "sharing is closed" in text][-1]
    assert "Proofreading" in summary
    assert "headline" not in summary


async def test_what_a_forgotten_person_shared_is_gone(course: Community) -> None:
    await shares(course, "ada", LINE.format(n=3))
    assert "headline" in await reads(course, "/shares headline")
    await course.types("ada", "/forget", room=course.alone)
    await course.presses("ada", "Yes, forget me", room=course.alone)
    assert "Nothing was shared yet" in await reads(course, "/shares")
    assert "Nothing shared is about" in await reads(course, "/shares headline")


async def test_who_is_not_to_be_named_or_has_left_stands_there_without_a_name(course: Community) -> None:
    await shares(course, "ada", LINE.format(n=3))
    await course.types("ada", "/privacy praise off")
    assert "Mon, 1 Mar a member: I rewrote" in await reads(course, "/shares")
    assert "Ada" not in await reads(course, "/shares 1")


async def test_markup_and_hostile_words_are_only_words(course: Community) -> None:
    await shares(course, "ada", "**bold** {names} %s <b>@everyone</b> '; drop table share; --")
    assert "{names} %s" in await reads(course, "/shares 1")
    for words in ("' OR 1=1 --", "%", "{count}", "\u200b", "p", "#", "9" * 40, "x" * 5000, "p0", "-1"):
        assert await reads(course, f"/shares {words}")


async def test_what_was_shared_elsewhere_is_not_read_here(open_community) -> None:
    two = COURSE.replace("  - {id: staff,", "  - {id: circle, kind: interest, local: circle}\n  - {id: staff,")
    course = await open_community(
        course=two, rituals=RITUALS.replace("lasts: 1h", "lasts: 1h\n  spaces: [main, circle]")
    )
    await course.until(20)
    await course.types("ada", LINE.format(n=3), room="circle")
    await course.types("ben", OTHER)
    assert "headline" not in await reads(course, "/shares")
    assert "headline" in await course.answer("chen", "/shares", room="staff")
    assert "Proofreading" in await course.answer("chen", "/shares", room="staff")


# --- the summary ------------------------------------------------------------------------------------------------------


async def test_the_summary_counts_who_reacted_and_who_said_thanks_each_once(course: Community) -> None:
    await course.types("lin", "good evening")
    await course.types("ben", "good evening")
    await course.until(20)
    number = await course.types("ada", LINE.format(n=3))
    more = await course.types("ada", "And one more thing that I forgot to say.")
    for post in (number, more):
        for reaction in ("👍", "🎉"):
            await course.reacts("ben", post, reaction)
    await course.reacts("lin", number, "👍")
    await course.reacts("ada", number, "👍")
    await course.types("ben", "/thanks @ada")
    await course.types("ben", OTHER)
    await course.until(21)
    summary = [text for text in await course.said("ben") if "sharing is closed" in text][-1]
    assert "(2 reacted, thanked by 1)" in summary
    assert summary.split("\n")[2] == "· Ben: Proofreading aloud helps me more than any spell checker."


async def test_the_summary_stays_on_a_screen_however_many_share(course: Community) -> None:
    await course.until(20)
    for n in range(10):
        await course.welcomes(f"guest{n}", f"Guest {n}")
        await course.types(f"guest{n}", LINE.format(n=n + 2))
    await course.until(21)
    summary = [text for text in await course.said("ben") if "sharing is closed" in text][-1]
    assert "10 members shared" in summary
    assert "and 2 more" in summary
