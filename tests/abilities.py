"""What the platforms can't do, and so which scenarios are left out there: why, in Chinese and in English."""

from typing import NamedTuple


class Why(NamedTuple):
    """The reason, for people who read either language."""

    zh: str
    en: str


MISSING: dict[str, dict[str, Why]] = {
    "telegram": {
        "deletions": Why(
            "群里有人删消息时，Telegram 不会告诉机器人", "a Telegram bot is not told when somebody deletes a message"
        ),
        "question marks": Why("Telegram 的表情里没有 ❓", "there is no ❓ among Telegram's reactions"),
        "closed rooms": Why(
            "谁在群里由群管理员决定，机器人管不到", "on Telegram, people say who is in a group of theirs"
        ),
        "mixed albums": Why("Telegram 把图片和文件分开发", "Telegram sends pictures and files apart"),
        "quoted albums": Why(
            "回复一组图片时，Telegram 只给机器人其中一张",
            "a Telegram bot is shown one picture of an album that somebody replies to",
        ),
        "local chat": Why("只和本地聊天有关", "about the local chat itself"),
    },
    "discord": {
        "closed rooms": Why(
            "谁能进哪个频道由服务器管理员决定，机器人管不到", "on Discord, people say who sees a channel of theirs"
        ),
        "forms as conversations": Why(
            "表单在一页里填完，不想填关掉就行", "on Discord a form is one page, and who does not want it closes it"
        ),
        "local chat": Why("只和本地聊天有关", "about the local chat itself"),
    },
}
"""By platform and by what `needs(…)` names. The local chat can do all of it."""
