"""Texts, captions and keyboards of a request, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fakes.telegram.errors import Violation
from tests.fakes.telegram.limits import check_markup, check_text, units
from tests.fakes.telegram.state import Json, World


def text_of(params: Mapping[str, Any]) -> tuple[str, list[Json]]:
    return _words(params, "text", "entities", 4096)


def caption_of(params: Mapping[str, Any]) -> tuple[str | None, list[Json]]:
    if not params.get("caption"):
        return None, []
    return _words(params, "caption", "caption_entities", 1024)


def _words(params: Mapping[str, Any], name: str, entities: str, most: int) -> tuple[str, list[Json]]:
    if params.get("parse_mode"):
        raise Violation("this server takes entities; a parse_mode is never safe with what people write")
    spans = [dict(span) for span in params.get(entities) or ()]
    check_text(params[name], spans, most=most)
    return trimmed(params[name], spans)


def trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """As the server keeps it: without white space around, the entities moved and cut along."""
    cut = units(text) - units(text.lstrip())
    bare = text.strip()
    end = units(bare)
    kept = []
    for entity in entities:
        start = max(0, entity["offset"] - cut)
        stop = min(end, entity["offset"] + entity["length"] - cut)
        if stop > start:
            kept.append(entity | {"offset": start, "length": stop - start})
    return bare, kept


def markup_of(world: World, params: Mapping[str, Any]) -> Json | None:
    markup = params.get("reply_markup")
    check_markup(markup, world.bot.username or "")
    return markup if markup and markup.get("inline_keyboard") != [] else None
