"""Which votes don't count: the patterns that are found, and what is never taken for one."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count, product
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.features.contests.choices import choices_of
from bot.features.contests.discounting import MOST_PAST, Ballot, Reason, Voter, discounted

EVENING = datetime(2027, 3, 5, 20, tzinfo=UTC)
AUTHORS = range(1, 9)
LEARNERS = range(100, 130)
BUSY = Voter(3)
IDLE = Voter(0)
LITTLE = Voter(1)


def contest(choices: Mapping[int, int], *, week: int = 0) -> list[Ballot]:
    at = EVENING + timedelta(days=7 * week)
    return [Ballot(voter, author, at + timedelta(minutes=n)) for n, (voter, author) in enumerate(choices.items())]


def honest_choices(week: int, *, people: Iterable[int] = LEARNERS) -> dict[int, int]:
    """What people choose who look at the works: never twice the same two, and the better works more often."""
    chance = Random(week)
    return {who: chance.choices(AUTHORS, weights=range(10, 2, -1))[0] for who in people}


def standing(*groups: tuple[Iterable[int], Voter]) -> dict[int, Voter]:
    everybody = dict.fromkeys((*AUTHORS, *LEARNERS), BUSY)
    return everybody | {who: voter for people, voter in groups for who in people}


def judged(choices: Mapping[int, int], voters: Mapping[int, Voter], *past: Mapping[int, int]) -> dict[int, Reason]:
    return found_in([contest(one, week=-n) for n, one in enumerate([choices, *past])], voters)


def found_in(contests: Sequence[Sequence[Ballot]], voters: Mapping[int, Voter]) -> dict[int, Reason]:
    """In the newest of these, which comes first."""
    past = [choices_of((one.voter, one.author) for one in ballots) for ballots in contests[1:]]
    return discounted(contests[0], voters, past)


# --- what counts ------------------------------------------------------------------------------------------------------


def test_no_votes_are_no_trouble() -> None:
    assert discounted([], {}, []) == {}


def test_people_who_look_at_the_works_lose_nothing() -> None:
    weeks = [honest_choices(week) for week in range(7)]
    assert judged(weeks[0], standing(), *weeks[1:]) == {}


def test_where_nobody_does_anything_but_vote_everybody_may() -> None:
    weeks = [honest_choices(week) for week in range(3)]
    assert judged(weeks[0], {}, *weeks[1:]) == {}


def test_where_half_of_all_do_nothing_but_vote_they_may() -> None:
    idle = [who for who in LEARNERS if who % 2]
    assert judged(honest_choices(1), standing((idle, IDLE))) == {}


def test_a_few_friends_who_stay_with_a_popular_author_count() -> None:
    weeks = [honest_choices(week) | dict.fromkeys(range(100, 106), 1) for week in range(6)]
    assert judged(weeks[0], standing(), *weeks[1:]) == {}


def test_two_who_liked_each_others_work_once_count() -> None:
    weeks = [honest_choices(week, people=(*AUTHORS, *LEARNERS)) | {1: 2, 2: 3} for week in range(4)]
    assert judged({**weeks[0], 1: 2, 2: 1}, standing(), *weeks[1:]) == {}


def test_where_the_same_few_enter_every_week_they_have_nobody_else_to_vote_for() -> None:
    def week(number: int) -> dict[int, int]:
        chance = Random(number)
        own = {author: chance.choice([other for other in (1, 2, 3) if other != author]) for author in (1, 2, 3)}
        return own | {who: chance.choice((1, 2, 3)) for who in LEARNERS}

    assert judged(week(0), standing(), *(week(number) for number in range(1, 7))) == {}


def small_course(members: int, contests: int, chance: Random, *, further: int = 0) -> list[list[Ballot]]:
    """Everybody enters each time and votes for one of the others' works; some only vote."""
    everybody = range(members + further)
    weeks = [
        {who: chance.choice([a for a in range(members) if a != who]) for who in everybody} for _ in range(contests)
    ]
    return [contest(week, week=-n) for n, week in enumerate(weeks)]


def test_friends_who_all_enter_and_vote_around_lose_hardly_a_vote(capsys: pytest.CaptureFixture[str]) -> None:
    lost = dict.fromkeys(range(4, 13), 0)
    for members, seed, contests in product(lost, range(20), range(1, 9)):
        weeks = small_course(members, contests, Random(seed))
        lost[members] += len(found_in(weeks, dict.fromkeys(range(members), BUSY)))
    shares = {members: count / (members * 20 * 8) for members, count in lost.items()}
    with capsys.disabled():
        print("\nlost of honest votes, all of so many enter:", *(f"{n}: {share:.2%}" for n, share in shares.items()))
    assert max(shares.values()) <= 0.005


