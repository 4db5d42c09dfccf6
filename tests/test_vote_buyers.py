"""Who buys votes wins nothing by it: terms of weekly contests with second accounts, rings and bought accounts.

`./homeroom test -s tests/test_vote_buyers.py` prints who won, who would have, and how many honest votes were lost.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import func, select

from adapters.local.values import Person
from bot.features.contests.ballot import vote
from bot.features.contests.choices import Choices, choices_of
from bot.features.contests.discounting import Ballot, Reason, Voter, discounted
from storage.tables import account
from tests.community import COURSE, DEMO, RITUALS, Community, write_course
from tests.electorate import ACTS, ADVERSARIES, HONEST, LURKERS, Week, term

TERMS = 20
MOST_SOLD = 0.025  # of the contests that would be bought else: a ring's very first one looks like friendship
MOST_LOST = 0.05  # of honest votes; those of who has done nothing of their own are among them
EVERYBODY = (*HONEST, *ADVERSARIES)
NUMBERS = {who: number for number, who in enumerate(EVERYBODY, 1)}
NAMES = {number: who for who, number in NUMBERS.items()}
SEEDS = range(3)

Discounted = dict[str, Reason]


# --- many terms, by the rule alone ------------------------------------------------------------------------------------


def judged(weeks: Iterable[Week]) -> Iterator[tuple[Week, Discounted]]:
    """Whose vote does not count in each week, and why."""
    voters = {NUMBERS[who]: Voter(acts) for who, acts in ACTS.items()}
    past: list[Choices] = []
    for week in weeks:
        ballots = [
            Ballot(NUMBERS[who], NUMBERS[whom], datetime.max.replace(tzinfo=UTC)) for who, whom in week.choices.items()
        ]
        found = discounted(ballots, voters, past)
        yield week, {NAMES[number]: reason for number, reason in found.items()}
        past.insert(0, choices_of((one.voter, one.author) for one in ballots))


class Tally(NamedTuple):
    """What has come of some contests."""

    bought: int  # that somebody would have won who buys votes
    sold: int  # that they have won all the same, or share the first place
    cast: int  # honest votes
    lost: int  # of them, that did not count
    lost_busy: int  # of those, by who has done something in the course


def tally(weeks: Sequence[tuple[Week, Discounted]]) -> Tally:
    honest = [(who, found) for week, found in weeks for who in week.choices if who in HONEST]
    lost = [who for who, found in honest if who in found]
    return Tally(
        bought=sum(not week.winners() <= set(HONEST) for week, _ in weeks),
        sold=sum(not week.winners(without=set(found)) <= set(HONEST) for week, found in weeks),
        cast=len(honest),
        lost=len(lost),
        lost_busy=len([who for who in lost if who not in LURKERS]),
    )


@pytest.mark.parametrize("buyers", [True, False])
def test_over_many_terms_no_buyer_wins_and_hardly_an_honest_vote_is_lost(buyers: bool, capsys: Any) -> None:
    found = tally([week for seed in range(TERMS) for week in judged(term(seed, buyers=buyers))])
    with capsys.disabled():
        print(f"\n{TERMS} terms {'with' if buyers else 'without'} buyers: {found}")
        print(f"  honest votes lost: {found.lost / found.cast:.1%}; of the busy {found.lost_busy / found.cast:.1%}")
    assert found.sold <= MOST_SOLD * found.bought
    assert found.lost <= MOST_LOST * found.cast
    assert found.lost_busy <= 0.01 * found.cast
    assert not buyers or found.bought > TERMS  # they would have


# --- one term, through the front door ---------------------------------------------------------------------------------


class Election:
    """A course whose weekly contest has no options of its own, so as it is shipped."""

    def __init__(self, course: Community) -> None:
        self.course, self.chat = course, course.run.adapter.chat

    async def say(self, *said: tuple[str, str]) -> None:
        for who, words in said:
            await self.chat.say(who, "main", words)
        await self.course.run.control.settle()

    async def first_days(self) -> None:
        """Everybody comes, and does what they do; who votes must have checked in twice."""
        for who in EVERYBODY:
            await self.chat.welcome(Person(id=who, name=who.title()))
        for _ in range(2):
            await self.course.until(11)
            await self.say(*((who, "/checkin") for who in EVERYBODY))
        await self.course.until(20, 10)
        await self.say(*((who, f"What I, {who}, have learned today about titles") for who in EVERYBODY if ACTS[who]))
        await self.course.until(22)
        await self.say(*((who, f"/ask How would {who} begin a story?") for who in EVERYBODY if ACTS[who] > 1))

    async def enter(self, number: int, week: Week) -> None:
        await self.say(*((who, f"/enter work-{who}-of-week-{number}") for who in week.entrants))

    async def vote(self, number: int, week: Week) -> None:
        shown = "\n".join((await self.course.said("looker1"))[-40:])
        numbers = {
            name: no for no, name in re.findall(rf"^(\d+)\D.*?work-(\w+)-of-week-{number}\b", shown, re.MULTILINE)
        }
        assert set(numbers) == set(week.entrants)
        await self.say(*((who, f"/vote {numbers[whom]}") for who, whom in week.choices.items()))

    async def winners(self) -> set[str]:
        result = next(text for text in reversed(await self.course.said("looker1")) if "the result" in text)
        return {name.lower() for name in re.findall(r"^1\. (\w+) \(No", result, re.MULTILINE)}

    async def report(self) -> str:
        said = await self.course.said("chen", room="staff")
        return next(text for text in reversed(said) if "how the votes were counted" in text)

    async def not_counted(self) -> Discounted:
        """Of the newest contest. Nobody can read it, and it is not kept for long: it is looked up where it stands."""
        newest = select(func.max(vote.c.contest)).scalar_subquery()
        whose = select(account.c.user, vote.c.discounted).join(account, account.c.member == vote.c.member)
        rows = await self.course.rows(whose.where(vote.c.contest == newest, vote.c.discounted.is_not(None)))
        return {row.user: row.discounted for row in rows}


@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
async def test_no_buyer_wins_a_contest_of_a_term(seed: int, tmp_path: Path, capsys: Any) -> None:
    """From the second contest on."""
    rituals = RITUALS + "weekly_pk: {every: monday, at: '10:00', do: contest}\n"
    ends = COURSE.replace("ends: 2027-03-14", "ends: 2027-04-18")
    folder = write_course(tmp_path / "writing", course=ends, rituals=rituals, demo=DEMO.split("classmates:")[0])
    course = await Community.open(tmp_path / "data", folder)
    election, weeks = Election(course), list(term(seed))
    winners, reports, lost = list[set[str]](), list[str](), list[Discounted]()
    try:
        for number, week in enumerate(weeks):
            if number == 0:
                await election.first_days()
            await election.enter(number, week)
            await _until_weekday(course, 4)
            await election.vote(number, week)
            await _until_weekday(course, 6)
            winners.append(await election.winners())
            reports.append(await election.report())
            lost.append(await election.not_counted())
            await _until_weekday(course, 0)
    finally:
        await course.close()
    found = tally(list(zip(weeks, lost, strict=True)))
    with capsys.disabled():
        for week, won in zip(weeks, winners, strict=True):
            print(f"\n{sorted(won)} won; by all votes it would have been {sorted(week.winners())}", end="")
        print(f"\nhonest votes lost: {found.lost} of {found.cast}, {found.lost / found.cast:.1%}\n{reports[-1]}")
    assert winners[1:] == [week.winners(without=unfair(week)) for week in weeks[1:]]
    assert all(won <= set(HONEST) for won in winners[1:])
    assert found.bought > 1  # they would have
    assert found.sold <= 1  # in the very first contest nobody can know a ring yet
    assert found.lost <= MOST_LOST * found.cast
    assert all("Not counted, in all works together" in report for report in reports)
    assert not any(voter.title() in report for report in reports for voter in ("second1", "bought1", "lurker1"))


def unfair(week: Week) -> set[str]:
    """Who votes for somebody who buys votes, and who has done nothing; everybody else decides who should win."""
    return {who for who, whom in week.choices.items() if whom in ADVERSARIES} | set(LURKERS)


async def _until_weekday(course: Community, weekday: int) -> None:
    """After the steps of the contest, on this day of the week."""
    while True:
        await course.until(11, 30)  # the votes of a week with a change of clocks end an hour later
        if course.now.weekday() == weekday:
            return
