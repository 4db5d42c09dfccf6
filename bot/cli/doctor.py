"""`doctor -c config.yaml`: is everything well, and what to do where it is not. It changes nothing."""

import argparse
import asyncio
import json
import logging
import os
from pathlib import Path

from bot.app import real_now
from bot.cli import FINE, PROBLEMS, Terminal
from bot.cli.configured import configured
from bot.cli.examined import House, examine_house
from bot.cli.serving import quiet_logs
from bot.config import Settings, Telegram, resolved
from bot.domain.errors import RulesRejected
from bot.domain.findings import Finding, Level
from bot.domain.messages import Text

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


def _platforms(settings: Settings, house: House, config: Path) -> list[Finding]:
    telegram = settings.platforms.telegram
    if telegram is None:
        return []
    try:
        token = resolved(telegram.token, os.environ, config)
    except RulesRejected as rejected:
        return [Finding(level="problem", text=problem.text) for problem in rejected.problems]
    return asyncio.run(_telegram(telegram, token, house))


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


def _secrets(settings: Settings) -> list[str]:
    """What must never be printed, wherever it turns up."""
    telegram = settings.platforms.telegram
    named = [telegram.token, *([telegram.webhook.secret] if telegram.webhook else [])] if telegram else []
    return [secret for name in named if (secret := os.environ.get(name.removeprefix("env:")))]


def _line(terminal: Terminal, finding: Finding) -> str:
    mark = terminal.text(_LEVELS[finding.level])
    return f"{mark} {_said(terminal, finding.text)}"


def _json(terminal: Terminal, finding: Finding) -> str:
    row = {"level": finding.level, "id": finding.text.id, "text": _said(terminal, finding.text)}
    return json.dumps(row, ensure_ascii=False)


def _said(terminal: Terminal, text: Text) -> str:
    return terminal.text(text.id, **text.values)
