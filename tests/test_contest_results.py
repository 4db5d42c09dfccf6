"""Results of contests: ties, votes that do not count, works taken out, appeals, champions."""

import re

import pytest
from sqlalchemy import select

from bot.features.contests.ballot import vote
from tests.community import Community
from tests.test_contests import LINE, OTHER, PAID, RITUAL, ends, leaves, newcomers, number_of, result_of, vote_begins

pytestmark = pytest.mark.every_platform

WORKS = {"ada": LINE, "ben": OTHER, "mia": "A window seat, and rain"}


async def shown(open_community, *, rituals: str = RITUAL, **files: str) -> tuple[Community, dict[str, int]]:
    """A contest of three; the numbers of their works."""
    course: Community = await open_community(rituals=rituals, rules=PAID, **files)
    await course.until(10)
    for who, work in WORKS.items():
        await course.types(who, f"/enter {work}")
        await course.passes(minutes=1)
    await course.until(10)
    await course.passes(days=3)
    gallery = (await course.said())[-1]
    return course, {who: number_of(gallery, work) for who, work in WORKS.items()}


async def voted(course: Community, number: dict[str, int], votes: dict[str, str]) -> None:
    for who, whom in votes.items():
        await course.types(who, f"/vote {number[whom]}")


async def told_staff(course: Community, beginning: str) -> str:
    """The newest of what staff were told that begins so."""
    return next(text for text in reversed(await course.said("chen", "staff")) if text.startswith(beginning))


# --- ties -------------------------------------------------------------------------------------------------------------


async def test_equally_many_votes_share_a_place_unless_the_ritual_says_what_decides(open_community) -> None:
    course, number = await shown(open_community)
    assert "With equally many votes, works share the place." in (await course.said())[-1]
    await voted(course, number, {"ada": "ben", "ben": "ada"})
    await ends(course)
    result = await result_of(course)
    assert len(re.findall("^1\\. ", result, re.MULTILINE)) == 2
    assert "With equally many votes, works share the place." in result


async def test_who_entered_first_has_the_better_place_where_the_ritual_says_so(open_community) -> None:
    course, number = await shown(open_community, rituals=RITUAL + "  tie_break: [grade, earlier]\n")
    said = "With equally many votes this decides, in order: the better homework grade"
    assert said in (await course.said())[-1]
    await voted(course, number, {"ada": "ben", "ben": "ada"})
    await ends(course)
    result = await result_of(course)
    assert f"1. Ada (No. {number['ada']}): 1 vote\n2. Ben (No. {number['ben']}): 1 vote\n" in result
    assert said in result


# --- votes that do not count ------------------------------------------------------------------------------------------


async def bought(open_community, *, rituals: str = RITUAL) -> tuple[Community, dict[str, int]]:
    """Eight who hand in works of their own vote for Ada or Mia; seven who never did anything all vote for Ben."""
    course = await open_community(rituals=rituals, rules=PAID)
    await course.until(10)
    honest = [f"h{number}" for number in range(8)]
    hired = [f"x{number}" for number in range(7)]
    await newcomers(course, *honest, *hired)
    for who, work in WORKS.items():
        await course.types(who, f"/enter {work}")
    await vote_begins(course)
    gallery = (await course.said())[-1]
    number = {who: number_of(gallery, work) for who, work in WORKS.items()}
    for who in honest:
        await course.types(who, "/ask How do I begin?")
    votes = dict.fromkeys(honest[:5], "ada") | dict.fromkeys(honest[5:], "mia") | dict.fromkeys(hired, "ben")
    await voted(course, number, votes)
    return course, number


async def test_a_ritual_may_count_every_vote(open_community) -> None:
    course, number = await bought(open_community, rituals=RITUAL + "  discount: false\n")
    await ends(course)
    assert f"1. Ben (No. {number['ben']}): 7 votes\n" in await result_of(course)
    assert "not counted" not in "".join(await course.said("chen", "staff"))


async def test_staff_read_what_was_discounted_and_why_but_never_whose(open_community) -> None:
    course, number = await bought(open_community)
    course.run.app.engine.registry.offers["own_acts"] = [
        lambda db, course, those, before: [(who, kind) for who in those[:8] for kind in ("questions", "entries")]
    ]
    before = [row.member for row in await course.rows(select(vote.c.member).order_by(vote.c.member))]
    assert len(before) == 15
    await ends(course)
    result = await result_of(course)
    assert f"1. Ada (No. {number['ada']}): 5 votes\n" in result
    assert "7 votes are not counted under the contest's rules." in result
    assert "Ben" not in result
    report = await told_staff(course, "Title contest (contest 1): how the votes were counted")
    assert "15 votes, 8 counted." in report
    assert f"No. {number['ben']}, Ben: 7 votes, 0 counted\n" in report
    assert "Not counted, in all works together: 7 by accounts that had done nothing of their own" in report
    assert not re.search(r"\b[hx]\d\b", report, re.IGNORECASE)


# --- works that are taken out -----------------------------------------------------------------------------------------


