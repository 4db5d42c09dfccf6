"""The evening's case sharing: speakers are invited, members post, it closes with a summary and stays to be found."""

from bot.features.sharing import (
    acts,
    answering,
    archive,
    changing,
    collecting,
    forgetting,
    growing,
    handlers,
    inviting,
    offered,
)
from bot.features.sharing.declared import feature

__all__ = [
    "acts",
    "answering",
    "archive",
    "changing",
    "collecting",
    "feature",
    "forgetting",
    "growing",
    "handlers",
    "inviting",
    "offered",
]
