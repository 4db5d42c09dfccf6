"""rewards.yaml in; the catalogue, or every problem with its place, out; and what rules may give of it."""

import json

import pytest
from hypothesis import given

from bot.domain.messages import Localised
from bot.domain.rewards import Reward, Rewards
from bot.domain.rules import Effect
from tests.rules.marks import placed
from tests.rules.test_loader import VALUES, listed, load

TITLES = "titles:\n  champion: {title: 冠军, lasts: 7d}\n  elder: {title: 元老}\nlevels:\n  new: {title: 新人}\n"
FINE = "  fine: {title: 好, kind: privilege, price: 5}\n"
WHOLE = """\
budget: 3000
rewards:
  tea:
    title: {zh: 奶茶券, en: Tea coupon}
    about: 一杯奶茶
    kind: code
    price: 200
    once_per: month
    per_month: 5
    needs_approval: true
    levels: new
  crown: {title: 桂冠, kind: title, granted_only: true, gives: champion}
"""


def shop(text: str, rules: str = TITLES) -> Rewards:
    course, problems = load({"rewards.yaml": text, "rules.yaml": rules})
    assert listed(problems) == []
    assert course is not None
    return course.rewards


def test_all_is_as_the_file_says() -> None:
    tea = Reward(
        id="tea",
        title=Localised({"zh_Hans": "奶茶券", "en": "Tea coupon"}),
        about=Localised({"zh_Hans": "一杯奶茶"}),
        kind="code",
        price=200,
        once_per="month",
        per_month=5,
        needs_approval=True,
        levels=frozenset({"new"}),
    )
    crown = Reward(id="crown", title=Localised({"zh_Hans": "桂冠"}), kind="title", gives="champion")
    assert shop(WHOLE) == Rewards(budget=3000, catalogue={"tea": tea, "crown": crown})


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "rewards:\n", "budget: 5\n"])
def test_a_course_may_have_none(text: str) -> None:
    assert not shop(text).catalogue


BAD = [
    ("  ^a: {title: T, kind: code}\n", ["no_price"]),
    ("  a: {title: T, kind: code, price: ^0}\n", ["no_price"]),
    ("  a: {title: T, kind: code, price: ^-5}\n", ["at_least"]),
    ("  a: {title: T, kind: code, price: ^2.5}\n", ["not_whole_number"]),
    ("  a: {title: T, kind: code, price: ^5, granted_only: true}\n", ["price_of_granted"]),
    ("  a: {title: T, kind: code, price: 5, stock: ^3}\n", ["stock_of_codes"]),
    ("  a: {title: T, kind: goods, price: 5, stock: ^0}\n", ["at_least"]),
    ("  a: {title: T, kind: ^good, price: 5}\n", ["unknown_suggest"]),
    ("  a: {title: T, kind: goods, price: 5, gives: ^champion}\n", ["gives_no_title"]),
    ("  a: {title: T, kind: title, price: 5, gives: ^champoin}\n", ["unknown_suggest"]),
    ("  a: {title: T, kind: title, price: 5, gives: ^elder}\n", ["title_without_end"]),
    ("  a: {title: T, kind: goods, price: 5, levels: [^gold]}\n", ["unknown"]),
    ("  a: {title: T, kind: goods, price: 5, ^prise: 6}\n", ["unknown_key_suggest"]),
    ("  ^A-b: {title: T, kind: goods, price: 5}\n", ["bad_id"]),
]


@pytest.mark.parametrize(("marked", "expected"), BAD)
def test_a_mistake_in_a_reward_puts_that_reward_off(marked: str, expected: list[str]) -> None:
    text, places = placed(f"rewards:\n{marked}")
    course, problems = load({"rewards.yaml": text + FINE, "rules.yaml": TITLES})
    assert listed(problems) == [
        f"rewards.yaml:{line}:{column} problem.{id}" for (line, column), id in zip(places, expected, strict=True)
    ]
    assert course is not None
    assert [*course.rewards.catalogue] == ["fine"]


@given(VALUES)
def test_any_value_anywhere_in_a_reward_puts_at_most_that_reward_off(value: object) -> None:
    for key in ("title", "about", "kind", "price", "stock", "once_per", "per_month", "levels", "gives"):
        entry = {"title": "T", "kind": "goods", "price": 5, key: value}
        text = f"rewards:\n  a: {json.dumps(entry, ensure_ascii=False)}\n{FINE}"
        course, problems = load({"rewards.yaml": text})
        assert course is not None
        assert "fine" in course.rewards.catalogue
        assert {problem.rule for problem in problems} <= {"a"}


# --- what rules give of it --------------------------------------------------------------------------------------------

GIVES = "r:\n  when: checkin.done\n  then:\n    - reward: {reward}\n"


def test_a_rule_gives_what_the_file_has() -> None:
    course, problems = load({"rewards.yaml": WHOLE, "rules.yaml": TITLES + GIVES.format(reward="tea")})
    assert listed(problems) == []
    assert course is not None
    assert course.rules[0].then == (Effect(name="reward", argument="tea"),)


@pytest.mark.parametrize(
    ("rewards", "rule", "problem"),
    [
        (WHOLE, GIVES.format(reward="^te"), "unknown_suggest"),
        (WHOLE, GIVES.format(reward="^[tea]"), "not_text"),
        ("", GIVES.format(reward="^tea"), "no_rewards"),
        (
            WHOLE,
            GIVES.format(reward="tea").replace("checkin.done", "points.granted").replace("reward:", "^reward:"),
            "effect_of_itself",
        ),
    ],
)
def test_a_rule_that_gives_what_it_can_not_is_off(rewards: str, rule: str, problem: str) -> None:
    text, [(line, column)] = placed(TITLES + rule)
    course, problems = load({"rewards.yaml": rewards, "rules.yaml": text})
    assert listed(problems) == [f"rules.yaml:{line}:{column} problem.{problem}"]
    assert course is not None
    assert not course.rules


def test_a_reward_that_is_off_is_complained_of_in_its_own_file_only() -> None:
    off = WHOLE.replace("    price: 200\n", "")
    course, problems = load({"rewards.yaml": off, "rules.yaml": TITLES + GIVES.format(reward="tea")})
    assert [problem.file for problem in problems] == ["rewards.yaml"]
    assert course is not None
    assert len(course.rules) == 1
