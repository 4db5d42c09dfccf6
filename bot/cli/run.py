"""`run -c config.yaml`: the real thing."""

import argparse
import asyncio
import contextlib
import logging
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial

from bot.app import App, build
from bot.cli import FINE, PROBLEMS, Terminal
from bot.cli.configured import configured
from bot.cli.problems import print_problems
from bot.cli.serving import quiet_logs, rare_collection, stopped_by_signals, without
from bot.config import Settings, require_secrets
from bot.domain.ids import CourseId
from bot.domain.places import Address
from bot.domain.ports import Adapter
from bot.engine.library import Activation
from bot.engine.live import Live
from bot.platforms import TRAITS
from scheduler.clock import RealClock


@configured
def run(terminal: Terminal, options: argparse.Namespace, settings: Settings) -> int:
    quiet_logs(logging.INFO)
    if not _is_runnable(terminal, settings):
        return PROBLEMS
    require_secrets(settings.platforms, os.environ, options.config)
    return asyncio.run(_run(terminal, settings, options))


def _is_runnable(terminal: Terminal, settings: Settings) -> bool:
    if not settings.courses:
        terminal.complain("run.no_courses")
        return False
    name, times = Counter(folder.name for folder in settings.courses).most_common(1)[0]
    if times > 1:
        terminal.complain("run.same_name", name=name)
        return False
    return True


async def _run(terminal: Terminal, settings: Settings, options: argparse.Namespace) -> int:
    app = build(settings, clock=RealClock(), traits=TRAITS)
    with without("pygments"):  # of Alembic's templates, 3 MB: it colours their errors
        tell(terminal, await app.start())
    for course, other, address in collisions(await app.live()):
        terminal.complain("run.taken_address", course=course, other=other, address=address)
    adapters: list[Adapter] = []
    waiting: list[asyncio.Task[None]] = []  # kept, or they would be collected before they speak
    if settings.platforms.local:
        from bot.cli.page import open_page

        page = await open_page(app, settings)
        if page is None:
            port = settings.platforms.local.port
            terminal.complain("run.port_taken", port=port)
            await app.close()
            return PROBLEMS
        adapters.append(page.adapter)
        told = partial(terminal.say, "run.page", address=page.address, config=options.config)
        waiting.append(asyncio.create_task(page.when_open(told)))
    async with contextlib.AsyncExitStack() as open_connections:
        if settings.platforms.telegram:
            # 8 MB to decrypt passports by, and 3 MB to colour a command line of the HTTP client.
            with without("cryptography", "rich"):
                from bot.telegram import adapter_of

            speaking = adapter_of(app, settings.platforms.telegram, options.config)
            open_connections.push_async_callback(speaking.client.hang_up)
            adapters.append(speaking)
        if settings.platforms.discord:
            from bot.discord import adapter_of as on_discord

            adapters.append(on_discord(app, settings.platforms.discord, options.config))
        await _serve(terminal, app, adapters)
    for task in waiting:
        task.cancel()
    terminal.say("demo.stopped")
    return FINE


async def _serve(terminal: Terminal, app: App, adapters: Sequence[Adapter]) -> None:
    if code := await app.new_claim_code():
        terminal.say("run.claim", code=code)
    terminal.say("run.ready", courses=list((await app.live()).courses))
    with stopped_by_signals() as stopping, rare_collection():
        await app.run(adapters, stopping)


def collisions(live: Live) -> Iterator[tuple[CourseId, CourseId, str]]:
    """Chats that two courses name; the first one gets what is said there."""
    owners: dict[Address, CourseId] = {}
    for course in live.courses.values():
        for address in (address for space in course.spaces for address in space.addresses):
            owner = owners.setdefault(address, course.id)
            if owner != course.id:
                yield owner, course.id, f"{address.platform}:{address.chat}"


def tell(terminal: Terminal, activations: list[Activation]) -> None:
    """Say which courses run on older files, and which rules are off."""
    for activation in activations:
        if activation.problems:
            terminal.complain("run.not_taken" if activation.refused else "run.off", course=activation.course)
            print_problems(terminal, activation.problems)
