"""Homework (作业): posted when it opens, handed in where students chat, graded in time."""

from bot.features.homework import acts, done, forgetting, growing
from bot.features.homework.common import command as common
from bot.features.homework.copies import comparing
from bot.features.homework.declared import feature
from bot.features.homework.gradebook import exporting, scores
from bot.features.homework.grading import appeals, command, commenting, drafts, featuring, feedback, queue, returning
from bot.features.homework.handing import (
    changed_posts,
    choosing,
    fetched,
    linked,
    mine,
    submitting,
    tags,
    withdrawing,
)
from bot.features.homework.pace import alarm, figures, missing
from bot.features.homework.posts import posting
from bot.features.homework.quizzes import answering, item_report, result
from bot.features.homework.quizzes import command as quiz
from bot.features.homework.teams import command as team
from bot.features.homework.teams import members
from bot.features.homework.time import command as extend
from bot.features.homework.time import extending

__all__ = [
    "acts",
    "alarm",
    "answering",
    "appeals",
    "changed_posts",
    "choosing",
    "command",
    "commenting",
    "common",
    "comparing",
    "done",
    "drafts",
    "exporting",
    "extend",
    "extending",
    "feature",
    "featuring",
    "feedback",
    "fetched",
    "figures",
    "forgetting",
    "growing",
    "item_report",
    "linked",
    "members",
    "mine",
    "missing",
    "posting",
    "queue",
    "quiz",
    "result",
    "returning",
    "scores",
    "submitting",
    "tags",
    "team",
    "withdrawing",
]
