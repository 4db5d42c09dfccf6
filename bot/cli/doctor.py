"""`doctor -c config.yaml`: is everything well, and what to do where it is not. It changes nothing."""

import argparse
import asyncio
import json
import logging
import os
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

from bot.app import real_now
from bot.cli import FINE, PROBLEMS, Terminal
from bot.cli.configured import configured
from bot.cli.examined import House, examine_house
from bot.cli.serving import quiet_logs
from bot.config import Discord, Settings, Telegram, resolved
from bot.domain.errors import RulesRejected
from bot.domain.findings import Finding, Level
from bot.domain.messages import Text
from bot.engine.feature import Registry
from bot.features import FEATURES
from bot.slash import slash_commands_of
from bot.texts.catalogue import Catalogues

Examine = Callable[[str], Coroutine[Any, Any, list[Finding]]]

_LEVELS: dict[Level, str] = {"ok": "doctor.ok", "warning": "doctor.warning", "problem": "doctor.problem"}


@configured
def doctor(terminal: Terminal, options: argparse.Namespace, settings: Settings) -> int:
    quiet_logs(logging.ERROR)
    house = examine_house(settings, real_now(), secrets=_secrets(settings))
    found = [*house.found, *_platforms(settings, house, options.config)]
    for finding in found:
        print(_json(terminal, finding) if options.json else _line(terminal, finding), flush=True)
    problems = sum(finding.level == "problem" for finding in found)
    warnings = sum(finding.level == "warning" for finding in found)
    if not options.json:
        terminal.say("doctor.done", problems=problems, warnings=warnings)
    return PROBLEMS if problems else FINE


def _platforms(settings: Settings, house: House, config: Path) -> Iterator[Finding]:
    telegram, discord = settings.platforms.telegram, settings.platforms.discord
    if telegram:
        yield from _with_token(telegram.token, config, lambda token: _telegram(telegram, token, house))
    if discord:
        yield from _with_token(discord.token, config, lambda token: _discord(discord, token, house))


def _with_token(name: str, config: Path, examine: Examine) -> list[Finding]:
    try:
        token = resolved(name, os.environ, config)
    except RulesRejected as rejected:
        return [Finding(level="problem", text=problem.text) for problem in rejected.problems]
    return asyncio.run(examine(token))


async def _telegram(telegram: Telegram, token: str, house: House) -> list[Finding]:
    from adapters.telegram.doctor import Setup, examine

    setup = Setup(
        token=token,
        api=telegram.api,
        mode=telegram.mode,
        webhook=telegram.webhook.url if telegram.webhook else None,
        spaces=[space for space in house.spaces if space.address.platform == "telegram"],
        is_running=house.is_running,
    )
    return await examine(setup, real_now())


async def _discord(discord: Discord, token: str, house: House) -> list[Finding]:
    from adapters.discord.commands import registration
    from adapters.discord.doctor import Setup, examine

    setup = Setup(
        token=token,
        api=discord.api,
        spaces=[space for space in house.spaces if space.address.platform == "discord"],
        wanted=registration(slash_commands_of(Registry(FEATURES), Catalogues())),
        documents=house.documents,
    )
    return await examine(setup, real_now())


def _secrets(settings: Settings) -> list[str]:
    """What must never be printed, wherever it turns up."""
    telegram, discord = settings.platforms.telegram, settings.platforms.discord
    named = [telegram.token, *([telegram.webhook.secret] if telegram.webhook else [])] if telegram else []
    named += [discord.token] if discord else []
    return [secret for name in named if (secret := os.environ.get(name.removeprefix("env:")))]


def _line(terminal: Terminal, finding: Finding) -> str:
    mark = terminal.text(_LEVELS[finding.level])
    return f"{mark} {_said(terminal, finding.text)}"


def _json(terminal: Terminal, finding: Finding) -> str:
    row = {"level": finding.level, "id": finding.text.id, "text": _said(terminal, finding.text)}
    return json.dumps(row, ensure_ascii=False)


def _said(terminal: Terminal, text: Text) -> str:
    return terminal.text(text.id, **text.values)
