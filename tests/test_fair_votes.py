"""What a vote is judged by, as it was when the vote opened; and what staff and buyers of votes can't learn."""

import json
import re
import zipfile
from datetime import datetime

from sqlalchemy import select, update

from bot.domain.ids import CourseId
from bot.features.contests.acts import own_acts
from bot.features.contests.ballot import vote
from bot.features.contests.store import contest, entry
from tests.community import COURSE, Community
from tests.test_contest_results import WORKS, shown, told_staff, voted
from tests.test_contest_voters import STRICT
from tests.test_contests import LINE, OTHER, PAID, RITUAL, ends, leaves, newcomers, number_of, result_of, vote_begins
from tests.test_links import link, unlink

HONEST = [f"h{number}" for number in range(8)]
HIRED = [f"x{number}" for number in range(7)]


# --- what somebody has done -------------------------------------------------------------------------------------------


async def hired(open_community, *, enter: bool = False) -> tuple[Community, dict[str, int]]:
    """Eight who have asked something, and seven who vote for Ben; the seven do what they do for the vote's sake."""
    course = await open_community(rituals=RITUAL, rules=PAID)
    await course.until(10)
    await newcomers(course, *HONEST, *HIRED)
    for who in HONEST:
        await course.types(who, "/ask How do I begin?")
    works = WORKS | ({who: f"x{n}" for n, who in enumerate(HIRED)} if enter else {})
    for who, work in works.items():
        await course.types(who, f"/enter {work}")
    await vote_begins(course)
    gallery = next(text for text in reversed(await course.said()) if "Vote!" in text)
    number = {who: number_of(gallery, WORKS[who]) for who in WORKS}
    await voted(course, number, dict.fromkeys(HONEST[:5], "ada") | dict.fromkeys(HONEST[5:], "mia"))
    await voted(course, number, dict.fromkeys(HIRED, "ben"))
    return course, number


async def test_what_is_done_once_the_vote_is_open_makes_no_learner(open_community) -> None:
    course, number = await hired(open_community)
    for who in HIRED:
        await course.types(who, "/ask Is this a question?")
    await ends(course)
    result = await result_of(course)
    assert f"1. Ada (No. {number['ada']}): 5 votes\n" in result
    assert "7 votes are not counted under the contest's rules." in result
    assert "fair" not in result


async def test_a_work_entered_for_the_vote_makes_none_either_but_nobody_says_they_only_vote(open_community) -> None:
    course, number = await hired(open_community, enter=True)
    await ends(course)
    assert f"1. Ada (No. {number['ada']}): 5 votes\n" in await result_of(course)
    report = await told_staff(course, "Title contest (contest 1): how the votes were counted")
    assert "together: 4 of too many accounts of little work behind one work\n" in report
    assert "nothing of their own" not in report


async def test_what_counts_as_entered_is_a_work_that_stands_in_a_contest_of_before(open_community) -> None:
    course, number = await shown(open_community)
    await ends(course)
    await course.types("chen", f"/contest remove {number['mia']} Copied", room="staff")
    [found] = await course.rows(select(contest))
    entrants = [row.member for row in await course.rows(select(entry.c.member).order_by(entry.c.id))]

    async def acts(before: datetime) -> set[int]:
        there = (await course.run.app.live()).courses[CourseId("writing")]
        return {who for who, _ in await course.run.app.database.run(lambda db: own_acts(db, there, entrants, before))}

    assert await acts(course.now) == set(entrants[:2])
    assert await acts(found.gallery_at) == set()


async def test_days_made_up_for_once_the_vote_is_open_are_too_late_for_it(open_community) -> None:
    course = await open_community(rituals=STRICT, rules=PAID)
    await course.until(10)
    await course.types("ada", f"/enter {LINE}")
    await course.types("ben", f"/enter {OTHER}")
    await course.types("mia", "/checkin")
    await vote_begins(course)
    hers = number_of(next(text for text in reversed(await course.said()) if "Vote!" in text), LINE)
    assert "for" in await course.answer("mia", "/makeup")
    assert "you had on 1" in await course.answer("mia", f"/vote {hers}")


# --- counted anew -----------------------------------------------------------------------------------------------------


async def test_who_left_before_the_end_and_comes_back_changes_no_result_that_is_counted_anew(open_community) -> None:
    course, number = await shown(open_community)
    await newcomers(course, "Cam", "Dee", "Eve")
    await voted(course, number, {"cam": "ada", "dee": "ben", "eve": "ben"})
    for who in ("dee", "eve"):
        await leaves(course, who)
    await ends(course)
    for who in ("dee", "eve"):
        await course.types(who, "Here I am again")
    await course.types("chen", f"/contest remove {number['mia']} Copied", room="staff")
    result = await result_of(course)
    assert f"corrected\n1. Ada (No. {number['ada']}): 1 vote\nWorks: 2, votes: 1." in result
    assert "not counted" not in result


