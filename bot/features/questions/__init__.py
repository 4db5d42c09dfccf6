"""Questions: asked anywhere, answered in time, and found by the next who asks the same."""

from bot.features.questions import acts, anonymous, answering, asking, command, growing, lent, settled
from bot.features.questions.declared import feature
from bot.features.questions.own import adding, leaving, linked, mine, rating, settling
from bot.features.questions.pace import alarm, daily, figures, queue
from bot.features.questions.privacy import forgetting, revealing

__all__ = [
    "acts",
    "adding",
    "alarm",
    "anonymous",
    "answering",
    "asking",
    "command",
    "daily",
    "feature",
    "figures",
    "forgetting",
    "growing",
    "leaving",
    "lent",
    "linked",
    "mine",
    "queue",
    "rating",
    "revealing",
    "settled",
    "settling",
]
