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
    if settings.platforms.local.port == 0:
        terminal.complain("signin.port_zero")
        return PROBLEMS
    name = options.name.strip()
    id = re.sub(r"\W+", "_", name.casefold()).strip("_")[:32]
    if not id or id == BOT:
        terminal.complain("signin.bad_name")
        return MISUSED
    person = Person(id=id, name=name, is_staff=options.staff)
    address = f"http://127.0.0.1:{settings.platforms.local.port}"
    terminal.say("signin.link", link=asyncio.run(_link(build(settings, clock=RealClock()), person, address)))
    return FINE


async def _link(app: App, person: Person, address: str) -> str:
    await app.prepare()
    try:
        return await make_link(Documents(app.database, PLATFORM), person, address, real_now())
    finally:
        app.database.close()
