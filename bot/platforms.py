"""What each platform that we speak to can do."""

from adapters.discord import traits as discord
from adapters.local.adapter import LocalAdapter
from adapters.telegram import traits as telegram
from bot.domain.traits import Traits

TRAITS: dict[str, Traits] = {
    LocalAdapter.platform: LocalAdapter.traits,
    telegram.PLATFORM: telegram.TRAITS,
    discord.PLATFORM: discord.TRAITS,
}
