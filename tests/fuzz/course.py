"""The course that is fuzzed: a place of every kind on every platform, and something of all that can be asked for."""

from __future__ import annotations

from pathlib import Path

from tests.community import CALENDAR, RITUALS, RULES, write_course
from tests.homework_course import DRAW, GRADING, NOTE, PLAN, QUIZ
from tests.questions_course import QUESTIONS
from tests.rewards_course import REWARDS

KINDS = ("main", "interest", "alumni", "staff", "questions", "homework")
TELEGRAM_CHATS = dict(zip(KINDS, range(-1001000000003, -1001000000009, -1), strict=True))
DISCORD_CHATS = dict(zip(KINDS, range(1001, 1007), strict=True))
SPACES = "\n".join(
    f"  - {{id: {kind}, kind: {kind}, local: {kind}, "
    f'telegram: "{TELEGRAM_CHATS[kind]}", discord: "{DISCORD_CHATS[kind]}"}}'
    for kind in KINDS
)
COURSE = f"""
title: {{zh: 写作营, en: Writing camp}}
language: en
time_zone: Asia/Shanghai
starts: 2027-03-01
ends: 2027-03-14
spaces:
{SPACES}
staff:
  admins: [local:chen]
  assistants: [local:lin, local:kim]
checkin:
  makeup: {{within_days: 3, at_most: 2}}
completion:
  check_ins: 1
thanks: {{cool_down: 3d}}
"""
CONTEST = """
weekly_contest:
  every: monday
  at: 09:00
  do: contest
"""
TITLED = RULES + "\ntitles:\n  champion: {title: {zh: 冠军, en: Champion}, lasts: 7d}\n"


def fuzzed_course(folder: Path) -> Path:
    """Its folder; the demo's people are left out, who are no part of the course itself."""
    write_course(
        folder,
        course=COURSE,
        calendar=CALENDAR,
        rules=TITLED,
        rituals=RITUALS + CONTEST,
        homework=GRADING + NOTE + DRAW + QUIZ + PLAN,
        questions=QUESTIONS,
        rewards=REWARDS,
    )
    (folder / "demo.yaml").unlink()
    return folder
