"""What the state machines of all features have in common: deliveries, time, restarts, and what always holds."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, cast

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.community import DEMO
from tests.machines.driven import Driven

_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
BRIEF = settings(
    derandomize=True,
    deadline=None,
    max_examples=16,
    stateful_step_count=20,
    phases=(Phase.generate,),
    suppress_health_check=_SLOW,
    database=None,
)
"""The same examples each time; what fails is not made smaller, which takes minutes."""
DEEP = settings(
    deadline=None,
    max_examples=int(os.environ.get("MACHINE_EXAMPLES", "8")),
    stateful_step_count=40,
    suppress_health_check=_SLOW,
    phases=(Phase.generate, Phase.shrink) if os.environ.get("MACHINE_SHRINK") else (Phase.generate,),
    print_blob=True,
    database=None,
)
"""Other examples each time; `MACHINE_EXAMPLES` says how many."""
ON_REQUEST = pytest.mark.skipif("MACHINE_EXAMPLES" not in os.environ, reason="MACHINE_EXAMPLES says how many examples")
"""What looks elsewhere each time finds something on a day when nobody has changed anything: not for CI."""

QUIET = DEMO.split("classmates:")[0]
TWO_ACCOUNTS = {
    "demo": QUIET.replace("  - {id: ben,", "  - {id: ada2, name: Ada Two, role: student}\n  - {id: ben,")
    + "  - {id: mia, name: Mia, role: student}\n"
}
"""Nobody acts by a script; Mia only reads."""


class CourseMachine(RuleBasedStateMachine):
    """A course whose members do things in any order."""

    files: ClassVar[dict[str, str]]

    def __init__(self, new_database: Path) -> None:
        super().__init__()
        self.steps = 0
        self.course = Driven(new_database, **self.files)

    @invariant()
    def a_step_was_done(self) -> None:
        """Others take turns by their number: who is looked at, say."""
        self.steps += 1

    @rule(number=st.integers(0, 60))
    def the_platform_tells_again(self, number: int) -> None:
        """Of something that was heard long ago."""
        self.course.hears_again(number)

    @rule()
    def another_process_goes_on(self) -> None:
        self.course.restarts()

    @rule(days=st.sampled_from((1, 2, 9, 31)))
    def days_pass(self, days: int) -> None:
        self.course.passes(days=days)

    def teardown(self) -> None:
        try:
            if self.steps:
                self.course.assert_boards_agree()
                self.course.assert_replays()
        finally:
            self.course.close()


def lives_through(machine: Callable[[], CourseMachine], how: settings) -> None:
    """Run it in many ways; what fails is printed step by step."""
    run_state_machine_as_test(cast("type[RuleBasedStateMachine]", machine), settings=how)
