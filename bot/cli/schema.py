"""`rules schema`: JSON Schemas of the course files, for editors."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.cli import FINE, PROBLEMS, Terminal
from bot.domain.ids import language_of
from bot.engine.feature import Registry
from bot.features import FEATURES
from rules.json_schema import schemas_of


def schema(terminal: Terminal, options: argparse.Namespace) -> int:
    spoken = Terminal(texts=terminal.texts, language=language_of(options.lang) or terminal.language)

    def describe(id: str) -> str:
        return spoken.text(id) if spoken.texts.has(id) else ""

    schemas = schemas_of(Registry(FEATURES).vocabulary(), describe)
    if options.to is None:
        print(_written(schemas["rules"]))
        return FINE
    return _write(spoken, options.to, schemas)


def _write(terminal: Terminal, folder: Path, schemas: Mapping[str, Any]) -> int:
    """One file for each course file; then how an editor comes to know of it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, schema in schemas.items():
            (folder / f"{name}.schema.json").write_text(f"{_written(schema)}\n", encoding="utf-8")
    except OSError as trouble:
        terminal.complain("schema.cannot_write", folder=folder, reason=trouble.strerror or str(trouble))
        return PROBLEMS
    terminal.say("schema.done", folder=folder, files=[f"{name}.schema.json" for name in schemas])
    terminal.say("schema.how")
    for name in schemas:
        print(f"  {name}.yaml:".ljust(18), f"# yaml-language-server: $schema={folder.resolve() / name}.schema.json")
    terminal.say("schema.beside")
    return FINE


def _written(schema: Any) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2)
