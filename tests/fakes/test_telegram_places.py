"""Groups, forums and supergroups: what the bot hears and may do there."""

from __future__ import annotations

import pytest
from telegram import Bot, BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeChatAdministrators
from telegram.error import BadRequest, ChatMigrated, Forbidden

from tests.fakes.client import all_updates
from tests.fakes.telegram import PNG, FakeTelegram
from tests.fakes.telegram.inbox import KINDS


async def test_the_bot_hears_reactions_and_members_only_as_administrator_that_asked(
    telegram: FakeTelegram, bot: Bot
) -> None:
    ada, ben, chen = telegram.person("Ada"), telegram.person("Ben"), telegram.person("Chen")
    group = telegram.group("Camp", ada, owner=chen)
    said = telegram.says(ada, group, "Look")
    await all_updates(bot, *KINDS)
    telegram.reacts(chen, group, said, "👍")
    assert await all_updates(bot) == []

    telegram.is_promoted(telegram.bot, group, by=chen)
    telegram.reacts(chen, group, said, "👍", add=False)
    telegram.joins(ben, group)
    promoted, reaction, member, joined = await all_updates(bot, "message")
    assert promoted.my_chat_member is not None
    assert promoted.my_chat_member.new_chat_member.status == "administrator"
    assert reaction.message_reaction is not None
    assert not reaction.message_reaction.new_reaction
    assert member.chat_member is not None
    assert joined.message is not None

    telegram.reacts(chen, group, said, "🔥")
    assert await all_updates(bot) == []


async def test_privacy_mode_hides_what_is_not_meant_for_the_bot(telegram: FakeTelegram, bot: Bot) -> None:
    ada = telegram.person("Ada")
    group = telegram.group("Camp", ada)
    telegram.privacy(True)
    assert not (await bot.get_me()).can_read_all_group_messages
    ours = await bot.send_message(group.id, "Hello")
    for text in ("plain", "/checkin", "/checkin@other_bot", "/checkin@homeroom_bot", "hi @homeroom_bot"):
        telegram.says(ada, group, text)
    telegram.says(ada, group, "an answer", reply_to=ours.message_id)
    heard = [update.message.text for update in await all_updates(bot) if update.message]
    assert heard == ["/checkin", "/checkin@homeroom_bot", "hi @homeroom_bot", "an answer"]


async def test_a_group_becomes_a_supergroup(telegram: FakeTelegram, bot: Bot) -> None:
    ada = telegram.person("Ada")
    group = telegram.group("Camp", ada, kind="group")
    new = telegram.migrates(ada, group)
    ids = [(u.message.migrate_to_chat_id, u.message.migrate_from_chat_id) for u in await all_updates(bot) if u.message]
    assert ids == [(new.id, None), (None, group.id)]
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(group.id, "Still here?")
    assert caught.value.new_chat_id == new.id
    await bot.send_message(new.id, "Here")
    assert telegram.said(ada, group) == ["Here"]


async def test_topics_carry_their_thread(telegram: FakeTelegram, bot: Bot) -> None:
    ada = telegram.person("Ada")
    forum = telegram.group("Camp", ada, is_forum=True)
    with pytest.raises(BadRequest, match=r"(?i)not enough rights"):
        await bot.create_forum_topic(forum.id, "Homework")
    topic = telegram.opens_topic(ada, forum, "Homework")
    telegram.says(ada, forum, "Done", topic=topic)
    message = (await all_updates(bot))[-1].message
    assert message is not None
    assert (message.message_thread_id, message.is_topic_message) == (topic, True)
    assert message.reply_to_message is not None
    assert message.reply_to_message.forum_topic_created is not None
    await bot.send_message(forum.id, "Well done", message_thread_id=topic)
    assert telegram.said(ada, forum, topic) == ["Well done"]
    telegram.closes_topic(forum, topic)
    with pytest.raises(BadRequest, match=r"(?i)TOPIC_CLOSED"):
        await bot.send_message(forum.id, "More", message_thread_id=topic)
    telegram.deletes_topic(forum, topic)
    with pytest.raises(BadRequest, match=r"(?i)message thread not found"):
        await bot.send_message(forum.id, "More", message_thread_id=topic)


async def test_rights_are_asked_for(telegram: FakeTelegram, bot: Bot) -> None:
    ada, chen = telegram.person("Ada"), telegram.person("Chen")
    group = telegram.group("Camp", ada, owner=chen)
    said = telegram.says(ada, group, "Spam")
    with pytest.raises(BadRequest, match=r"(?i)not enough rights to manage pinned"):
        await bot.pin_chat_message(group.id, said)
    with pytest.raises(BadRequest, match=r"(?i)message can't be deleted"):
        await bot.delete_message(group.id, said)
    telegram.restricts_bot(chen, group, may=["can_send_messages"])
    await bot.send_message(group.id, "Words")
    with pytest.raises(BadRequest, match=r"(?i)not enough rights to send photos"):
        await bot.send_photo(group.id, PNG)
    telegram.removes_bot(chen, group)
    with pytest.raises(Forbidden, match=r"(?i)kicked from the supergroup"):
        await bot.send_message(group.id, "Words")
    telegram.adds_bot(chen, group, rights=["can_delete_messages", "can_invite_users"])
    await bot.delete_message(group.id, said)
    ben = telegram.person("Ben")
    telegram.requests_to_join(ben, group)
    request = (await all_updates(bot))[-1].chat_join_request
    assert request is not None
    await bot.send_message(request.user_chat_id, "Why do you want to join?")
    await request.approve()
    assert (await bot.get_chat_member(group.id, ben.id)).status == "member"
    assert {admin.user.id for admin in await bot.get_chat_administrators(group.id)} == {chen.id, telegram.bot.id}
    assert not telegram.violations


async def test_menus_go_by_scope_and_language(telegram: FakeTelegram, bot: Bot) -> None:
    ada, chen = telegram.person("Ada", language="zh-hans"), telegram.person("Chen", language="de")
    group = telegram.group("Camp", ada, owner=chen)
    await bot.set_my_commands([BotCommand("help", "Help")])
    await bot.set_my_commands([BotCommand("checkin", "Check in")], BotCommandScopeAllGroupChats())
    await bot.set_my_commands([BotCommand("checkin", "打卡")], BotCommandScopeAllGroupChats(), "zh")
    await bot.set_my_commands([BotCommand("award", "Award")], BotCommandScopeChatAdministrators(group.id))
    assert telegram.menu(ada, group) == {"checkin": "打卡"}
    assert telegram.menu(chen, group) == {"award": "Award"}
    assert telegram.menu(ada, ada) == {"help": "Help"}
