"""What people say, as Telegram's and Discord's servers would put it: raw bytes, made before anything is measured."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

PEOPLE = 300
GROUP = -1001700000001
BOT = 7000000001
HANDLE = "bench_bot"

_OPENINGS = (
    "今天的标题改了三版",
    "封面我换了一张",
    "老师说的开头公式",
    "昨天那篇数据出来了",
    "Quick question about the cover",
)
_MIDDLES = (
    "最后留下了带数字的那一版",
    "还是觉得第二张更抓眼睛",
    "我试着套了一下自己的选题",
    "收藏比点赞多一倍",
    "does it need text on it",
)
_ENDS = ("大家帮我看看？", "明天接着改。", "感觉方向对了！", "评论区有人问价格…", "or is the photo enough?")
_SHORT = ("收到", "哈哈哈", "好的老师", "太强了！", "+1", "晚安", "在路上", "thanks!")


def text(number: int) -> str:
    """One in three is short; the others are all different, and most long enough for a point."""
    if number % 3 == 0:
        return _SHORT[number // 3 % len(_SHORT)]
    parts = (_OPENINGS[number % 5], _MIDDLES[number // 5 % 5], _ENDS[number // 25 % 5])
    return f"{'，'.join(parts)} {chr(0x4E00 + number % 5000)}{chr(0x4E00 + number * 31 % 5000)} {number}" * (
        1 + number % 2
    )


def person(number: int) -> int:
    """Who says the message of this number: everybody is heard, in no order."""
    return number * 7 % PEOPLE


# --- Telegram ---------------------------------------------------------------------------------------------------------


def telegram(number: int, at: datetime, said: str, *, who: int, chat: int = GROUP) -> bytes:
    """An update with a message in a supergroup, as the Bot API writes it."""
    message: dict[str, Any] = {
        "message_id": number + 10,
        "from": {
            "id": 510000000 + who,
            "is_bot": False,
            "first_name": f"同学{who}",
            "last_name": "王",
            "username": f"student_{who}",
            "language_code": "zh-hans",
        },
        "chat": {"id": chat, "title": "小红书文案训练营", "type": "supergroup"},
        "date": int(at.timestamp()),
        "text": said,
    }
    if said.startswith("/"):
        message["entities"] = [{"offset": 0, "length": len(said.split(maxsplit=1)[0]), "type": "bot_command"}]
    return json.dumps({"update_id": 810000000 + number, "message": message}).encode()


def answer(updates: Sequence[bytes]) -> bytes:
    """What `getUpdates` answers."""
    return b'{"ok":true,"result":[' + b",".join(updates) + b"]}"


# --- Discord ----------------------------------------------------------------------------------------------------------

_EPOCH = 1420070400000


_NO_PROFILE = {
    "discriminator": "0",
    "avatar": "0123456789abcdef0123456789abcdef",
    "avatar_decoration_data": None,
    "clan": None,
    "primary_guild": None,
    "collectibles": None,
    "public_flags": 0,
}
_MEMBER = {
    "roles": [],
    "nick": None,
    "avatar": None,
    "banner": None,
    "joined_at": "2027-02-20T08:00:00.000000+00:00",
    "premium_since": None,
    "communication_disabled_until": None,
    "deaf": False,
    "mute": False,
    "pending": False,
    "flags": 0,
}
_NOTHING_MORE = {
    "edited_timestamp": None,
    "tts": False,
    "mention_everyone": False,
    "mentions": [],
    "mention_roles": [],
    "attachments": [],
    "embeds": [],
    "components": [],
    "pinned": False,
    "flags": 0,
}


def discord(number: int, at: datetime, said: str, *, who: int, channel: str, guild: str) -> str:
    """A frame of the gateway with a MESSAGE_CREATE, decompressed."""
    id = (int(at.timestamp() * 1000) - _EPOCH << 22) + number % (1 << 22)
    name = {"id": str(1100000000000000000 + who), "username": f"student_{who}", "global_name": f"同学{who}"}
    data = {
        "id": str(id),
        "type": 0,
        "content": said,
        "channel_id": channel,
        "guild_id": guild,
        "channel_type": 0,
        "author": name | _NO_PROFILE,
        "member": _MEMBER,
        "timestamp": at.isoformat(timespec="microseconds"),
        **_NOTHING_MORE,
        "nonce": str(id - 5),
    }
    return json.dumps({"t": "MESSAGE_CREATE", "s": 10, "op": 0, "d": data}, ensure_ascii=False)
