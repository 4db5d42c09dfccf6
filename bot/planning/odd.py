"""What the files may say and can hardly mean: what features find odd about their rituals and sections, and prices."""

from collections.abc import Iterator, Sequence

from bot.domain.errors import Problem
from bot.domain.rituals import Occurrence
from bot.planning.places import Places
from bot.planning.plan import Act, Plan
from rules.vocabulary import Vocabulary


def odd_rituals(plan: Plan, acts: Sequence[Act], places: Places) -> Iterator[Problem]:
    times: dict[str, list[Occurrence]] = {}
    for act in acts:
        if not act.is_skipped:
            times.setdefault(act.ritual.id, []).append(act.occurrence)
    for ritual in plan.rituals:
        action = plan.actions.get(ritual.action)
        for doubt in action.uses.doubts(plan.course, ritual, times.get(ritual.id, ())) if action else ():
            yield places.about("rituals.yaml", (ritual.id, *doubt.path), doubt.text.id, **doubt.text.values)


def odd_sections(plan: Plan, vocabulary: Vocabulary, places: Places) -> Iterator[Problem]:
    for section, doubts in vocabulary.doubts.items():
        for doubt in doubts(plan.course):
            yield places.about("course.yaml", (section, *doubt.path), doubt.text.id, **doubt.text.values)


def dear_rewards(plan: Plan, acts: Sequence[Act], places: Places) -> Iterator[Problem]:
    """What costs more than may be spent in a whole month."""
    budget = plan.course.rewards.budget
    for reward in plan.course.rewards.catalogue.values():
        if budget is not None and reward.price > budget:
            path = ("rewards", reward.id, "price")
            yield places.about(
                "rewards.yaml", path, "plan.over_budget", reward=reward.id, price=reward.price, budget=budget
            )
