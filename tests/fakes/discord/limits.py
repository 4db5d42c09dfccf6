"""What a message may hold beyond its types. All on Discord's pages "Message", "Components" and "Poll"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.fakes.discord.errors import Refusal, Violation
from tests.fakes.discord.state import Json
from tests.fakes.discord.wire import Call, Upload

MAX_FILE = 10 * 2**20
COMPONENTS_V2 = 1 << 15
SELECTS = frozenset({3, 5, 6, 7, 8})
_LINK, _PREMIUM = 5, 6  # styles of buttons
_SETTABLE = 1 << 2 | 1 << 6 | 1 << 12 | 1 << 13 | COMPONENTS_V2  # flags a bot may give


def within(where: str, text: Any, least: int, most: int) -> None:
    if not isinstance(text, str) or not least <= len(text) <= most:
        raise Violation(where, f"Must be between {least} and {most} in length.")


def check_message(body: Mapping[str, Any], where: str = "") -> None:
    """Content ≤ 2000 characters, embeds ≤ 6000 in sum, components, poll."""
    flags = body.get("flags") or 0
    if flags & ~_SETTABLE:
        raise Violation(f"{where}flags", f"flags {flags} can't be set")
    if len(body.get("content") or "") > 2000:
        raise Violation(f"{where}content", "Must be 2000 or fewer in length.")
    _check_embeds(body.get("embeds") or [], f"{where}embeds")
    if flags & COMPONENTS_V2:
        if body.get("content") or body.get("embeds") or body.get("poll"):
            raise Violation(where, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2")
    else:
        _check_rows(body.get("components") or [], f"{where}components")
    check_custom_ids(body.get("components") or [], f"{where}components")
    if body.get("poll"):
        _check_poll(body["poll"], f"{where}poll")
    _check_allowed(body.get("allowed_mentions") or {}, f"{where}allowed_mentions")


def _check_embeds(embeds: list[Json], where: str) -> None:
    """Embed limits: "the combined sum of characters in all title, description, field.name, field.value, footer.text and
    author.name fields across all embeds … must not exceed 6000"."""
    total = 0
    for embed in embeds:
        texts = [embed.get("title"), embed.get("description")]
        texts += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
        texts += [field[part] for field in embed.get("fields") or [] for part in ("name", "value")]
        total += sum(len(text or "") for text in texts)
    if total > 6000:
        raise Violation(where, f"Embed size exceeds maximum size of 6000: {total}")


def _check_rows(rows: list[Json], where: str) -> None:
    if len(rows) > 5:
        raise Violation(where, "Must be between 1 and 5 in length.")
    for number, row in enumerate(rows):
        if row["type"] != 1:
            raise Violation(f"{where}.{number}.type", "Value of field type must be one of (1,).")
        inside = row["components"]
        if any(each["type"] in SELECTS for each in inside) and len(inside) > 1:
            raise Violation(f"{where}.{number}.components", "a select stands alone in its row")


def every(components: list[Json]) -> Iterator[Json]:
    """Components and what is inside them."""
    for component in components:
        yield component
        yield from every(component.get("components") or [])
        for name in ("accessory", "component"):
            if component.get(name):
                yield from every([component[name]])


def check_custom_ids(components: list[Json], where: str) -> None:
    """Each button and select by itself; custom ids stand once in a message."""
    seen: set[str] = set()
    for component in every(components):
        if component["type"] == 2:
            _check_button(component, where)
        if component["type"] == 3:
            check_select(component, where)
        name = component.get("custom_id")
        if name is None:
            continue
        within(f"{where}.custom_id", name, 1, 100)
        if name in seen:
            raise Violation(f"{where}.custom_id", "Component custom id cannot be duplicated")
        seen.add(name)


def _check_button(button: Json, where: str) -> None:
    style = button.get("style")
    if style not in range(1, 7):
        raise Violation(f"{where}.style", "Value must be one of {1, 2, 3, 4, 5, 6}.")
    needs = {_LINK: "url", _PREMIUM: "sku_id"}.get(int(style or 0), "custom_id")
    has = [name for name in ("url", "sku_id", "custom_id") if button.get(name)]
    if has != [needs]:
        raise Violation(where, f"a button of style {style} has {needs} and nothing else, not {has}")
    if style != _PREMIUM and not button.get("label") and not button.get("emoji"):
        raise Violation(f"{where}.label", "a button needs a label or an emoji")
    if button.get("label") is not None:
        within(f"{where}.label", button["label"], 0, 80)


def check_select(select: Json, where: str) -> None:
    options = select["options"]
    if not 1 <= len(options) <= 25:
        raise Violation(f"{where}.options", "Must be between 1 and 25 in length.")
    for option in options:
        within(f"{where}.options.label", option.get("label"), 1, 100)
        within(f"{where}.options.value", option.get("value"), 1, 100)
        within(f"{where}.options.description", option.get("description") or "", 0, 100)
    if len({option["value"] for option in options}) < len(options):
        raise Violation(f"{where}.options", "The specified option value is already used")
    least, most = select.get("min_values", 1), select.get("max_values", 1)
    if not 0 <= least <= most <= len(options):
        raise Violation(f"{where}.max_values", f"{least} to {most} of {len(options)} options can't be chosen")
    if sum(bool(option.get("default")) for option in options) > most:
        raise Violation(f"{where}.options", "more defaults than max_values")


def _check_poll(poll: Json, where: str) -> None:
    within(f"{where}.question.text", poll["question"].get("text"), 1, 300)
    if not 1 <= len(poll["answers"]) <= 10:
        raise Violation(f"{where}.answers", "Must be between 1 and 10 in length.")
    for answer in poll["answers"]:
        within(f"{where}.answers.poll_media.text", answer["poll_media"].get("text"), 1, 55)


def _check_allowed(allowed: Json, where: str) -> None:
    parse = allowed.get("parse") or []
    for each in parse:
        if each not in {"users", "roles", "everyone"}:
            raise Violation(f"{where}.parse", f"{each} is no kind of mention")
        if allowed.get(each):
            raise Violation(f"{where}.parse", f'parse:["{each}"] and {each}: [ids...] are mutually exclusive.')


def check_uploads(call: Call, body: Mapping[str, Any]) -> None:
    """At most 10 files of 10 MiB; what `attachments` says is new must have been uploaded."""
    if len(call.uploads) > 10:
        raise Violation("files", "Must be 10 or fewer in length.")
    for upload in call.uploads.values():
        _check_size(upload)
    for attachment in body.get("attachments") or []:
        number = int(attachment["id"])
        if number < 100 and number not in call.uploads:
            raise Violation("attachments", f"there is no files[{number}]")


def _check_size(upload: Upload) -> None:
    if len(upload.content) > MAX_FILE:
        raise Refusal(413, 40005, "Request entity too large")
