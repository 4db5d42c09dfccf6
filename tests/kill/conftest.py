"""Fixtures: programs that end with their test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kill.programs import Start
from tests.process import Program


@pytest.fixture
def started() -> Iterator[Start]:
    """Programs that do not outlive the test."""
    programs: list[Program] = []

    def start(program: Program) -> Program:
        programs.append(program)
        return program

    yield start
    for program in programs:
        if program.is_running:
            program.kill()
