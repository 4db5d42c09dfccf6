"""What a client says, and what it is answered."""

from __future__ import annotations

from typing import Any

from tests.fakes.discord.gateway_connection import Connection
from tests.fakes.discord.gateway_hub import Hub
from tests.fakes.discord.gateway_intents import ALL, PRIVILEGED, Intents, Json
from tests.fakes.discord.gateway_session import Session
from tests.fakes.discord.gateway_wire import Broken, Close, Identify, Op, RequestMembers, Resume, read

_CHUNK = 1000  # members in one GUILD_MEMBERS_CHUNK
_MAX_USER_IDS = 100
_MAX_NONCE = 32  # bytes


def hear(hub: Hub, connection: Connection, text: str | bytes) -> None:
    """Raises Broken when the connection must end."""
    _pace(hub, connection)
    op, said = read(text)
    session = connection.session
    if op is Op.HEARTBEAT:
        _heartbeat(hub, connection, said)
    elif op in {Op.IDENTIFY, Op.RESUME}:
        if session is not None:
            raise Broken(Close.ALREADY_AUTHENTICATED, f"{op.name} in a session")
        if said.token.removeprefix("Bot ") != hub.token:
            raise Broken(Close.AUTHENTICATION_FAILED, "wrong token")
        _identify(hub, connection, said) if op is Op.IDENTIFY else _resume(hub, connection, said)
    elif session is None:
        raise Broken(Close.NOT_AUTHENTICATED, f"{op.name} before IDENTIFY")
    elif op is Op.REQUEST_GUILD_MEMBERS:
        _request_members(hub, session, said)


def _pace(hub: Hub, connection: Connection) -> None:
    spoke_at, now = connection.spoke_at, hub.now()
    while spoke_at and spoke_at[0] <= now - hub.limits.sends_seconds:
        spoke_at.popleft()
    spoke_at.append(now)
    if len(spoke_at) > hub.limits.sends:
        raise Broken(Close.RATE_LIMITED, f"{len(spoke_at)} payloads in {hub.limits.sends_seconds} s")


def _heartbeat(hub: Hub, connection: Connection, seq: int | None) -> None:
    hub.heartbeats += 1
    session = connection.session
    if session is not None and seq is not None:
        if seq > session.seq:
            hub.violate(f"HEARTBEAT with seq {seq}, but only {session.seq} were sent")
        session.heard = max(session.heard, seq)
    connection.say(Op.HEARTBEAT_ACK)


def _identify(hub: Hub, connection: Connection, said: Identify) -> None:
    hub.identifies += 1
    intents = Intents(said.intents)
    if said.intents & ~ALL:
        raise Broken(Close.INVALID_INTENTS, f"intents {said.intents}")
    if intents & PRIVILEGED & ~hub.privileged_allowed:
        raise Broken(Close.DISALLOWED_INTENTS, f"intents {intents & PRIVILEGED!r}")
    number, shards = said.shard or (0, 1)
    if number >= shards:
        raise Broken(Close.INVALID_SHARD, f"shard {number} of {shards}")
    if _is_too_soon(hub, number % hub.limits.max_concurrency):
        hub.violate(f"IDENTIFY of shard {number} within {hub.limits.starts_seconds} s of another")
        connection.say(Op.INVALID_SESSION, False)
        return
    hub.start(connection, intents, said.shard)


def _is_too_soon(hub: Hub, bucket: int) -> bool:
    now, last = hub.now(), hub.started_at.get(bucket)
    hub.started_at[bucket] = now
    return last is not None and now - last < hub.limits.starts_seconds


def _resume(hub: Hub, connection: Connection, said: Resume) -> None:
    hub.resumes += 1
    session = hub.resumable(said.session_id, said.seq)
    if session is None:
        connection.say(Op.INVALID_SESSION, False)
    else:
        session.resume(connection, said.seq or 0)


def _request_members(hub: Hub, session: Session, said: RequestMembers) -> None:
    guild_id = str(said.guild_id)
    wrong = _wrong_request(hub, session, said, guild_id)
    if wrong is not None:
        hub.violate(f"REQUEST_GUILD_MEMBERS: {wrong}")
        return
    found = _found(hub.members(guild_id), said)
    extra: Json = {} if said.nonce is None else {"nonce": said.nonce}
    missing = sorted(set(said.wanted) - {each["user"]["id"] for each in found})
    chunks = [found[start : start + _CHUNK] for start in range(0, len(found), _CHUNK)] or [[]]
    for index, members in enumerate(chunks):
        chunk = {"guild_id": guild_id, "members": members, "chunk_index": index, "chunk_count": len(chunks), **extra}
        if missing:
            chunk["not_found"] = missing
        hub.check("GUILD_MEMBERS_CHUNK", chunk, guild_id)
        session.tell("GUILD_MEMBERS_CHUNK", chunk)


def _wrong_request(hub: Hub, session: Session, said: RequestMembers, guild_id: str) -> str | None:
    """The real one gives no answer to these."""
    is_everyone = said.query == "" and not said.limit
    checks: tuple[tuple[Any, str], ...] = (
        (guild_id not in {each["id"] for each in hub.guilds()}, f"the bot is not in guild {guild_id}"),
        (not session.is_for(guild_id), f"guild {guild_id} belongs to another shard"),
        ((said.query is None) == (said.user_ids is None), "either query or user_ids"),
        (said.query is not None and said.limit is None, "limit is needed with query"),
        (said.query and not 1 <= (said.limit or 0) <= 100, "limit must be 1-100 with a query"),
        (is_everyone and Intents.GUILD_MEMBERS not in session.intents, "needs the intent GUILD_MEMBERS"),
        (said.presences and Intents.GUILD_PRESENCES not in session.intents, "needs the intent GUILD_PRESENCES"),
        (len(said.wanted) > _MAX_USER_IDS, f"more than {_MAX_USER_IDS} user_ids"),
        (len((said.nonce or "").encode()) > _MAX_NONCE, f"a nonce of more than {_MAX_NONCE} bytes"),
    )
    return next((text for is_wrong, text in checks if is_wrong), None)


def _found(members: list[Json], said: RequestMembers) -> list[Json]:
    if said.user_ids is not None:
        wanted = set(said.wanted)
        return [each for each in members if each["user"]["id"] in wanted]
    start = (said.query or "").lower()
    names = ((each, each.get("nick") or each["user"]["username"]) for each in members)
    return [each for each, name in names if name.lower().startswith(start)][: said.limit or None]