@pytest.mark.parametrize(("members", "further"), [(5, 5), (6, 10), (8, 12), (5, 20)])
def test_where_some_only_vote_they_lose_hardly_one_either(members: int, further: int) -> None:
    lost = 0
    for seed, contests in product(range(40), (4, 6, 8)):
        weeks = small_course(members, contests, Random(seed), further=further)
        lost += len(found_in(weeks, dict.fromkeys(range(members + further), BUSY)))
    assert lost <= 0.01 * 40 * 3 * (members + further)


def test_a_ring_is_none_without_twice_as_many_others() -> None:
    for others, found in ((3, set[int]()), (7, {1, 2})):
        learners = range(100, 100 + others)
        weeks = [{1: 2, 2: 1} | {who: 3 + (who + week) % 4 for who in learners} for week in range(6)]
        assert set(judged(weeks[0], standing(), *weeks[1:])) == found


@pytest.mark.parametrize("popularity", [1, 1.5, 2])
@pytest.mark.parametrize("friends", [3, 4, 5])
def test_who_would_have_won_with_loyal_friends_stays_first(popularity: float, friends: int) -> None:
    """Of twelve authors, by forty voters, in the fourth contest."""
    first = lost = 0
    for seed in range(100):
        chance = Random(seed)
        weeks = [_with_friends(chance, popularity, friends) for _ in range(4)]
        found = judged(weeks[0], dict.fromkeys(range(100, 140), BUSY), *weeks[1:])
        before = Counter(weeks[0].values())
        after = Counter(author for who, author in weeks[0].items() if who not in found)
        if before[1] == max(before.values()):
            first += 1
            lost += after[1] < max(after.values())
    assert first > 40
    assert lost <= 0.04 * first


def _with_friends(chance: Random, popularity: float, friends: int) -> dict[int, int]:
    weights = [popularity] + [1] * 11
    those = [who for who in range(100, 140) if chance.random() < 0.8]
    return {who: 1 if who < 100 + friends else chance.choices(range(1, 13), weights)[0] for who in those}


def test_of_too_many_with_little_work_those_go_first_who_have_done_nothing() -> None:
    """Where many do nothing, it doesn't tell; fifteen behind one author do."""
    rest = {who: 1 + who % 4 for who in LEARNERS} | dict.fromkeys(range(40, 44), 8)
    idle, little = range(500, 515), range(600, 602)
    choices = rest | dict.fromkeys(idle, 8) | dict.fromkeys(little, 8)
    half = [who for who in LEARNERS if who % 5 < 2]
    found = judged(choices, standing((half, IDLE), (idle, IDLE), (little, LITTLE), (range(40, 44), BUSY)))
    assert found
    assert set(found) < set(idle)
    assert set(found.values()) == {"only_votes"}


def test_who_has_entered_does_not_only_vote() -> None:
    entrants = range(500, 510)
    choices = honest_choices(1) | dict.fromkeys(entrants, 8)
    found = judged(choices, standing((entrants, Voter(0, has_entered=True))))
    assert set(found) < set(entrants)
    assert set(found.values()) == {"flood"}


@pytest.mark.parametrize("junk", range(0, 40, 3))
@pytest.mark.parametrize("little", [1, 2, 3, 4])
def test_nobody_is_taken_down_by_junk_votes_for_them(little: int, junk: int) -> None:
    """One is a popular author; of everybody's voters some have done little."""
    works = {**dict.fromkeys(range(1000, 1012), 1), **dict.fromkeys(range(2000, 2009), 2)}
    works |= dict.fromkeys(range(3000, 3009), 3)
    acts = {who: Voter(1 if n % 10 < little else 3) for n, who in enumerate(works)}
    found = judged(works | dict.fromkeys(range(4000, 4000 + junk), 1), acts)
    assert set(found) >= set(range(4000, 4000 + junk))
    assert set(found) & set(works) == set(judged(works, acts))


# --- what does not ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("accounts", [1, 2, 5, 40])
def test_second_accounts_that_do_nothing_else_don_t_count(accounts: int) -> None:
    seconds = range(500, 500 + accounts)
    choices = honest_choices(1) | dict.fromkeys(seconds, 8)
    assert judged(choices, standing((seconds, IDLE))) == dict.fromkeys(seconds, "only_votes")


def test_who_is_unknown_has_done_nothing() -> None:
    assert judged(honest_choices(1) | {500: 8}, standing()) == {500: "only_votes"}


def test_two_buyers_with_a_flood_each_don_t_hide_each_other() -> None:
    first, second = range(500, 530), range(600, 630)
    choices = honest_choices(1) | dict.fromkeys(first, 8) | dict.fromkeys(second, 7)
    assert set(judged(choices, standing((first, IDLE), (second, IDLE)))) == {*first, *second}


