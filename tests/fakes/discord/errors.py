"""What the server answers when it does not do what was asked. The codes are Discord's own."""

from __future__ import annotations

from typing import Any

_KNOWN = {
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10011: (404, "Unknown Role"),
    10013: (404, "Unknown User"),
    10014: (404, "Unknown Emoji"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    40060: (400, "Interaction has already been acknowledged."),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50021: (403, "Cannot execute action on a system message"),
    50024: (403, "Cannot execute action on this channel type"),
    50034: (400, "You can only bulk delete messages that are under 14 days old."),
    50083: (400, "Thread is archived"),
    90001: (403, "Reaction blocked"),
    160004: (400, "A thread has already been created for this message"),
    520001: (400, "Poll expired"),
}


class Refusal(Exception):
    """An error answer: HTTP status, Discord's code, and what more its body holds."""

    def __init__(self, status: int, code: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.more = more

    @property
    def body(self) -> dict[str, Any]:
        return {"message": self.message, "code": self.code} | self.more


class Violation(Refusal):
    """A request that breaks the published schema or a limit: 400, code 50035, and where. Tests assert there is none."""

    def __init__(self, where: str, problem: str) -> None:
        tree: dict[str, Any] = {"_errors": [{"code": "BASE_TYPE_INVALID", "message": problem}]}
        for part in reversed([part for part in where.split(".") if part]):
            tree = {part: tree}
        super().__init__(400, 50035, "Invalid Form Body", errors=tree)
        self.text = f"{where}: {problem}" if where else problem


def known(code: int) -> Refusal:
    """The refusal of one of Discord's numbers."""
    status, message = _KNOWN[code]
    return Refusal(status, code, message)
