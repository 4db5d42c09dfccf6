"""The bot about itself, where its gateway is, and its DMs."""

from __future__ import annotations

from typing import Any

from tests.fakes.discord import shapes
from tests.fakes.discord.errors import known
from tests.fakes.discord.schema import check_body
from tests.fakes.discord.state import Json, User
from tests.fakes.discord.wire import Call
from tests.fakes.discord.world import World


def get_me(world: World, _: Call) -> Json:
    return shapes.user(world.bot) | {"verified": True, "mfa_enabled": False, "locale": "en-US", "email": None}


def get_application(world: World, _: Call) -> Json:
    return {
        "id": str(world.bot.id),
        "name": world.bot.username,
        "icon": None,
        "description": "",
        "summary": "",
        "type": None,
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": world.application_flags,
        "bot": shapes.user(world.bot),
        "owner": shapes.user(User(id=1, username="owner", global_name="Owner")),
        "team": None,
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "approximate_guild_count": len(world.guilds),
        "rpc_origins": [],
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "eligible_oauth2_scopes": ["bot", "applications.commands"],
        "explicit_content_filter": 0,
        "flags_new": str(world.application_flags),
    }


def get_gateway(world: World, _: Call) -> Json:
    return {"url": world.gateway_url}


def get_gateway_bot(world: World, _: Call) -> Json:
    start = {"total": 1000, "remaining": world.starts_left, "reset_after": 86_400_000, "max_concurrency": 1}
    return {"url": world.gateway_url, "shards": world.shards, "session_start_limit": start}


def get_my_guilds(world: World, _: Call) -> list[Json]:
    return [
        {"id": str(guild.id), "name": guild.title, "icon": None, "owner": False, "permissions": "0", "features": []}
        for guild in world.guilds.values()
        if world.bot.id in guild.members
    ]


def leave_guild(world: World, call: Call) -> None:
    guild = world.guilds.get(call.id("guild", 10004))
    if guild is None or world.bot.id not in guild.members:
        raise known(10004)
    del guild.members[world.bot.id]
    world.dispatch("GUILD_DELETE", {"id": str(guild.id)}, guild_id=str(guild.id))


def open_dm(world: World, call: Call) -> Json:
    """The same channel each time. Closed DMs show only when something is sent."""
    check_body("CreatePrivateChannelRequest", call.body)
    wanted = str(call.body.get("recipient_id"))
    user = world.users.get(int(wanted)) if wanted.isdigit() else None
    if user is None:
        raise known(10013)
    if user.is_bot:
        raise known(50007)
    return shapes.channel(world.private(user))


def get_user(world: World, call: Call) -> Json:
    user = world.users.get(call.id("user", 10013))
    if user is None:
        raise known(10013)
    return shapes.user(user)


ROUTES: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/users/@me", get_me),
    ("GET", "/users/@me/guilds", get_my_guilds),
    ("DELETE", "/users/@me/guilds/{guild}", leave_guild),
    ("POST", "/users/@me/channels", open_dm),
    ("GET", "/users/{user}", get_user),
    ("GET", "/oauth2/applications/@me", get_application),
    ("GET", "/applications/@me", get_application),
    ("GET", "/gateway", get_gateway),
    ("GET", "/gateway/bot", get_gateway_bot),
)