async def test_a_work_that_is_taken_out_during_the_vote_gets_none_and_its_author_reads_why(open_community) -> None:
    course, number = await shown(open_community)
    await newcomers(course, "Cam")
    await voted(course, number, {"cam": "ben"})
    said = await course.answer("chen", f"/contest remove {number['ben']} It was copied", room="staff")
    assert f"No. {number['ben']} is out of: Title contest." in said
    assert "It was copied" in "".join(await course.said("ben"))
    gallery = next(text for text in reversed(await course.said("mia")) if "Vote!" in text)
    assert f"{number['ben']} This work is out of the contest" in gallery
    assert OTHER not in gallery
    assert await course.answer("cam", f"/vote {number['ben']}") == f"There is no work No. {number['ben']}."
    assert "You have not voted" in await course.answer("cam", "/contest")
    await voted(course, number, {"cam": "ada"})
    await ends(course)
    result = await result_of(course)
    assert f"1. Ada (No. {number['ada']}): 1 vote\nWorks: 2, votes: 1." in result
    assert await course.points("ben") == 0
    audit = await course.answer("chen", "/audit", room="staff")
    assert "out of contest 1" in audit


async def test_after_the_end_the_places_are_counted_anew_and_what_was_won_goes_to_who_has_won(open_community) -> None:
    course, number = await shown(open_community, rituals=RITUAL + "  top: 1\n")
    await newcomers(course, "Cam", "Dee", "Eve")
    await voted(course, number, {"cam": "ben", "dee": "ben", "eve": "ada", "ada": "mia", "ben": "ada"})
    await voted(course, number, {"mia": "ben"})
    await ends(course)
    assert f"1. Ben (No. {number['ben']}): 3 votes" in await result_of(course)
    assert [await course.points(who) for who in WORKS] == [5, 20, 10]
    posted = len(await course.said("mia"))
    said = await course.answer("chen", f"/contest remove {number['ben']} #1 It was copied", room="staff")
    assert "The places have been counted again" in said
    results = [text for text in await course.said("mia") if "the result" in text]
    assert len(results) == 1
    assert results[0].startswith("Title contest: the result, corrected\n1. Ada")
    assert "2. " not in results[0]
    assert [await course.points(who) for who in WORKS] == [20, 0, 10]
    assert await course.answer("mia", "/champions") == "Champions\nAda: 1 time, last on Sun, 7 Mar"
    await course.types("chen", f"/contest restore {number['ben']}", room="staff")
    assert f"1. Ben (No. {number['ben']}): 3 votes" in await result_of(course)
    assert [await course.points(who) for who in WORKS] == [5, 20, 10]
    assert len([text for text in (await course.said("mia"))[posted:] if "the result" in text]) == 0


async def test_who_left_since_the_end_keeps_the_votes_and_the_place(open_community) -> None:
    course, number = await shown(open_community)
    await newcomers(course, "Cam", "Dee")
    await voted(course, number, {"cam": "ben", "dee": "ben", "ben": "ada"})
    await ends(course)
    await course.passes(minutes=1)
    await leaves(course, "cam")
    await course.types("chen", f"/contest remove {number['mia']} She asked for it", room="staff")
    assert f"1. Ben (No. {number['ben']}): 2 votes\n2. Ada" in await result_of(course)


async def test_only_staff_take_works_out_among_themselves_and_with_a_reason(open_community) -> None:
    course, number = await shown(open_community)
    assert await course.answer("ada", f"/contest remove {number['ben']} I want to win") == "That is for staff."
    assert await course.answer("ada", "/contest restore 1") == "That is for staff."
    assert await course.answer("ada", "/contest decide 1 kept") == "That is for staff."
    assert await course.answer("chen", f"/contest remove {number['ben']} Copied") == (
        "Please say that in the staff room, or to me in private."
    )
    for asked, says in (
        ("remove", "Give the number of the work"),
        (f"remove {number['ben']}", "Say why, in at most 300"),
        (f"remove {number['ben']} {'x' * 301}", "Say why, in at most 300"),
        ("remove 9 Copied", "There is no work No. 9."),
        ("remove 1 #99 Copied", "There is no contest to change"),
        (f"restore {number['ben']}", f"No. {number['ben']} has not been taken out."),
    ):
        assert says in await course.answer("chen", f"/contest {asked}", room="staff")


async def test_once_the_votes_are_deleted_nothing_is_counted_anew(open_community) -> None:
    course, number = await shown(open_community)
    await voted(course, number, {"ada": "ben"})
    await ends(course)
    course.rewrites(rituals="", rules=PAID)
    await course.types("chen", "/reload", room="staff")
    await course.passes(days=29)
    said = await course.answer("chen", f"/contest remove {number['ben']} Copied", room="staff")
    assert "There is no contest to change" in said


# --- appeals ----------------------------------------------------------------------------------------------------------


async def decided(open_community) -> tuple[Community, dict[str, int]]:
    course, number = await shown(open_community)
    await voted(course, number, {"ada": "ben", "mia": "ben", "ben": "ada"})
    await ends(course)
    return course, number


