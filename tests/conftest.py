"""Fixtures: a community to talk to, and the texts it speaks."""

import logging
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from bot.cli.serving import OURS
from bot.engine.feature import Feature
from bot.features import FEATURES
from scheduler.clock import RealClock
from storage.database import Database
from storage.migrate import migrate
from tests.abilities import MISSING
from tests.community import Community, Start, write_course
from tests.databases import keep_communities_on
from tests.postgres import Emptied, postgres
from tests.shell import Shell

# A test says what happened, never how long it took.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# `./homeroom test` installs no browser driver, `./homeroom test --all` does.
collect_ignore = [] if find_spec("playwright") else ["browser"]

Open = Callable[..., Awaitable[Community]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgres", action="store_true", help="only the scenarios, which keep everything on PostgreSQL")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--postgres`, what plays in a community and does not choose its database."""
    if config.getoption("--postgres"):
        others = [item for item in items if not _may_be_anywhere(item)]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if _may_be_anywhere(item)]


def _may_be_anywhere(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    is_free = "either_url" not in fixtures and item.get_closest_marker("sqlite") is None
    return "open_community" in fixtures and is_free


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of a module with `pytestmark = pytest.mark.every_platform` runs on each; others on the local chat."""
    if "platform" in metafunc.fixturenames and metafunc.definition.get_closest_marker("every_platform"):
        needed = [marker.args[0] for marker in metafunc.definition.iter_markers("needs")]
        platforms: list[Any] = ["local"]
        for platform, missing in MISSING.items():
            reasons = [missing[need].en for need in needed if need in missing]
            marks = [pytest.mark.skip(reason="; ".join(reasons))] if reasons else []
            platforms.append(pytest.param(platform, marks=marks))
        metafunc.parametrize("platform", platforms)


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty one: bringing the schema up to date takes longer than most conversations."""
    path = tmp_path_factory.mktemp("new") / "new.db"
    database = Database(f"sqlite:///{path.as_posix()}")
    migrate(database, path.parent, RealClock().now())
    database.close()
    return path


@pytest.fixture(scope="session")
def new_on_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emptied]:
    """The same on PostgreSQL."""
    with postgres() as url:
        database = Database(url)
        migrate(database, tmp_path_factory.mktemp("new"), RealClock().now())
        database.close()
        yield Emptied(url)


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """With `--postgres`, communities keep everything there."""
    if not request.config.getoption("--postgres"):
        yield
        return
    with request.getfixturevalue("new_on_postgres").lent() as url:
        keep_communities_on(monkeypatch, url)
        yield


@pytest.fixture(params=["sqlite", "postgresql"])
def either_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a new, empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'homeroom.db'}"
        return
    with postgres() as url:
        yield url


@pytest.fixture
def server(either_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Communities that are opened keep everything in a database of each kind."""
    if not either_url.startswith("sqlite"):  # which is where they keep it anyway
        keep_communities_on(monkeypatch, either_url)


@pytest.fixture
def platform() -> str:
    return "local"


@pytest.fixture
async def open_community(
    platform: str,
    tmp_path: Path,
    new_database: Path,
    elsewhere: None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> AsyncIterator[Open]:
    """Opens communities over one data folder; the next one finds what the last one left."""
    opened: list[Community] = []
    # What is found must not depend on which thread was faster.
    monkeypatch.setattr("bot.app.has_encoder", lambda: False)

    async with AsyncExitStack() as stack:
        start: Start = _start_local
        if platform == "telegram":
            from tests.telegram_community import telegram

            start = await stack.enter_async_context(telegram(monkeypatch, caplog))
        elif platform == "discord":
            from tests.discord_community import discord

            start = await stack.enter_async_context(discord(monkeypatch, caplog))

        async def open_one(*, features: Sequence[Feature] = FEATURES, **changed: str) -> Community:
            if opened:
                await opened.pop().close()
            database = tmp_path / "data" / "writing.db"
            if not database.exists():
                database.parent.mkdir(exist_ok=True)
                shutil.copyfile(new_database, database)
            opened.append(await start(tmp_path, features, changed))
            return opened[-1]

        yield open_one
        for community in opened:
            if not community.is_closed:
                await community.close()


async def _start_local(home: Path, features: Sequence[Feature], changed: Mapping[str, str]) -> Community:
    return await Community.open(home / "data", write_course(home / "writing", **changed), features=features)


@pytest.fixture
async def course(open_community: Open) -> Community:
    return await open_community()


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """A terminal. What a command has made of the logs ends with it."""
    levels = {name: logging.getLogger(name).level for name in OURS}
    yield Shell(capsys, monkeypatch)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