async def test_a_work_whose_author_left_before_the_end_has_no_place_when_they_come_back(open_community) -> None:
    course, number = await shown(open_community)
    await newcomers(course, "Cam", "Dee", "Eve")
    await voted(course, number, {"cam": "ada", "dee": "ben", "eve": "ben"})
    await leaves(course, "ben")
    await ends(course)
    assert "1. Ada" in await result_of(course)
    await course.types("ben", "Here I am again")
    await course.types("chen", f"/contest remove {number['mia']} Copied", room="staff")
    result = await result_of(course)
    assert "corrected\n1. Ada" in result
    assert "Ben" not in result


async def test_accounts_that_are_parted_after_the_end_have_no_second_vote(open_community) -> None:
    course, number = await shown(open_community)
    await newcomers(course, "Cam", "Cam2", "Dee", "Ben2")
    await voted(course, number, {"cam": "ben", "cam2": "ben", "dee": "ada", "ben2": "ben"})
    await link(course, "cam", "cam2")
    await link(course, "ben", "ben2")
    await ends(course)
    await unlink(course, "@cam")
    await unlink(course, "@ben")
    await course.types("chen", f"/contest remove {number['mia']} Copied", room="staff")
    result = await result_of(course)
    assert len(re.findall(r"^1\. .*: 1 vote$", result, re.MULTILINE)) == 2
    assert "Works: 2, votes: 2." in result
    marks = [row.discounted for row in await course.rows(select(vote.c.discounted).order_by(vote.c.member))]
    assert sorted(mark for mark in marks if mark) == ["own", "second"]


# --- who learns of it -------------------------------------------------------------------------------------------------


async def test_staff_do_not_read_at_a_work_why_votes_for_it_do_not_count(open_community) -> None:
    """Two who vote for each other are two names with one vote each."""
    until_may = COURSE.replace("ends: 2027-03-14", "ends: 2027-05-14")
    course = await open_community(rituals=RITUAL, rules=PAID, course=until_may)
    others = [f"p{n}" for n in range(10)]
    await newcomers(course, *others)
    entrants = [*WORKS, *others[:5]]
    for week in range(3):
        await _until_monday(course)
        for who in entrants:
            await course.types(who, f"/enter work {week} of x{who}x")
        await vote_begins(course)
        gallery = next(text for text in reversed(await course.said()) if "Vote!" in text)
        for n, who in enumerate([*entrants, *others[5:]]):
            liked = [one for one in entrants[2:] if one != who][(3 * n + 5 * week + n * week) % 5]
            whom = {"ada": "ben", "ben": "ada"}.get(who, liked)
            await course.types(who, f"/vote {number_of(gallery, f'x{whom}x')}")
        await ends(course)
    report = await told_staff(course, "Title contest (contest 3): how the votes were counted")
    assert re.search(r", Ada: 1 vote, 0 counted$", report, re.MULTILINE)
    assert "Not counted, in all works together: 2 among those who keep voting for one another" in report
    assert "pair" not in report


async def _until_monday(course: Community) -> None:
    await course.until(10)
    while course.now.weekday() != 0:
        await course.until(10)


async def test_a_report_of_one_vote_speaks_of_one(open_community) -> None:
    course, number = await shown(open_community)
    await voted(course, number, {"ada": "ben"})
    await ends(course)
    assert "\n1 vote, 1 counted.\n" in await told_staff(course, "Title contest (contest 1)")


async def test_who_buys_votes_does_not_read_by_what_they_were_found(open_community) -> None:
    course, number = await shown(open_community)
    await voted(course, number, {"mia": "ada"})
    await ends(course)
    await course.run.app.database.run(lambda db: db.execute(update(vote).values(discounted="ring")))
    await course.types("mia", "/mydata", room=course.private_room)
    file = next(m.files[0] for m in reversed(await course.messages("mia", course.private_room)) if m.files)
    path = course.run.app.library.store.path(file.sha256)
    assert path is not None
    with zipfile.ZipFile(path) as parts:
        mine = parts.read("data.json").decode()
    assert "contest_vote" in mine
    assert "ring" not in re.findall(r'"([a-z_]+)"', mine)
    assert "discounted" not in json.dumps(json.loads(mine))
