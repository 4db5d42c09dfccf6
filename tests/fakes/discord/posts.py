"""Messages, polls, files and interactions as Discord's JSON."""

from __future__ import annotations

import zlib
from datetime import timedelta
from struct import unpack
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.fakes.discord import shapes
from tests.fakes.discord.rights import in_channel
from tests.fakes.discord.state import File, Interaction, Json, Message

if TYPE_CHECKING:
    from tests.fakes.discord.world import World

_LIVES = timedelta(hours=24)  # of the address of an attachment
_PNG = b"\x89PNG\r\n\x1a\n"


def emoji(text: str) -> Json:
    """`name:id` for emoji of the guild, else the sign itself."""
    name, _, number = text.rpartition(":")
    return {"id": number, "name": name} if name and number.isdigit() else {"id": None, "name": text}


def attachment(world: World, file: File, *, is_ephemeral: bool = False) -> Json:
    """The address is good for 24 hours from now on; asking again gives a new one."""
    ends = int((world.now() + _LIVES).timestamp())
    path = f"attachments/{file.channel}/{file.id}/{quote(file.name)}"
    address = f"{world.cdn}/{path}?ex={ends:x}&is={ends - 86400:x}&hm={zlib.crc32(f'{path}{ends}'.encode()):08x}&"
    shape: Json = {
        "id": str(file.id),
        "filename": file.name,
        "size": len(file.content),
        "url": address,
        "proxy_url": address,
        "content_type": file.mime,
    }
    if file.description:
        shape["description"] = file.description
    if file.content.startswith(_PNG) and len(file.content) >= 24:
        shape["width"], shape["height"] = unpack(">II", file.content[16:24])
    return shape | ({"ephemeral": True} if is_ephemeral else {})


def poll(message: Message) -> Json:
    given = message.poll
    assert given is not None
    counts = {answer.id: 0 for answer in given.answers}
    for chosen in given.votes.values():
        for answer in chosen:
            counts[answer] += 1
    return {
        "question": {"text": given.question},
        "answers": [
            {
                "answer_id": answer.id,
                "poll_media": {"text": answer.text} | ({"emoji": answer.emoji} if answer.emoji else {}),
            }
            for answer in given.answers
        ],
        "expiry": shapes.when(given.expires_at),
        "allow_multiselect": given.allows_several,
        "layout_type": 1,
        "results": {
            "is_finalized": given.is_final,
            "answer_counts": [{"id": id, "count": count, "me_voted": False} for id, count in counts.items() if count],
        },
    }


def message(world: World, given: Message, *, with_reply: bool = True, with_nonce: bool = False) -> Json:
    where = given.channel
    shape: Json = {
        "id": str(given.id),
        "channel_id": str(where.id),
        "author": shapes.user(given.author),
        "content": given.content,
        "timestamp": shapes.when(given.at),
        "edited_timestamp": shapes.when(given.edited_at),
        "tts": False,
        "mention_everyone": given.is_everyone_mentioned,
        "mentions": [shapes.user(each) for each in given.mentions],
        "mention_roles": [],
        "attachments": [attachment(world, file, is_ephemeral=given.is_ephemeral) for file in given.files],
        "embeds": given.embeds,
        "components": given.components,
        "pinned": given.is_pinned,
        "type": given.type,
        "flags": given.flags,
    }
    if given.reactions:
        shape["reactions"] = [_reaction(world, sign, people) for sign, people in given.reactions.items() if people]
    if given.poll:
        shape["poll"] = poll(given)
    if given.nonce is not None and (with_nonce or world.are_nonces_kept):
        shape["nonce"] = given.nonce
    if given.thread:
        shape["thread"] = shapes.channel(given.thread)
    if given.interaction:
        shape |= {"application_id": str(world.bot.id), "webhook_id": str(world.bot.id)} | _cause(world, given)
    if given.reply_to is not None:
        shape |= _reply(world, given, with_reply=with_reply)
    return shape | given.extra


def heard_message(world: World, given: Message, *, with_nonce: bool = False) -> Json:
    """As the gateway has it: with the member who wrote it, and those who are mentioned."""
    guild = given.channel.guild
    shape = message(world, given, with_nonce=with_nonce)
    if guild is None:
        return shape
    author = guild.members.get(given.author.id)
    shape["guild_id"] = str(guild.id)
    if author is not None:
        shape["member"] = shapes.bare_member(author)
    for mention in shape["mentions"]:
        if int(mention["id"]) in guild.members:
            mention["member"] = shapes.bare_member(guild.members[int(mention["id"])])
    return shape


def _reply(world: World, given: Message, *, with_reply: bool) -> Json:
    place = {"type": 0, "channel_id": str(given.channel.id), "message_id": str(given.reply_to)}
    if given.channel.guild:
        place["guild_id"] = str(given.channel.guild.id)
    found = given.channel.messages.get(given.reply_to or 0)
    shape: Json = {"message_reference": place}
    if with_reply:
        shape["referenced_message"] = message(world, found, with_reply=False) if found else None
    return shape


def _cause(world: World, given: Message) -> Json:
    asked = world.interactions[given.interaction or 0]
    about = {
        "id": str(asked.id),
        "type": asked.type,
        "user": shapes.user(asked.user),
        "authorizing_integration_owners": {},
    }
    if asked.type == 3 and asked.message:
        about["interacted_message_id"] = str(asked.message.id)
    if asked.type == 5:
        about["triggering_interaction_metadata"] = about | {"type": 2}
    return {"interaction_metadata": about}


def _reaction(world: World, sign: str, people: list[int]) -> Json:
    return {
        "emoji": emoji(sign),
        "count": len(people),
        "count_details": {"burst": 0, "normal": len(people)},
        "me": world.bot.id in people,
        "me_burst": False,
        "burst_colors": [],
    }


def interaction(world: World, given: Interaction) -> Json:
    where, guild = given.channel, given.channel.guild
    shape: Json = {
        "id": str(given.id),
        "application_id": str(world.bot.id),
        "type": given.type,
        "data": given.data,
        "token": given.token,
        "version": 1,
        "channel_id": str(where.id),
        "channel": shapes.channel(where) | {"permissions": str(in_channel(where, given.user.id))},
        "app_permissions": str(in_channel(where, world.bot.id)),
        "locale": given.user.locale,
        "entitlements": [],
        "attachment_size_limit": 10 * 2**20,
        "authorizing_integration_owners": {"0": str(guild.id) if guild else "0"},
        "context": 0 if guild else 1,
    }
    if guild is None:
        shape["user"] = shapes.user(given.user)
    else:
        permissions = {"permissions": str(in_channel(where, given.user.id))}
        shape |= {
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
            "guild_locale": guild.locale,
            "member": shapes.member(guild.members[given.user.id]) | permissions,
        }
    if given.message is not None:
        shape["message"] = message(world, given.message)
    return shape
