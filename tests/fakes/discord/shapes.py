"""People, roles, channels and guilds as Discord's JSON."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tests.fakes.discord.rights import in_channel
from tests.fakes.discord.state import Channel, Guild, Json, Kind, Member, Role, User

if TYPE_CHECKING:
    from tests.fakes.discord.world import World


def when(at: datetime | None) -> str | None:
    return at.isoformat(timespec="microseconds") if at else None


def user(person: User) -> Json:
    shape: Json = {
        "id": str(person.id),
        "username": person.username,
        "discriminator": "0",
        "global_name": person.global_name,
        "avatar": None,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }
    return shape | ({"bot": True} if person.is_bot else {})


def role(given: Role) -> Json:
    shape: Json = {
        "id": str(given.id),
        "name": given.name,
        "color": given.color,
        "colors": {"primary_color": given.color, "secondary_color": None, "tertiary_color": None},
        "hoist": given.is_hoisted,
        "position": given.position,
        "permissions": str(given.permissions),
        "managed": given.bot is not None,
        "mentionable": given.is_mentionable,
        "flags": 0,
        "icon": None,
        "unicode_emoji": None,
    }
    return shape | ({"tags": {"bot_id": str(given.bot)}} if given.bot else {})


def bare_member(member: Member) -> Json:
    """Without the user, as it stands beside an author."""
    return {
        "nick": member.nick,
        "avatar": None,
        "banner": None,
        "roles": [str(id) for id in sorted(member.roles)],
        "joined_at": when(member.joined_at),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "communication_disabled_until": None,
    }


def member(given: Member) -> Json:
    return bare_member(given) | {"user": user(given.user)}


def channel(given: Channel) -> Json:
    if given.person is not None:
        return {
            "id": str(given.id),
            "type": 1,
            "flags": 0,
            "name": None,
            "last_message_id": _id(given.last_message),
            "recipients": [user(given.person)],
        }
    return _thread(given) if given.is_thread else _guild_channel(given)


def _guild_channel(given: Channel) -> Json:
    assert given.guild is not None
    shape: Json = {
        "id": str(given.id),
        "type": int(given.kind),
        "guild_id": str(given.guild.id),
        "name": given.name,
        "position": given.position,
        "parent_id": _id(given.parent.id) if given.parent else None,
        "topic": given.topic,
        "nsfw": False,
        "flags": 0,
        "last_message_id": _id(given.last_message),
        "rate_limit_per_user": 0,
        "permission_overwrites": [
            {"id": str(each.id), "type": each.kind, "allow": str(each.allow), "deny": str(each.deny)}
            for each in given.overwrites
        ],
    }
    if given.kind == Kind.FORUM:
        shape |= {
            "available_tags": [
                {
                    "id": str(tag.id),
                    "name": tag.name,
                    "moderated": tag.is_moderated,
                    "emoji_id": None,
                    "emoji_name": tag.emoji,
                }
                for tag in given.tags
            ],
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
            "default_thread_rate_limit_per_user": 0,
        }
    return shape


def _thread(given: Channel) -> Json:
    assert given.guild is not None
    assert given.parent is not None
    return {
        "id": str(given.id),
        "type": int(given.kind),
        "guild_id": str(given.guild.id),
        "parent_id": str(given.parent.id),
        "owner_id": str(given.owner),
        "name": given.name,
        "last_message_id": _id(given.last_message),
        "rate_limit_per_user": 0,
        "flags": 0,
        "applied_tags": [str(tag) for tag in given.applied_tags],
        "message_count": max(0, given.counted - (1 if given.parent.kind == Kind.FORUM else 0)),
        "total_message_sent": given.counted,
        "member_count": len(given.thread_members),
        "thread_metadata": {
            "archived": given.is_archived,
            "archive_timestamp": when(given.archived_at),
            "auto_archive_duration": given.auto_archive_minutes,
            "locked": given.is_locked,
            "create_timestamp": when(given.archived_at),
        }
        | ({"invitable": True} if given.kind == Kind.PRIVATE_THREAD else {}),
    }


def thread_member(thread: Channel, person: int) -> Json:
    joined = thread.thread_members[person]
    return {"id": str(thread.id), "user_id": str(person), "join_timestamp": when(joined), "flags": 0}


def guild(given: Guild) -> Json:
    return {
        "id": str(given.id),
        "name": given.title,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "owner_id": str(given.owner),
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 1,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "roles": [role(each) for each in given.roles.values()],
        "emojis": [],
        "stickers": [],
        "features": ["COMMUNITY"],
        "mfa_level": 0,
        "application_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "vanity_url_code": None,
        "description": None,
        "banner": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": given.locale,
        "nsfw_level": 0,
        "hub_type": None,
        "incidents_data": None,
        "max_members": 500000,
    }


def whole_guild(world: World, given: Guild) -> Json:
    """As GUILD_CREATE has it: with channels, open threads that the bot sees, and members."""
    seen = [each for each in given.channels.values() if not each.is_thread or in_channel(each, world.bot.id)]
    return guild(given) | {
        "joined_at": when(given.joined_at),
        "large": False,
        "unavailable": False,
        "member_count": len(given.members),
        "members": [member(each) for each in given.members.values()],
        "channels": [channel(each) for each in seen if not each.is_thread],
        "threads": [channel(each) for each in seen if each.is_thread and not each.is_archived],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def _id(number: int | None) -> str | None:
    return None if number is None else str(number)
