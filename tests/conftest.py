"""Fixtures: a community to talk to, and the texts it speaks."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.engine.feature import Feature
from bot.features import FEATURES
from tests.community import Community, write_course
from tests.shell import Shell

# A test says what happened, never how long it took.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# `./homeroom test` installs no browser driver, `./homeroom test --all` does.
collect_ignore = [] if find_spec("playwright") else ["browser"]

Open = Callable[..., Awaitable[Community]]


@pytest.fixture
async def open_community(tmp_path: Path) -> AsyncIterator[Open]:
    """Opens communities over one data folder; the next one finds what the last one left."""
    opened: list[Community] = []

    async def open_one(*, features: Sequence[Feature] = FEATURES, **changed: str) -> Community:
        if opened:
            await opened.pop().close()
        folder = write_course(tmp_path / "writing", **changed)
        opened.append(await Community.open(tmp_path / "data", folder, features=features))
        return opened[-1]

    yield open_one
    for community in opened:
        if not community.is_closed:
            await community.close()


@pytest.fixture
async def course(open_community: Open) -> Community:
    return await open_community()


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(capsys, monkeypatch)
