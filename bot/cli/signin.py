"""`signin NAME`: a link that signs one person in to the local chat."""

import argparse
import asyncio
import re

from adapters.local.access import make_link
from adapters.local.parse import PLATFORM
from adapters.local.values import BOT, Person
from bot.app import App, build, real_now
from bot.cli import FINE, MISUSED, PROBLEMS, Terminal
from bot.cli.configured import configured
from bot.config import Settings
from scheduler.clock import RealClock
from storage.documents import Documents


@configured
def signin(terminal: Terminal, options: argparse.Namespace, settings: Settings) -> int:
    if settings.platforms.local is None:
        terminal.complain("signin.no_local")
        return PROBLEMS
    id = re.sub(r"\W+", "_", options.name.strip().casefold()).strip("_")[:32]
    if not id or id == BOT:
        terminal.complain("signin.bad_name")
        return MISUSED
    terminal.say("signin.link", link=asyncio.run(_link(build(settings, clock=RealClock()), id, options)))
    return FINE


async def _link(app: App, id: str, options: argparse.Namespace) -> str:
    await app.prepare()
    await app.database.run(lambda db: app.library.activate_all(db, app.clock.now()))  # YAML may name them
    live = await app.live()
    roles = [live.role_of(course, f"{PLATFORM}:{id}") for course in live.courses]
    named = next((role for role in ("admin", "assistant") if role in roles), "student")
    role = "assistant" if options.staff and named == "student" else named
    person = Person(id=id, name=options.name.strip(), role=role)  # type: ignore[arg-type]
    assert app.settings.platforms.local
    base = f"http://127.0.0.1:{app.settings.platforms.local.port}"
    try:
        return await make_link(Documents(app.database, PLATFORM), person, base, real_now())
    finally:
        app.database.close()
