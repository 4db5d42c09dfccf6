"""The updates and answers of the fake are what Telegram publishes, as two clients read it."""

from __future__ import annotations

from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Update as TypedUpdate
from pydantic import TypeAdapter
from telegram import Bot, Update

from tests.fakes.telegram import PNG, Chat, FakeTelegram, User
from tests.fakes.telegram.inbox import KINDS
from tests.fakes.telegram.schema import schema_of, unknown_fields


async def _sample(telegram: FakeTelegram, ada: User, chen: User, group: Chat) -> None:
    said = telegram.says(ada, group, "Hello #camp", reply_to=telegram.sends_photo(ada, group, caption="Mine"))
    telegram.edits(ada, group, said, "Hello all")
    telegram.sends_document(ada, group)
    telegram.sends_voice(ada, group)
    telegram.sends_video(ada, group)
    telegram.reacts(chen, group, said, "🎉")
    telegram.pins(chen, group, said)
    telegram.forwards(ada, group, said, ada)
    telegram.says_anonymously(group, "/award everyone")
    telegram.presses_data(ada, group, 999, "gone")
    ben = telegram.person("小明", language="zh-hans")
    telegram.requests_to_join(ben, group)
    telegram.joins(ben, group, by=chen)
    telegram.is_promoted(ben, group, by=chen, rights=["can_pin_messages"])
    telegram.is_demoted(ben, group, by=chen)
    telegram.leaves(ben, group, by=chen)
    telegram.blocks(ada)
    telegram.restricts_bot(chen, group)
    telegram.removes_bot(chen, group)
    telegram.adds_bot(chen, group, rights=[])
    telegram.migrates(chen, telegram.group("Old", chen, kind="group"))
    telegram.says(chen, telegram.group("Forum", chen, is_forum=True), "In General")


async def test_updates_and_answers_have_the_published_shapes(telegram: FakeTelegram, bot: Bot) -> None:
    ada, chen = telegram.person("Ada"), telegram.person("Chen")
    group = telegram.group("Camp", ada, owner=chen, bot="administrator")
    await bot.get_updates(allowed_updates=KINDS)
    sent = await bot.send_poll(group.id, "When?", ["Today", "Tomorrow"], is_anonymous=False)
    telegram.votes(ada, group, sent.message_id, "Today")
    await _sample(telegram, ada, chen, group)
    raw = [update for _, update in telegram.world.inbox.waiting]
    assert len(raw) > 25
    for update in raw:
        assert not list(unknown_fields(TypedUpdate.model_validate(update)))
        read = Update.de_json(update, bot)
        kind = next(name for name in update if name != "update_id")
        assert not read.api_kwargs
        assert not getattr(read, kind).api_kwargs
    await bot.get_chat(group.id)
    await bot.get_chat_member(group.id, chen.id)
    await bot.get_chat_administrators(group.id)
    await bot.send_photo(group.id, PNG)
    for call in telegram.calls:
        assert _is_published(schema_of(call.method), call.answer["result"]), call.method


def _is_published(method: type[TelegramMethod[Any]] | None, result: Any) -> bool:
    assert method is not None
    return not list(unknown_fields(TypeAdapter(method.__returning__).validate_python(result)))
