"""`rules facts`: what rules may speak of: kinds of fact with their fields, effects, limits."""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wcwidth import wrap

from bot.cli import FINE, Terminal
from bot.domain.rules import FactKind, Field
from bot.engine.degrade import text_width
from bot.engine.feature import Registry
from bot.features import FEATURES
from rules.conditions import CHOICES, COMMON_FIELDS
from rules.schema import LimitShape
from rules.vocabulary import Vocabulary

_WIDTH = 100
_ASKED: Mapping[Field, str] = {
    "text": "main · [main, interest]",
    "number": "3 · [3, 7] · {at_least: 3, at_most: 7}",
    "yes_no": "true · false",
    "date": "2027-03-01 · [2027-03-01, 2027-03-08]",
    "tags": "vip · [vip, old]",
}


def facts(terminal: Terminal, options: argparse.Namespace) -> int:
    vocabulary = Registry(FEATURES).vocabulary()
    if options.json:
        print(json.dumps(_rows(terminal, vocabulary), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_page(terminal, vocabulary)))
    return FINE


# --- for people -------------------------------------------------------------------------------------------------------


def _page(terminal: Terminal, vocabulary: Vocabulary) -> Iterator[str]:
    text = terminal.text
    kinds = vocabulary.facts.values()
    yield from _part(text("facts.head"), _kinds(terminal, [*kinds]))
    yield ""
    yield from _part(text("facts.head_fields"), _columns(_fields(terminal, "every", COMMON_FIELDS)))
    yield ""
    asked = [(text(f"kind.{field}"), example, text(f"kind.{field}_asked")) for field, example in _ASKED.items()]
    yield from _part(text("facts.head_asked"), _columns(asked))
    yield ""
    effects = [(name, text(f"effect.{name}")) for name in vocabulary.effects]
    yield from _part(text("facts.head_effects"), _columns(effects))
    yield ""
    limits = [(name, text(f"key.rule.limit.{name}")) for name in LimitShape.model_fields]
    yield from _part(text("facts.head_limits"), _columns(limits))


def _part(head: str, lines: Iterator[str]) -> Iterator[str]:
    yield from wrap(head, _WIDTH)
    yield ""
    for line in lines:
        yield f"  {line}".rstrip()


def _kinds(terminal: Terminal, kinds: Sequence[FactKind]) -> Iterator[str]:
    """Each with its sentence, its object and its fields."""
    for number, kind in enumerate(kinds):
        if number:
            yield ""
        yield kind.name
        said = [terminal.text(f"facts.{kind.name}")]
        said.append(terminal.text("facts.object", object=terminal.text(f"facts.{kind.name}.object")))
        if kind.has_text:
            said.append(terminal.text("facts.has_text"))
        for sentence in said:
            yield from _indented(wrap(sentence, _WIDTH - 6))
        yield from _indented(_columns(_fields(terminal, kind.name, kind.fields)))


def _fields(terminal: Terminal, fact: str, fields: Mapping[str, Field]) -> list[tuple[str, ...]]:
    def meaning(name: str) -> str:
        said = _meaning(terminal, fact, name)
        return terminal.text("facts.choices", meaning=said, known=CHOICES[name]) if name in CHOICES else said

    return [(name, terminal.text(f"kind.{field}"), meaning(name)) for name, field in fields.items()]


def _meaning(terminal: Terminal, fact: str, field: str) -> str:
    """What the field means for this kind of fact, else what everybody calls it."""
    own = f"facts.{fact}.{field}"
    return terminal.text(own if terminal.texts.has(own) else f"field.{field}")


def _columns(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """All cells but the last are as wide as the widest of their column; the last one may take several lines."""
    widths = [max(map(text_width, column)) for column in zip(*(row[:-1] for row in rows), strict=True)]
    for row in rows:
        head = "".join(cell + " " * (width - text_width(cell) + 2) for cell, width in zip(row, widths, strict=False))
        first, *more = wrap(row[-1], _WIDTH - 6 - text_width(head))
        yield head + first
        yield from (" " * text_width(head) + line for line in more)


def _indented(lines: Sequence[str] | Iterator[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)


# --- for programs -----------------------------------------------------------------------------------------------------


def _rows(terminal: Terminal, vocabulary: Vocabulary) -> dict[str, Any]:
    """The same as one JSON value. The argument of an effect is a JSON Schema."""
    text = terminal.text
    effects = vocabulary.effects.values()
    return {
        "facts": [_fact(terminal, kind) for kind in vocabulary.facts.values()],
        "fields": _field_rows(terminal, "every", COMMON_FIELDS),
        "effects": [
            {"name": kind.name, "meaning": text(f"effect.{kind.name}"), "argument": kind.adapter.json_schema()}
            for kind in effects
        ],
        "limits": [{"name": name, "meaning": text(f"key.rule.limit.{name}")} for name in LimitShape.model_fields],
    }


def _fact(terminal: Terminal, kind: FactKind) -> dict[str, Any]:
    return {
        "name": kind.name,
        "when": terminal.text(f"facts.{kind.name}"),
        "object": terminal.text(f"facts.{kind.name}.object"),
        "has_text": kind.has_text,
        "fields": _field_rows(terminal, kind.name, kind.fields),
    }


def _field_rows(terminal: Terminal, fact: str, fields: Mapping[str, Field]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "kind": field,
            "meaning": _meaning(terminal, fact, name),
            **({"choices": CHOICES[name]} if name in CHOICES else {}),
        }
        for name, field in fields.items()
    ]