@pytest.mark.parametrize(
    ("label", "says"), [("The result stands", "and the result stands"), ("It is corrected", "you were right")]
)
async def test_an_appeal_goes_to_staff_and_is_answered_in_private(open_community, label: str, says: str) -> None:
    course, _ = await decided(open_community)
    assert "you can ask staff to look again: send me /contest appeal" in await result_of(course)
    assert (await course.answer("ada", "/contest appeal That is my text of last week")).startswith(
        "Staff have your appeal against the result of: Title contest (appeal 1)."
    )
    came = await told_staff(course, "Appeal 1 against the result of: Title contest")
    assert "Ada: That is my text of last week" in came
    assert "Appeal 1 (contest 1) waits" in await course.answer("chen", "/contest", room="staff")
    await course.presses("chen", label, room="staff")
    assert says in (await course.said("ada"))[-1]
    assert says not in "".join(await course.said("ben"))
    assert await course.answer("lin", "/contest decide 1 kept", room="staff") == "Appeal 1 has been answered already."
    assert "appeal 1" in await course.answer("chen", "/audit", room="staff")


async def test_staff_may_say_more_to_an_appeal(open_community) -> None:
    course, _ = await decided(open_community)
    await course.types("ada", "/contest appeal Please count again")
    await course.types("chen", "/contest decide 1 维持 We did, {twice}", room="staff")
    assert "Staff say: We did, {twice}" in (await course.said("ada"))[-1]


async def test_an_appeal_is_made_once_in_time_and_says_why(open_community) -> None:
    course, _ = await shown(open_community)
    assert await course.answer("ada", "/contest appeal I can't win") == "There is no result to appeal against now."
    await ends(course)
    assert "Say why, in at most 1000" in await course.answer("ada", "/contest appeal")
    assert await course.answer("lin", "/contest appeal Hm") == "That is for students."
    await course.types("ada", "/contest appeal Why?")
    assert "already" in await course.answer("ada", "/contest appeal Why?")
    await course.passes(days=1)
    assert await course.answer("ben", "/contest appeal Why?") == "There is no result to appeal against now."


@pytest.mark.parametrize("asked", ["", "1", "kept", "1 perhaps", "99999999999999999999 kept"])
async def test_what_is_no_decision_is_answered(open_community, asked: str) -> None:
    course, _ = await decided(open_community)
    said = await course.answer("chen", f"/contest decide {asked}", room="staff")
    assert said.startswith("Give the number of the appeal, without a #, and what you decided")
    assert await course.answer("chen", "/contest decide 7 kept", room="staff") == "There is no appeal 7."


# --- champions --------------------------------------------------------------------------------------------------------


async def test_champions_are_named_as_others_may_read_them_newest_first(open_community) -> None:
    course, number = await shown(open_community)
    assert (await course.answer("mia", "/champions")).startswith("There is no champion yet.")
    await course.types("ben", "/privacy name Night Owl")
    await voted(course, number, {"ada": "ben"})
    await ends(course)
    await course.until(10)
    for who, work in WORKS.items():
        await course.types(who, f"/enter Again {work}")
    await vote_begins(course)
    gallery = next(text for text in reversed(await course.said()) if "Vote!" in text)
    again = {who: number_of(gallery, work) for who, work in WORKS.items()}
    await voted(course, again, {"ben": "mia", "ada": "mia"})
    await ends(course)
    assert await course.answer("ada", "/champions") == (
        "Champions\nMia: 1 time, last on Sun, 14 Mar\nNight Owl: 1 time, last on Sun, 7 Mar"
    )
    await course.types("mia", "/privacy praise off")
    said = await course.answer("ada", "冠军榜")
    assert "Mia" not in said
    assert "And 1 more." in said


# --- fair ways --------------------------------------------------------------------------------------------------------


async def test_a_contest_goes_by_what_was_announced_when_it_opened(open_community) -> None:
    course, number = await shown(open_community, rituals=RITUAL + "  tie_break: [earlier]\n")
    await voted(course, number, {"ada": "ben", "ben": "ada"})
    course.rewrites(rituals=RITUAL + "  mode: duel\n  top: 1\n", rules=PAID)
    await course.types("chen", "/reload", room="staff")
    await ends(course)
    assert f"1. Ada (No. {number['ada']}): 1 vote\n2. Ben (No. {number['ben']}): 1 vote\n" in await result_of(course)


async def test_an_assistant_does_not_decide_where_they_take_part(open_community) -> None:
    course, number = await shown(open_community)
    await voted(course, number, {"ada": "ben", "ben": "ada"})
    await ends(course)
    await course.types("ben", "/contest appeal I was there first, please look.", room=course.alone)
    await course.types("chen", "/seeds @ben confirm", room="staff")
    for said in (f"/contest remove {number['ada']} copied", "/contest decide 1 corrected", "/contest restore 1"):
        await course.types("ben", said, room="staff")
    heard = "\n".join(await course.said("ben", "staff"))
    assert "You take part in this contest yourself" in heard
    assert f"1. Ada (No. {number['ada']})" in await result_of(course)
    assert "No. " in await result_of(course)