def test_bought_accounts_that_have_done_one_small_thing_stand_out_behind_one_author() -> None:
    bought = range(500, 510)
    newcomers = [who for who in LEARNERS if who % 5 == 0]
    choices = honest_choices(1) | dict.fromkeys(bought, 8)
    found = judged(choices, standing((bought, LITTLE), (newcomers, LITTLE)))
    assert set(found) <= set(bought)
    assert set(bought) - set(found) == set(bought[:4])  # as many may come by chance, and these voted first
    assert set(found.values()) == {"flood"}


@pytest.mark.parametrize("weeks", [2, 3, 6])
def test_two_who_vote_for_each_other_week_after_week_don_t_count(weeks: int) -> None:
    past = [honest_choices(week) | {7: 8, 8: 7} for week in range(weeks + 1)]
    assert judged(past[0], standing(), *past[1:]) == {7: "mutual", 8: "mutual"}


def rings(size: int) -> Iterator[dict[int, int]]:
    """They all vote for the next of them each week, who votes for the one after that."""
    members = range(200, 200 + size)
    for week in count():
        leader = members[week % size]
        yield {who: leader if who != leader else members[(week + 1) % size] for who in members}


@pytest.mark.parametrize("size", [3, 4, 5, 6])
def test_a_ring_whose_members_take_turns_is_found(size: int) -> None:
    turns = rings(size)
    weeks = [honest_choices(week) | next(turns) for week in range(5)]
    members = range(200, 200 + size)
    assert judged(weeks[0], standing((members, BUSY)), *weeks[1:]) == dict.fromkeys(members, "ring")


def test_a_ring_that_votes_for_others_now_and_then_is_found_too() -> None:
    turns = rings(5)
    weeks = [honest_choices(week) | next(turns) | {200 + week % 5: 1} for week in range(1, 7)]
    found = judged(honest_choices(0) | next(turns), standing((range(200, 205), BUSY)), *weeks)
    assert found == dict.fromkeys(range(200, 205), "ring")


def test_of_a_ring_what_goes_to_somebody_else_counts() -> None:
    turns = rings(4)
    weeks = [honest_choices(week) | next(turns) for week in range(6)]
    found = judged(weeks[0] | {202: 1}, standing((range(200, 204), BUSY)), *weeks[1:])
    assert found == dict.fromkeys((200, 201, 203), "ring")


def test_followers_of_an_author_for_whom_nobody_else_votes_are_found() -> None:
    followers = range(300, 305)
    weeks = [honest_choices(week) | dict.fromkeys(followers, 77) for week in range(4)]
    too_many = dict.fromkeys(followers[2:], "loyal")
    assert judged(weeks[0], standing((followers, BUSY)), *weeks[1:]) == too_many
    assert judged(weeks[0], standing((followers, BUSY)), *weeks[1:2]) == {}


def test_only_the_last_few_contests_are_looked_at() -> None:
    followers = range(300, 305)
    bought = honest_choices(1) | dict.fromkeys(followers, 77)
    others = [honest_choices(week) for week in range(2, MOST_PAST + 2)]
    assert judged(bought, standing((followers, BUSY)), *others, bought, bought, bought) == {}


# --- always -----------------------------------------------------------------------------------------------------------

PEOPLE = st.integers(1, 14)
CHOICES = st.dictionaries(PEOPLE, PEOPLE, max_size=14).map(lambda found: {v: a for v, a in found.items() if v != a})
STANDING = st.dictionaries(PEOPLE, st.builds(Voter, st.integers(0, 4)))
PAST = st.lists(CHOICES, max_size=8)


@given(CHOICES, STANDING, PAST, st.randoms(use_true_random=False))
def test_the_order_of_ballots_makes_no_difference(
    choices: dict[int, int], voters: dict[int, Voter], past: list[dict[int, int]], chance: Random
) -> None:
    def shuffled(ballots: Sequence[Ballot]) -> list[Ballot]:
        return chance.sample(ballots, len(ballots))

    now, before = contest(choices), [contest(one) for one in past]
    again = found_in([shuffled(one) for one in (now, *before)], dict(reversed(voters.items())))
    assert again == found_in([now, *before], voters)


@given(CHOICES, STANDING, PAST)
def test_only_votes_of_this_contest_are_discounted(
    choices: dict[int, int], voters: dict[int, Voter], past: list[dict[int, int]]
) -> None:
    assert set(judged(choices, voters, *past)) <= set(choices)


@given(CHOICES, STANDING)
def test_the_first_contest_takes_nothing_from_those_who_do_their_work(
    choices: dict[int, int], voters: dict[int, Voter]
) -> None:
    found = judged(choices, voters)
    assert {voters.get(who, IDLE).acts for who in found} <= {0, 1}
    assert set(found.values()) <= {"only_votes", "flood"}
    assert all(voters.get(who, IDLE) == IDLE for who, reason in found.items() if reason == "only_votes")


