"""Programs that a test starts and kills itself, see the fixture `started`."""

from __future__ import annotations

from collections.abc import Callable

from tests.process import Program

Start = Callable[[Program], Program]
"""Takes a program into the care of the test, which starts it."""


def start_at_one_place(program: Program) -> str:
    """Its address, now and whenever it is started again."""
    address = program.start()
    program.stays_at(address)
    return address


def is_quiet(program: Program) -> None:
    """It has never complained of a bug."""
    assert "Traceback" not in program.all_complaints, program.all_complaints
    assert "ERROR" not in program.all_complaints, program.all_complaints
