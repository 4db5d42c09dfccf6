"""Messages, threads, pins, roles: what the REST API answers, asked without a client library."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import aiohttp

from tests.fakes.discord import PNG, FakeDiscord, Limits, Right
from tests.fakes.discord.server import BEGINNING
from tests.fakes.discord_client import Rest


async def test_history_after_an_id_comes_as_the_oldest_batch_newest_first(discord: FakeDiscord, rest: Rest) -> None:
    ada = discord.person("Ada")
    main = discord.channel(discord.guild("Camp", ada), "main")
    ids = [discord.says(ada, main, str(number)) for number in range(8)]
    assert ids == sorted(set(ids))
    place = f"/channels/{main.id}/messages"

    async def page(query: str) -> list[str]:
        return [message["content"] for message in (await rest("GET", f"{place}?{query}")).body]

    assert await page(f"after={ids[1]}&limit=3") == ["4", "3", "2"]
    assert await page(f"before={ids[3]}&limit=2") == ["2", "1"]
    assert await page("limit=2") == ["7", "6"]
    assert await page(f"around={ids[4]}&limit=3") == ["5", "4", "3"]
    assert await page(f"after={ids[7]}") == []
    assert (await rest("GET", f"{place}?limit=101")).status == 400


async def test_a_nonce_makes_one_message_for_some_minutes() -> None:
    now = [BEGINNING]
    async with FakeDiscord(now=lambda: now[0], limits=Limits.off()) as discord, Rest(discord) as rest:
        main = discord.channel(discord.guild("Camp"), "main")
        path, body = f"/channels/{main.id}/messages", {"content": "hi", "nonce": "a" * 25, "enforce_nonce": True}
        discord.fail("POST /channels/*/messages", "lost_reply")
        try:
            await rest("POST", path, body)
            raise AssertionError("the reply should be lost")
        except aiohttp.ClientError:
            pass
        first, second = await rest("POST", path, body), await rest("POST", path, body)
        assert first.body["id"] == second.body["id"]
        assert first.body["nonce"] == "a" * 25
        assert len(main.messages) == 1
        now[0] += timedelta(minutes=6)
        assert (await rest("POST", path, body)).body["id"] != first.body["id"]
        assert (await rest("POST", path, body | {"nonce": "a" * 26})).code == 50035


async def test_files_go_up_and_come_down_until_their_address_is_too_old() -> None:
    now = [BEGINNING]
    async with FakeDiscord(now=lambda: now[0], limits=Limits.off()) as discord, Rest(discord) as rest:
        main = discord.channel(discord.guild("Camp"), "main")
        body = {"content": "", "attachments": [{"id": "0", "filename": "a page.png", "description": "a page"}]}
        sent = await rest("POST", f"/channels/{main.id}/messages", body, files=(PNG,))
        file = sent.body["attachments"][0]
        assert (file["filename"], file["width"], file["description"]) == ("a_page.png", 1, "a page")
        async with aiohttp.ClientSession() as anybody:
            assert await (await anybody.get(file["url"])).read() == PNG
            now[0] += timedelta(hours=25)
            assert (await anybody.get(file["url"])).status == 404
            again = await rest("GET", f"/channels/{main.id}/messages/{sent.body['id']}")
            assert (await anybody.get(again.body["attachments"][0]["url"])).status == 200


async def test_replies_mentions_and_edits(discord: FakeDiscord, rest: Rest) -> None:
    ada = discord.person("Ada")
    main = discord.channel(discord.guild("Camp", ada), "main")
    path, asked = f"/channels/{main.id}/messages", discord.says(ada, main, "hi")
    body = {"content": f"<@{ada.id}> @everyone", "message_reference": {"message_id": str(asked)}}
    quiet = (await rest("POST", path, body | {"allowed_mentions": {"parse": []}})).body
    assert (quiet["mentions"], quiet["mention_everyone"], quiet["type"]) == ([], False, 19)
    assert quiet["referenced_message"]["content"] == "hi"
    loud = (await rest("POST", path, body)).body
    assert [user["id"] for user in loud["mentions"]] == [str(ada.id)]
    assert loud["mention_everyone"] is False  # the bot has no right to
    changed = (await rest("PATCH", f"{path}/{quiet['id']}", {"content": "new"})).body
    assert changed["edited_timestamp"]
    assert (await rest("PATCH", f"{path}/{asked}", {"content": "mine now"})).code == 50005
    discord.deletes(ada, main, asked)
    assert (await rest("POST", path, body)).code == 50035
    reference = {"message_id": str(asked), "fail_if_not_exists": False}
    assert (await rest("POST", path, body | {"message_reference": reference})).body["type"] == 0
    assert not discord.violations  # that something is gone is nobody's mistake


async def test_reactions_and_pins_by_both_routes(discord: FakeDiscord, rest: Rest) -> None:
    ada, ben = discord.person("Ada"), discord.person("Ben")
    main = discord.channel(discord.guild("Camp", ada, ben), "main")
    message = discord.says(ada, main, "hi")
    here, sign = f"/channels/{main.id}/messages/{message}", quote("🔥")
    for person in (ben, ada):
        discord.reacts(person, main, message, "🔥")
    assert (await rest("PUT", f"{here}/reactions/{sign}/@me")).status == 204
    people = (await rest("GET", f"{here}/reactions/{sign}?limit=2")).body
    rest_of_them = (await rest("GET", f"{here}/reactions/{sign}?after={people[-1]['id']}")).body
    assert {person["id"] for person in people + rest_of_them} == {str(ada.id), str(ben.id), discord.bot}
    assert (await rest("PUT", f"{here}/reactions/fire/@me")).code == 10014
    for path in (f"/channels/{main.id}/pins/{message}", f"/channels/{main.id}/messages/pins/{message}"):
        assert (await rest("PUT", path)).status == 204
        assert [pin.id for pin in discord.pinned(main)] == [message]
        assert (await rest("GET", f"/channels/{main.id}/messages/pins")).body["items"][0]["message"]["pinned"]
        assert (await rest("DELETE", path)).status == 204
    assert (await rest("GET", f"/channels/{main.id}/pins")).body == []


async def test_polls_have_voters_and_end(discord: FakeDiscord, rest: Rest) -> None:
    ada = discord.person("Ada")
    main = discord.channel(discord.guild("Camp", ada), "main")
    answers = [{"poll_media": {"text": day}} for day in ("Sat", "Sun")]
    poll = {"question": {"text": "When?"}, "answers": answers, "duration": 1, "allow_multiselect": True}
    sent = (await rest("POST", f"/channels/{main.id}/messages", {"poll": poll})).body
    assert sent["poll"]["expiry"]
    discord.votes(ada, main, int(sent["id"]), "Sat", "Sun")
    discord.votes(ada, main, int(sent["id"]), "Sun")
    here = f"/channels/{main.id}/polls/{sent['id']}"
    assert (await rest("GET", f"{here}/answers/1")).body == {"users": []}
    assert [user["id"] for user in (await rest("GET", f"{here}/answers/2")).body["users"]] == [str(ada.id)]
    ended = (await rest("POST", f"{here}/expire")).body
    assert ended["poll"]["results"] == {
        "is_finalized": True,
        "answer_counts": [{"id": 2, "count": 1, "me_voted": False}],
    }
    assert (await rest("POST", f"{here}/expire")).code == 520001
    assert discord.last(ada, main).type == 46


async def test_threads_and_forum_posts(discord: FakeDiscord, rest: Rest) -> None:
    ada = discord.person("Ada")
    guild = discord.guild("Camp", ada)
    main, forum = discord.channel(guild, "main"), discord.channel(guild, "asks", "forum", tags=["open", "done"])
    message = discord.says(ada, main, "hi")
    made = await rest("POST", f"/channels/{main.id}/messages/{message}/threads", {"name": "about it"})
    assert (made.status, made.body["id"]) == (201, str(message))
    assert (await rest("POST", f"/channels/{main.id}/messages/{message}/threads", {"name": "again"})).code == 160004
    assert (await rest("POST", f"/channels/{forum.id}/messages", {"content": "no"})).code == 50008
    body = {"name": "How?", "message": {"content": "so"}, "applied_tags": [str(forum.tags[0].id)]}
    post = (await rest("POST", f"/channels/{forum.id}/threads", body)).body
    assert post["message"]["id"] == post["id"]
    asked = discord.posts_in_forum(ada, forum, "Why?", "tell me", ["open"])
    active = (await rest("GET", f"/guilds/{guild.id}/threads/active")).body["threads"]
    assert {thread["id"] for thread in active} == {str(asked), post["id"], str(message)}
    change = {"archived": True, "applied_tags": [str(forum.tags[1].id)], "name": "Why? ✓"}
    assert (await rest("PATCH", f"/channels/{asked}", change)).body["thread_metadata"]["archived"]
    archived = (await rest("GET", f"/channels/{forum.id}/threads/archived/public")).body
    assert ([thread["name"] for thread in archived["threads"]], archived["has_more"]) == (["Why? ✓"], False)
    assert (await rest("PATCH", f"/channels/{asked}", {"name": "later"})).code == 50083
    await rest("POST", f"/channels/{asked}/messages", {"content": "because"})  # opens it again
    assert not discord.channel_at(asked).is_archived
    assert (await rest("PUT", f"/channels/{asked}/thread-members/@me")).status == 204


async def test_the_bot_needs_its_rights(discord: FakeDiscord, rest: Rest) -> None:
    ada = discord.person("Ada")
    guild = discord.guild("Camp", ada)
    main, staff = discord.channel(guild, "main"), discord.channel(guild, "staff")
    discord.overwrites(staff, deny=Right.VIEW_CHANNEL)
    discord.overwrites(main, deny=Right.SEND_MESSAGES)
    say = {"content": "hi"}
    assert (await rest("POST", f"/channels/{staff.id}/messages", say)).code == 50001
    assert (await rest("POST", f"/channels/{main.id}/messages", say)).code == 50013
    low, high = discord.role(guild, "Starter"), discord.role(guild, "Boss", is_above_bot=True)
    member = f"/guilds/{guild.id}/members/{ada.id}/roles"
    assert (await rest("PUT", f"{member}/{low.id}")).status == 204
    assert (await rest("PUT", f"{member}/{high.id}")).code == 50013
    members = (await rest("GET", f"/guilds/{guild.id}/members?limit=1000")).body
    assert {str(ada.id): [str(low.id)]}.items() <= {each["user"]["id"]: each["roles"] for each in members}.items()
    discord.closes_dms(ada)
    private = (await rest("POST", "/users/@me/channels", {"recipient_id": str(ada.id)})).body["id"]
    assert (await rest("POST", f"/channels/{private}/messages", say)).code == 50007
    assert not discord.violations