@given(st.integers(1, 12), st.lists(st.permutations(range(20, 32)), min_size=1, max_size=7))
def test_an_author_nobody_games_loses_nothing(own: int, weeks: list[list[int]]) -> None:
    """Whoever votes for them does their work, and has never voted for the same author twice."""
    fans = range(40, 40 + own)
    past = [{fan: order[n % len(order)] for n, fan in enumerate(fans)} for order in weeks[1:]]
    seen = {(fan, author) for week in past for fan, author in week.items()}
    now = dict.fromkeys(fans, 99) | dict.fromkeys(range(60, 70), 98)
    everybody = dict.fromkeys(range(20, 100), BUSY)
    assert not {(fan, 99) for fan in fans} & seen
    assert judged(now, everybody, *past) == {}


VOTERS = st.builds(Voter, st.integers(0, 4), st.booleans())
JUNK = st.lists(st.tuples(VOTERS, st.sets(st.integers(0, MOST_PAST))), max_size=12)


@settings(max_examples=400)
@given(
    CHOICES,
    st.dictionaries(PEOPLE, VOTERS),
    PAST,
    PEOPLE,
    st.lists(st.tuples(st.integers(20, 60), PEOPLE, VOTERS), max_size=30),
    JUNK,
)
def test_votes_for_an_author_never_lower_what_counts_for_them(
    choices: dict[int, int],
    voters: dict[int, Voter],
    past: list[dict[int, int]],
    author: int,
    further: list[tuple[int, int, Voter]],
    junk: list[tuple[Voter, set[int]]],
) -> None:
    """Whoever gives them, early or late, also in earlier contests; but for a ring among the author's own voters."""
    now = choices | {who: whom for who, whom, _ in further}
    standing_ = voters | {who: voter for who, _, voter in further}
    weeks = [contest(week, week=-n) for n, week in enumerate([now, *past])]
    before = found_in(weeks, standing_)
    for id, (voter, when) in enumerate(junk, 200):
        standing_[id] = voter
        for n, week in enumerate(weeks):
            if n == 0 or (n in when and any(one.author == author for one in week)):
                week.append(Ballot(id, author, EVENING - timedelta(days=7 * n, minutes=id % 3 - 1)))
    after = found_in(weeks, standing_)
    assert counted(now, author, before) <= counted(now, author, after) + sum(
        id not in after for id in range(200, 200 + len(junk))
    )


def counted(choices: Mapping[int, int], author: int, found: Mapping[int, Reason]) -> int:
    """Votes that count, or are of a ring."""
    return sum(whom == author and found.get(who) in (None, "ring", "mutual") for who, whom in choices.items())


@given(CHOICES, PAST)
def test_who_is_busy_and_votes_for_nobody_twice_is_in_no_ring(
    choices: dict[int, int], past: list[dict[int, int]]
) -> None:
    """However the others vote."""
    busy = dict.fromkeys(range(1, 15), BUSY)
    lone = {90: 91}
    before = [{**week, 90: 92 + n} for n, week in enumerate(past)]
    assert 90 not in judged(choices | lone, busy | {90: BUSY}, *before)


def test_a_contest_of_three_hundred_with_six_before_it_is_judged_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    weeks = small_course(300, MOST_PAST + 1, Random(1))
    before = process_time()
    found_in(weeks, {who: Voter(who % 4) for who in range(300)})
    taken = process_time() - before
    with capsys.disabled():
        print(f"\n300 voters, each with a work, and six earlier contests: {taken:.2f} s of CPU")
    assert taken < 1


def test_thirty_duels_with_six_contests_before_them_are_judged_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Everybody votes in each: what is past is worked out once for all of them."""
    chance, people = Random(1), range(300)
    weeks = [_duels(chance, people) for _ in range(MOST_PAST + 1)]
    voters = {who: Voter(who % 4) for who in people}
    before = process_time()
    past = [choices_of((one.voter, one.author) for duel in week for one in duel) for week in weeks[1:]]
    found = [discounted(duel, voters, past) for duel in weeks[0]]
    taken = process_time() - before
    with capsys.disabled():
        print(f"\n300 voters in each of thirty duels, and six earlier contests: {taken:.2f} s of CPU")
    assert len(found) == 30
    assert taken < 2


def _duels(chance: Random, people: Sequence[int]) -> list[list[Ballot]]:
    authors = chance.sample(people, 60)
    pairs = zip(authors[::2], authors[1::2], strict=True)
    return [contest({who: chance.choice(pair) for who in people if who not in pair}) for pair in pairs]
