"""What every fuzz test stands on: one core for each module, and as many examples as there is time for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzz.core import Core, Template, opened
from tests.fuzz.course import fuzzed_course


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory, new_database: Path) -> Iterator[Core]:
    """The core with the course that has everything; what is done to it stays done."""
    folder = tmp_path_factory.mktemp("fuzz")
    with opened(folder, fuzzed_course(folder / "writing"), new_database) as core:
        yield core


@pytest.fixture(scope="module")
def template(core: Core) -> Template:
    return Template(core)


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Adapters say each unreadable update, whatever it holds; thousands of them are nothing to read."""
    caplog.set_level("CRITICAL", "adapters")
