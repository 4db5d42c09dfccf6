"""The Bot API server of the tests: what people do reaches the bot, what the bot does is seen, as at the real one."""

from __future__ import annotations

import pytest
from telegram import (
    Bot,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    MessageEntity,
    ReactionTypeEmoji,
)
from telegram.error import BadRequest, Forbidden

from tests.fakes.client import all_updates
from tests.fakes.telegram import PNG, FakeTelegram


def keyboard(*buttons: InlineKeyboardButton) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([list(buttons)])


async def test_a_conversation_goes_both_ways(telegram: FakeTelegram, bot: Bot) -> None:
    ada = telegram.person("Ada")
    group = telegram.group("Camp", ada)
    telegram.says(ada, group, "😀 /checkin now")
    [update] = await all_updates(bot)
    assert update.message is not None
    assert update.message.parse_entities() == {update.message.entities[0]: "/checkin"}

    sent = await bot.send_message(
        group.id, "Come", reply_markup=keyboard(InlineKeyboardButton("In", callback_data="i"))
    )
    assert telegram.last(ada, group).labels == ["In"]
    telegram.presses(ada, group, sent.message_id, "In")
    [press] = await all_updates(bot)
    assert press.callback_query is not None
    assert press.callback_query.data == "i"
    await press.callback_query.answer("Noted", show_alert=True)
    assert [(toast.text, toast.show_alert) for toast in telegram.toasts(ada)] == [("Noted", True)]
    assert not telegram.unanswered
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await press.callback_query.answer("Again")
    assert not telegram.violations


async def test_what_the_bot_posts_is_edited_pinned_reacted_to_and_taken_back(telegram: FakeTelegram, bot: Bot) -> None:
    ada = telegram.person("Ada")
    group = telegram.group("Camp", ada, bot="administrator")
    sent = await bot.send_message(group.id, " Board ", entities=[MessageEntity("bold", 1, 5)])
    assert telegram.last(ada, group).entities == ({"type": "bold", "offset": 0, "length": 5},)
    await sent.edit_text("New board")
    with pytest.raises(BadRequest, match=r"(?i)message is not modified"):
        await sent.edit_text("New board")
    await sent.pin()
    await sent.set_reaction(ReactionTypeEmoji("❤️"))
    seen = telegram.last(ada, group)
    assert (seen.text, seen.is_edited, seen.is_pinned, seen.reactions) == ("New board", True, True, {"❤": 1})
    await sent.delete()
    assert telegram.said(ada, group) == []
    for again in (sent.delete(), sent.edit_text("Where?"), sent.pin(), sent.set_reaction("👍")):
        with pytest.raises(BadRequest, match=r"(?i)not found"):
            await again


async def test_files_go_both_ways(telegram: FakeTelegram, bot: Bot) -> None:
    ada = telegram.person("Ada")
    group = telegram.group("Camp", ada)
    await bot.send_document(group.id, b"a,b", filename="points.csv", caption="Points")
    await bot.send_media_group(group.id, [InputMediaPhoto(PNG + b"1"), InputMediaPhoto(PNG + b"2", caption="two")])
    document, first, second = telegram.sees(ada, group)
    assert document.file is not None
    assert (document.text, document.file.name, document.file.content) == ("Points", "points.csv", b"a,b")
    assert first.album == second.album
    assert second.file is not None
    assert (second.text, second.file.content) == ("two", PNG + b"2")

    telegram.sends_album(ada, group, [PNG + b"x", PNG + b"y"], caption="My homework")
    one, two = (update.message for update in await all_updates(bot))
    assert one is not None
    assert two is not None
    assert one.media_group_id == two.media_group_id
    assert (one.caption, two.caption) == ("My homework", None)
    file = await two.photo[-1].get_file()
    assert bytes(await file.download_as_bytearray()) == PNG + b"y"
    assert not telegram.violations


async def test_messages_are_copied_and_forwarded_and_captions_edited(telegram: FakeTelegram, bot: Bot) -> None:
    ada = telegram.person("Ada")
    group, other = telegram.group("Camp", ada), telegram.group("Hall of fame", ada)
    work = telegram.sends_photo(ada, group, PNG + b"work", caption="Mine")
    copied = await bot.copy_message(other.id, group.id, work, caption="Work of the week")
    await bot.forward_message(other.id, group.id, work)
    first, second = telegram.sees(ada, other)
    assert first.file == second.file
    assert (first.text, second.text) == ("Work of the week", "Mine")
    await bot.edit_message_caption(other.id, copied.message_id, caption="Best work")
    with pytest.raises(BadRequest, match=r"(?i)no text in the message to edit"):
        await bot.edit_message_text("Text", other.id, copied.message_id)
    with pytest.raises(BadRequest, match=r"(?i)can't be edited"):
        await bot.edit_message_caption(group.id, work, caption="Not ours")
    await bot.edit_message_media(InputMediaPhoto(PNG + b"new"), other.id, copied.message_id)
    changed = telegram.sees(ada, other)[0].file
    assert changed is not None
    assert changed.content == PNG + b"new"
    assert not telegram.violations


async def test_a_question_that_opens_the_reply_field_can_not_be_edited(telegram: FakeTelegram, bot: Bot) -> None:
    ada = telegram.person("Ada")
    telegram.starts(ada)
    sent = await bot.send_message(ada.id, "Your homework?", reply_markup=ForceReply())
    with pytest.raises(BadRequest, match=r"(?i)can't be edited"):
        await sent.edit_text("Thanks")


async def test_a_poll_is_voted_in_and_stopped(telegram: FakeTelegram, bot: Bot) -> None:
    ada, ben = telegram.person("Ada"), telegram.person("Ben")
    group = telegram.group("Camp", ada, ben)
    sent = await bot.send_poll(group.id, "When?", ["Today", "Tomorrow"], is_anonymous=False)
    telegram.votes(ada, group, sent.message_id, "Tomorrow")
    telegram.votes(ben, group, sent.message_id, "Today")
    telegram.votes(ben, group, sent.message_id)
    answers = [update.poll_answer for update in await all_updates(bot) if update.poll_answer]
    assert [answer.option_ids for answer in answers] == [(1,), (0,), ()]
    poll = await bot.stop_poll(group.id, sent.message_id)
    assert [option.voter_count for option in poll.options] == [0, 1]
    with pytest.raises(BadRequest, match=r"(?i)already been closed"):
        await bot.stop_poll(group.id, sent.message_id)


async def test_only_who_pressed_start_can_be_written_to(telegram: FakeTelegram, bot: Bot) -> None:
    ada = telegram.person("Ada")
    group = telegram.group("Camp", ada)
    with pytest.raises(Forbidden, match=r"(?i)can't initiate conversation"):
        await bot.send_message(ada.id, "Psst")
    link = InlineKeyboardButton("In private", url="https://t.me/homeroom_bot?start=join_1")
    telegram.presses(ada, group, (await bot.send_message(group.id, "Join", reply_markup=keyboard(link))).id, "private")
    assert [update.message.text for update in await all_updates(bot) if update.message] == ["/start join_1"]
    await bot.send_message(ada.id, "Psst", reply_markup=ForceReply())
    assert telegram.last(ada, ada).asks
    telegram.blocks(ada)
    with pytest.raises(Forbidden, match=r"(?i)blocked by the user"):
        await bot.send_message(ada.id, "Psst")
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await bot.send_message(99, "Psst")
    telegram.starts(ada)
    kinds = [update.to_dict().keys() - {"update_id"} for update in await all_updates(bot)]
    assert kinds == [{"my_chat_member"}, {"my_chat_member"}, {"message"}]
    assert not telegram.violations
