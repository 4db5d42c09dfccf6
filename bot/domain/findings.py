"""What an examination of the installation brings to light."""

from typing import Literal

import msgspec

from bot.domain.messages import Text

Level = Literal["ok", "warning", "problem"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at, and what to do about it where it is not well."""

    level: Level
    text: Text
