"""What a test does with python-telegram-bot's client besides its own methods."""

from __future__ import annotations

from telegram import Bot, Update


async def all_updates(bot: Bot, *kinds: str) -> list[Update]:
    """Everything that waits, confirmed."""
    updates = await bot.get_updates(allowed_updates=kinds or None)
    if updates:
        await bot.get_updates(offset=updates[-1].update_id + 1)
    return list(updates)
