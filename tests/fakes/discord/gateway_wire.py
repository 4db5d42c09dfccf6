"""What goes over the wire besides events: operations, close codes, and what a client may say, as models."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

MAX_PAYLOAD = 4096  # bytes a client may send at once


class Op(IntEnum):
    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE_UPDATE = 3
    VOICE_STATE_UPDATE = 4
    RESUME = 6
    RECONNECT = 7
    REQUEST_GUILD_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class Close(IntEnum):
    UNKNOWN_OPCODE = 4001
    DECODE_ERROR = 4002
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    ALREADY_AUTHENTICATED = 4005
    INVALID_SEQ = 4007
    RATE_LIMITED = 4008
    SESSION_TIMED_OUT = 4009
    INVALID_SHARD = 4010
    INVALID_VERSION = 4012
    INVALID_INTENTS = 4013
    DISALLOWED_INTENTS = 4014


# After these a session can't be resumed; a client that leaves with 1000 or 1001 gives it up.
ENDS_SESSION = frozenset({4003, 4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014})
GIVES_UP_SESSION = frozenset({1000, 1001})

_Id = Annotated[str, Meta(pattern=r"^\d{1,20}$")] | int  # the real one takes numbers too
_Count = Annotated[int, Meta(ge=0)]


class Broken(Exception):
    """Ends the connection with `code`."""

    def __init__(self, code: Close, text: str) -> None:
        super().__init__(text)
        self.code = code


class Payload(Struct, forbid_unknown_fields=True):
    op: int
    d: msgspec.Raw = msgspec.Raw(b"null")
    s: int | None = None
    t: str | None = None


class Properties(Struct):
    os: str
    browser: str
    device: str


class Identify(Struct, forbid_unknown_fields=True):
    token: str
    properties: Properties
    intents: _Count
    compress: bool = False
    large_threshold: Annotated[int, Meta(ge=50, le=250)] = 50
    shard: tuple[_Count, Annotated[int, Meta(ge=1)]] | None = None
    presence: dict[str, Any] | None = None


class Resume(Struct, forbid_unknown_fields=True):
    """A client that never got READY has neither session nor seq, and says null."""

    token: str
    session_id: str | None
    seq: _Count | None


class RequestMembers(Struct, forbid_unknown_fields=True):
    guild_id: _Id
    query: str | None = None
    limit: _Count | None = None
    presences: bool = False
    user_ids: list[_Id] | _Id | None = None
    nonce: str | None = None

    @property
    def wanted(self) -> list[str]:
        ids = self.user_ids if isinstance(self.user_ids, list) else [self.user_ids]
        return [str(each) for each in ids if each is not None]


class PresenceUpdate(Struct, forbid_unknown_fields=True):
    since: float | None
    activities: list[dict[str, Any]]
    status: str
    afk: bool


class VoiceStateUpdate(Struct, forbid_unknown_fields=True):
    guild_id: _Id
    channel_id: _Id | None
    self_mute: bool
    self_deaf: bool


Said = _Count | None | Identify | Resume | RequestMembers | PresenceUpdate | VoiceStateUpdate

_MODELS: dict[int, Any] = {
    Op.HEARTBEAT: _Count | None,
    Op.IDENTIFY: Identify,
    Op.RESUME: Resume,
    Op.REQUEST_GUILD_MEMBERS: RequestMembers,
    Op.PRESENCE_UPDATE: PresenceUpdate,
    Op.VOICE_STATE_UPDATE: VoiceStateUpdate,
}


def read(text: str | bytes) -> tuple[Op, Any]:
    """The operation and its model. Raises Broken."""
    if len(text if isinstance(text, bytes) else text.encode()) > MAX_PAYLOAD:
        raise Broken(Close.DECODE_ERROR, f"a payload of more than {MAX_PAYLOAD} bytes")
    try:
        payload = msgspec.json.decode(text, type=Payload)
    except msgspec.MsgspecError as error:
        raise Broken(Close.DECODE_ERROR, f"not a payload: {error}") from error
    model = _MODELS.get(payload.op)
    if model is None:
        raise Broken(Close.UNKNOWN_OPCODE, f"unknown opcode {payload.op}")
    op = Op(payload.op)
    try:
        return op, msgspec.json.decode(payload.d, type=model)
    except msgspec.MsgspecError as error:
        raise Broken(Close.DECODE_ERROR, f"{op.name}: {error}") from error
