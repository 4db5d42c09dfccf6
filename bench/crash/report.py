"""The table at the end of a run, and the same for programs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bench.crash.values import Audit, Effects, Messages

_WIDE = 24
Say = Callable[..., str]
"""A text of the catalogue, by its id and values."""


def lines(audit: Audit, say: Say) -> list[str]:
    """What a person reads."""
    head = say(
        "crash.head",
        adapter=audit.adapter,
        kills=audit.kills,
        acts=audit.acts,
        seconds=round(audit.seconds),
        seed=audit.seed,
    )
    tables = [*_table(audit.effects, Effects, say), "", *_table(audit.messages, Messages, say)]
    problems = [say("crash.problem", what=problem) for problem in audit.problems[:20]]
    more = [say("crash.more", count=len(audit.problems) - 20)] if len(audit.problems) > 20 else []
    return ["", head, "", *tables, "", *problems, *more, _verdict(audit, say)]


def _verdict(audit: Audit, say: Say) -> str:
    if audit.is_fine:
        return say("crash.fine", unsure=audit.unsure)
    return say("crash.broken", folder=audit.folder, adapter=audit.adapter, kills=audit.kills, seed=audit.seed)


def _table(rows: Sequence[Effects | Messages], of: type[Effects | Messages], say: Say) -> list[str]:
    columns = of.__struct_fields__[1:]
    titles = [say(f"crash.{name}") for name in columns]
    first = say("crash.effect" if of is Effects else "crash.message")
    heading = _padded(first) + "".join(_right(title) for title in titles)
    body = [_padded(row.kind) + "".join(_right(_figure(getattr(row, name))) for name in columns) for row in rows]
    return [heading, *body]


def _figure(value: int | None) -> str:
    """A dash where nothing could be compared."""
    return "–" if value is None else str(value)


def _padded(text: str) -> str:
    return text + " " * max(1, _WIDE - _width(text))


def _right(text: str) -> str:
    return " " * max(2, 14 - _width(text)) + text


def _width(text: str) -> int:
    """Chinese characters are as wide as two others."""
    from wcwidth import wcswidth

    return wcswidth(text)
