"""What each platform does, as the README shows it: from the adapters' traits, and from the scenarios that run there.

`python -m tests.parity --write` brings both READMEs up to date; `tests/test_parity.py` fails where they are not.
"""

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pytest

from bot.domain.traits import Can
from bot.platforms import TRAITS
from tests.abilities import MISSING, Why

Language = Literal["zh", "en"]
Cell = Mapping[str, int]
"""How many scenarios run, and how many are left out for which need."""

PROJECT = Path(__file__).parent.parent
READMES: dict[Language, Path] = {"en": PROJECT / "README.md", "zh": PROJECT / "README.zh.md"}
BEGIN, END = "<!-- parity: python -m tests.parity --write -->", "<!-- /parity -->"
PLATFORMS = {
    "local": Why("本地聊天", "local chat"),
    "telegram": Why("Telegram", "Telegram"),
    "discord": Why("Discord", "Discord"),
}
_RUNS, _MARKER = "runs", "every_platform"


class Ability(NamedTuple):
    """Something that people notice: native with any of these, else what happens in its place."""

    title: Why
    any_of: Can
    otherwise: Why
    exceptions: Mapping[str, Why] = {}  # by platform, where the reason is another


ABILITIES = (
    Ability(
        Why("只给一个人看的回答", "answers that one person alone sees"),
        Can.ONLY_FOR | Can.ASIDE,
        Why("短的弹窗显示，长的发私聊，或在群里停一分钟", "a short pop-up, else in private, or a minute in the group"),
    ),
    Ability(Why("按钮", "buttons"), Can.BUTTONS, Why("写成可以输入的命令", "written as commands to type")),
    Ability(
        Why("一张表单填完", "forms on one page"),
        Can.FORM,
        Why("一问一答，随时可以取消", "asked one by one, to be cancelled at any time"),
    ),
    Ability(
        Why("私聊", "private chat"),
        Can.PRIVATE,
        Why("不需要：群里就能只给一个人看", "not needed: the group shows it to one person"),
        {"local": Why("每人一个房间；提醒仍在群里只给他看", "a room for each; news stays in the group, for one alone")},
    ),
    Ability(
        Why("主动私信从没说过话的人", "write first in private"),
        Can.FIRST,
        Why("留着，等他打开私聊", "kept until they open the chat"),
        {"local": Why("不需要", "not needed")},
    ),
    Ability(Why("编辑已发的消息", "edit what was posted"), Can.EDIT, Why("重要的重发", "posted anew where it matters")),
    Ability(Why("置顶", "pins"), Can.PIN, Why("不置顶", "left out")),
    Ability(Why("机器人点表情", "reactions by the bot"), Can.REACT, Why("不点", "left out")),
    Ability(
        Why("给消息点 ❓，它就成了提问", "❓ under a message makes it a question"),
        Can.SIGNS,
        Why("表情里没有 ❓，用 #提问 或 /ask", "there is no ❓ to choose; #question and /ask do the same"),
    ),
    Ability(
        Why("平台自己的投票（记名）", "the platform's own polls (by name)"),
        Can.POLL,
        Why("按钮投票，票数实时更新", "buttons, with live counts"),
    ),
    Ability(
        Why("话题和帖子", "threads and forum posts"),
        Can.THREAD | Can.TOPIC,
        Why("标题写在消息第一行，后续用回复", "the title is the first line, what follows replies to it"),
    ),
    Ability(
        Why("等级、称号显示在名字上", "levels and titles on a person's name"),
        Can.ROLES,
        Why("用 /me 和 /level 看", "in /me and /level"),
    ),
    Ability(
        Why("审批入群申请", "decide who is let in"),
        Can.ADMIT,
        Why("平台没有给机器人这个接口", "bots are not asked there"),
        {"local": Why("没有入群申请", "nobody has to ask")},
    ),
    Ability(
        Why("同一条消息重发也只出现一次", "a message sent again appears once"),
        Can.DEDUPE,
        Why("说不准时标出来，由老师决定是否重发", "where it is uncertain, staff decide"),
    ),
)

