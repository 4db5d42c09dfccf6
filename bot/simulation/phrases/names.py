"""What people are called."""

import random
from collections.abc import Sequence
from itertools import product

from bot.domain.ids import Language
from bot.simulation.phrases.stock import words_of

_FIRST = words_of("""
Ada Amara Ben Bea Carlos Chloe Dev Dora Elif Emil Farah Finn Grace Hugo Ines Ivan Jade Jonas Kofi Lena
Liam Mara Mateo Nadia Noor Omar Petra Priya Quinn Rosa Sam Sofia Tariq Tess Uma Viktor Wendy Yusuf Zoe Tomás
""")
_LAST = tuple("ABCDEFGHJKLMNPRSTVWY")
_SURNAMES = tuple("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗")
_GIVEN = words_of("""
小雨 子涵 思远 佳怡 文博 雅琴 晓峰 梦洁 建国 丽娜 志强 婷婷 一鸣 若溪 浩然 诗琪 俊杰 美玲 天宇 欣悦
立新 秀英 海涛 静怡 明轩 可欣 国栋 春燕 嘉树 念慈 大鹏 阿宁 星辰 米朵 南乔 北川 向晚 知夏 听雪 予安
""")


def students(language: Language, count: int, chance: random.Random) -> list[str]:
    """So many different names; with more people than names, the rest have a number behind."""
    if language == "zh_Hans":
        all_names = [last + first for last, first in product(_SURNAMES, _GIVEN)]
    else:
        all_names = [f"{first} {last}." for first, last in product(_FIRST, _LAST)]
    chance.shuffle(all_names)
    rounds = -(-count // len(all_names))
    return [name if not again else f"{name} {again + 1}" for again in range(rounds) for name in all_names][:count]


def staff(language: Language, assistants: int) -> Sequence[str]:
    """The teacher, then the assistants."""
    teacher, assistant = ("老师", "助教") if language == "zh_Hans" else ("Teacher", "Assistant")
    return [teacher, *(f"{assistant} {number}" for number in range(1, assistants + 1))]
