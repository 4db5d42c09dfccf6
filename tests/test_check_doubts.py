"""`check` warns of what is allowed and can hardly be meant: votes without voters, prices that nobody can pay."""

import pytest

from bot.domain.errors import RulesRejected
from bot.planning import warnings_of
from rules.loader import load_course
from tests.community import COURSE
from tests.test_check_plans import EVERY_DAY, NOTE, SHARING, TASKS, TEXTS, VOCABULARY

REWARDS = "budget: {budget}\nrewards:\n  mug: {{title: Mug, kind: goods, price: 500}}\n"
PK = "pk: {every: monday, at: 12:00, do: contest, enter_for: 3d, vote_for: 1d, OPTION}\n"
QUIZ = (
    "quiz: {every: friday, at: 12:00, do: battle, OPTION,"
    " questions: [{ask: One, options: [a, b], right: 1}, {ask: Two, options: [a, b], right: 2}]}\n"
)


def doubted(rituals: str = "", *, more: str = "", rewards: str = "", homework: str = "") -> list[str]:
    """Every warning about a course of 14 days, in English, with its place."""
    files = {"course.yaml": COURSE + more, "calendar.yaml": EVERY_DAY, "rituals.yaml": TASKS + rituals}
    files |= {"rewards.yaml": rewards, "homework.yaml": homework}
    loaded = load_course("camp", files, VOCABULARY)
    assert loaded.problems == ()
    found = warnings_of(loaded.course, VOCABULARY, files)
    assert all(TEXTS.say("zh_Hans", warning.text.id, **warning.text.values) for warning in found)
    return [
        f"{warning.file}:{warning.line}:{warning.column}: {TEXTS.say('en', warning.text.id, **warning.text.values)}"
        for warning in found
    ]


def test_a_reward_above_the_budget_of_a_month_is_told() -> None:
    [told] = doubted(rewards=REWARDS.format(budget=499))
    words = "mug costs 500 points, more than the budget of a whole month (499): nobody can have it"
    assert told == f"rewards.yaml:3:41: {words}"
    assert doubted(rewards=REWARDS.format(budget=500)) == []


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("voters: {check_ins: 4}", None),  # from Monday to Thursday
        ("voters: {check_ins: 5}", "2:94: pk: voters must have checked in on 5 days, but when its first vote opens"),
        ("voters: {member_for: 4d}", "2:95: pk: voters must be members for 4 days, but its first vote opens"),
        ("tie_break: [grade, earlier]", None),
        ("tie_break: [earlier, grade]", "2:95: pk: in tie_break, grade behind earlier is never used"),
        ("tie_break: [shared, grade]", "2:94: pk: in tie_break, grade behind shared is never used"),
        ("tie_break: [grade, grade]", "2:93: pk: in tie_break, grade behind grade is never used"),
    ],
)
def test_a_contest_in_which_nobody_may_vote_or_a_tie_break_does_nothing_is_told(option: str, told: str | None) -> None:
    found = doubted(PK.replace("OPTION", option))
    assert [line.startswith(f"rituals.yaml:{told}") for line in found] == ([True] if told else []), found


@pytest.mark.parametrize(("vote_for", "told"), [("1h", 0), ("59m", 1), ("30d", 0), ("31d", 1)])
def test_a_vote_that_is_too_short_or_too_long_for_people_is_told(vote_for: str, told: int) -> None:
    ritual = PK.replace("1d, OPTION", vote_for).replace("every: monday", "on_day: 1")
    assert len(doubted(ritual)) == told


def test_a_battle_with_fewer_questions_than_it_counts_on_is_told() -> None:
    [told] = doubted(QUIZ.replace("OPTION", "count: 3"))
    assert told == "rituals.yaml:2:53: quiz: 3 questions each time, but there are only 2"
    assert doubted(QUIZ.replace("OPTION", "seconds: 30")) == []  # nobody has counted on five


def test_a_battle_among_staff_or_in_the_middle_of_a_session_is_told() -> None:
    [told] = doubted(QUIZ.replace("OPTION", "spaces: [main, staff]"))
    assert "quiz takes place in staff, among staff" in told
    [told] = doubted(SHARING + QUIZ.replace("12:00", "20:10").replace("OPTION", "count: 2"))
    assert "sharing still goes on in main when quiz begins, for the first time on 5 Mar 20:10" in told
    [told] = doubted(SHARING + QUIZ.replace("12:00", "19:58").replace("OPTION", "starts_in: 2m"))
    assert "quiz still goes on in main when sharing begins" in told


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("answer_by: 19:59", None),
        ("answer_by: 21:00", "2:69: sharing: answer_by 21:00 is not before the opening at 20:00"),
        ("answer_by: 21:00, invite: 0", None),
        ("ask_before: 7d", None),
        ("ask_before: 8d", "2:70: sharing asks speakers 8 days before: more than 1 week is too early"),
    ],
)
def test_speakers_who_are_asked_or_answer_at_odd_times_are_told(option: str, told: str | None) -> None:
    found = doubted(SHARING.replace("1h", f"1h, {option}"))
    assert [line.startswith(f"rituals.yaml:{told}") for line in found] == ([True] if told else []), found


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("{check_ins: 14, homework: {base: 1}, score: 60}", []),
        ("{check_ins: 15}", ["completion asks for 15 check-ins, but the course has 14 days"]),
        ("{score: 60}", ["completion asks for no check_ins and no homework: nobody completes the course"]),
        ("{check_ins: 9, score: 60}", ["score says which homework counts, but completion asks for no homework"]),
        ("{homework: {base: 2}}", ["completion asks for 2 pieces of base homework, but homework.yaml has 1"]),
        ("{check_ins: 9, homework: {practice: 1}}", ["completion asks for practice homework, but homework.yaml has"]),
        ("{check_ins: 9, homework: {practice: 80%}}", ["completion asks for practice homework, but homework.yaml has"]),
    ],
)
def test_a_completion_that_does_not_fit_the_course_is_told(asked: str, told: list[str]) -> None:
    homework = NOTE.format(tier="base", opens=1, due=5)
    found = doubted(more=f"completion: {asked}\n", homework=homework)
    assert [line.startswith("course.yaml:") and start in line for line, start in zip(found, told, strict=True)] == [
        True
    ] * len(told)


def test_a_course_that_ends_before_it_starts_is_one_problem_whatever_its_rituals_do() -> None:
    course = COURSE.replace("2027-03-14", "2027-02-28")
    with pytest.raises(RulesRejected) as refused:
        load_course("camp", {"course.yaml": course, "calendar.yaml": "", "rituals.yaml": TASKS}, VOCABULARY)
    assert [problem.text.id for problem in refused.value.problems] == ["problem.ends_before_start"]