FEATURES: Mapping[Why, tuple[str, ...]] = {
    Why("打卡、补卡、连续天数", "check-ins, make-ups, streaks"): ("checkin", "streak", "morning", "day_end"),
    Why("定时任务、置顶、投票", "rituals, posts, pins, polls"): (
        "rituals",
        "under_way",
        "posts",
        "pins",
        "polls",
        "polls_by_name",
    ),
    Why("分享、回顾、仪式", "sharing, reviews, ceremonies"): (
        "sharing",
        "sharing_speakers",
        "sharing_archive",
        "sharing_changes",
        "review",
        "ceremonies",
    ),
    Why("积分、规则、为什么", "points, rules, /why"): ("points", "rulebook", "why", "reversals", "shadow"),
    Why("榜单、等级、称号", "boards, levels, titles"): ("boards", "levels", "honours", "marks"),
    Why("感谢、表情、精选", "thanks, reactions, featured messages"): (
        "thanks",
        "thanks_asked",
        "reactions",
        "reactions_daily",
        "featuring",
    ),
    Why("直播答疑、表单", "live Q&A, forms"): ("live_qa", "live_qa_votes", "forms"),
    Why("《课程答疑手册》", "the course handbook"): ("handbook", "handbook_conflicts", "handbook_export"),
    Why("作业：交、改、小测、组队、延期", "homework: handing in, grading, quizzes, teams, more time"): (
        "homework_hand_in",
        "homework_forget",
        "homework_posts",
        "homework_teams",
        "same_file",
        "homework_clock",
        "extending",
        "grading",
        "feedback",
        "quiz",
        "common",
        "near_copies",
    ),
    Why("答疑：提问、回答、时限、匿名", "questions: asking, answering, the clock, without a name"): (
        "asking",
        "asking_hints",
        "asking_posts",
        "answering",
        "answering_slips",
        "answering_threads",
        "long_posts",
        "questions_own",
        "questions_helpers",
        "questions_states",
        "questions_late",
        "questions_clock",
        "questions_figures",
        "questions_anonymous",
        "questions_unnamed",
        "duty",
        "queue",
    ),
    Why("文件保存", "files that are kept"): ("jobs",),
    Why("作品 PK", "contests"): (
        "contests",
        "contest_voters",
        "contest_duels",
        "contest_featured",
        "contest_results",
        "contest_fairness",
    ),
    Why("抢答赛", "quiz battles"): ("battles",),
    Why("积分商城", "rewards"): (
        "rewards",
        "rewards_addresses",
        "rewards_of_persons",
        "rewards_staff",
        "rewards_granted",
    ),
    Why("成长报告、完课、证书", "growth reports, completion, certificates"): (
        "growth",
        "growth_among_staff",
        "completion",
        "certificates",
    ),
    Why("提醒、回答方式", "nudges, how answers reach one"): ("nudge", "replies", "alone"),
    Why("隐私、导出、忘记我、绑定账号", "privacy, export, erasure, linked accounts"): ("privacy", "forget", "links"),
    Why("教务：名单、标签、报告、命令", "staff: members, tags, reports, commands"): (
        "members",
        "seeds",
        "tags",
        "reports",
        "commands",
        "slash",
    ),
    Why("恶意输入", "hostile input"): ("hostile",),
}


# --- the scenarios ----------------------------------------------------------------------------------------------------


class _Collected:
    """A pytest plugin that counts what would run."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            parameters = getattr(getattr(item, "callspec", None), "params", {})
            if item.get_closest_marker(_MARKER) is None or "platform" not in parameters:
                continue
            platform = parameters["platform"]
            module = Path(item.path).stem.removeprefix("test_")
            needs = [marker.args[0] for marker in item.iter_markers("needs")]
            missing = [need for need in needs if need in MISSING.get(platform, {})]
            self.found[module][platform][missing[0] if missing else _RUNS] += 1


def scenarios() -> dict[str, dict[str, Cell]]:
    """By module and platform: how many run, and how many do not, for which need. In a process of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "tests.parity", "--collect"]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, dict[str, Cell]] = json.loads(done.stdout.splitlines()[-1])
    return found


def _collect() -> None:
    plugin = _Collected()
    everywhere = [
        str(path) for path in sorted(Path(__file__).parent.glob("test_*.py")) if _MARKER in path.read_text("utf-8")
    ]
    options = ["--collect-only", "-q", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    code = pytest.main([*options, *everywhere], plugins=[plugin])
    print(json.dumps(plugin.found))
    raise SystemExit(code)


# --- the table --------------------------------------------------------------------------------------------------------


def table(language: Language, found: Mapping[str, Mapping[str, Cell]]) -> str:
    """Both parts, as Markdown."""
    head = {"zh": ("能做什么", "功能（场景数）"), "en": ("ability", "feature (scenarios)")}[language]
    parts = (_rows(head[0], language, _abilities(language)), _rows(head[1], language, _features(language, found)))
    return "\n\n".join("\n".join(part) for part in parts)


def _rows(head: str, language: Language, rows: Iterator[list[str]]) -> Iterator[str]:
    names = [getattr(name, language) for name in PLATFORMS.values()]
    for cells in ([head, *names], ["---"] * (1 + len(names)), *rows):
        yield f"| {' | '.join(cells)} |"


def _abilities(language: Language) -> Iterator[list[str]]:
    for ability in ABILITIES:
        cells = [
            "✓"
            if TRAITS[platform].can & ability.any_of
            else getattr(ability.exceptions.get(platform, ability.otherwise), language)
            for platform in PLATFORMS
        ]
        yield [getattr(ability.title, language), *cells]


def _features(language: Language, found: Mapping[str, Mapping[str, Cell]]) -> Iterator[list[str]]:
    for title, modules in FEATURES.items():
        yield [getattr(title, language), *(_cell(language, platform, modules, found) for platform in PLATFORMS)]


def _cell(language: Language, platform: str, modules: tuple[str, ...], found: Mapping[str, Mapping[str, Cell]]) -> str:
    counts: Counter[str] = Counter()
    for module in modules:
        counts.update(found.get(module, {}).get(platform, {}))
    runs = counts.pop(_RUNS, 0)
    if not counts:
        return f"✓ {runs}"
    comma, colon = ("；", "：") if language == "zh" else ("; ", ": ")
    reasons = comma.join(f"{number} × {getattr(MISSING[platform][need], language)}" for need, number in counts.items())
    without = "不含" if language == "zh" else "without"
    return f"✓ {runs}{comma}{without}{colon}{reasons}"


def shown_in(readme: str) -> str:
    """The table that a README shows now."""
    return readme.partition(BEGIN)[2].partition(END)[0].strip()


def write() -> None:
    """Bring both READMEs up to date."""
    found = scenarios()
    for language, path in READMES.items():
        readme = path.read_text(encoding="utf-8")
        before, _, rest = readme.partition(BEGIN)
        after = rest.partition(END)[2]
        path.write_text(f"{before}{BEGIN}\n{table(language, found)}\n{END}{after}", encoding="utf-8")


def main(arguments: list[str]) -> Any:
    return _collect() if "--collect" in arguments else write()


if __name__ == "__main__":
    main(sys.argv[1:])
