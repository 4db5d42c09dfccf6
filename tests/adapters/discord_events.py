"""Raw events as Discord's gateway sends them, shortened to what a bot can meet in them."""

from typing import Any

BOT, ADA, BEN = "900", "501", "502"
GUILD, MAIN, FORUM, POST, DM = "77", "1001", "1002", "175928847299117063", "3001"
NOW_ID = "175928847299117063"  # 2016-04-30T11:18:25.796Z, from Discord's own documentation

Raw = dict[str, Any]


def user(id: str = ADA, **more: Any) -> Raw:
    names = {ADA: "ada", BEN: "ben.x", BOT: "homeroom"}
    shown = {ADA: "Ada L.", BEN: None, BOT: None}
    base = {"id": id, "username": names[id], "global_name": shown[id], "discriminator": "0", "avatar": None}
    return {**base, **({"bot": True} if id == BOT else {}), **more}


def member(nick: str | None = None) -> Raw:
    return {"nick": nick, "roles": [], "joined_at": "2026-01-01T00:00:00.000000+00:00", "deaf": False, "mute": False}


def message(content: str = "hello", *, by: str = ADA, id: str = NOW_ID, channel: str = MAIN, **more: Any) -> Raw:
    """A message in the server."""
    return {
        "id": id,
        "type": 0,
        "channel_id": channel,
        "guild_id": GUILD,
        "author": user(by),
        "member": member(),
        "content": content,
        "timestamp": "2016-04-30T11:18:25.796000+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
        "nonce": "1",
        **more,
    }


def in_private(raw: Raw) -> Raw:
    return {name: value for name, value in raw.items() if name not in ("guild_id", "member")} | {"channel_id": DM}


def attachment(id: str = "61", name: str = "page.png", **more: Any) -> Raw:
    base = {"id": id, "filename": name, "size": 5, "url": f"https://cdn/{id}/{name}", "proxy_url": "https://media"}
    return {**base, "content_type": "image/png", **more}


def interaction(kind: int, data: Raw, **more: Any) -> Raw:
    return {
        "id": NOW_ID,
        "application_id": BOT,
        "type": kind,
        "data": data,
        "guild_id": GUILD,
        "channel_id": MAIN,
        "channel": {"id": MAIN, "type": 0, "name": "main"},
        "member": {**member("Ada in class"), "user": user(), "permissions": "0"},
        "token": "the-secret",
        "version": 1,
        "locale": "zh-CN",
        "guild_locale": "en-US",
        **more,
    }


def option(name: str, value: Any, kind: int = 3, **more: Any) -> Raw:
    return {"name": name, "type": kind, "value": value, **more}
