"""Answering: below the posts of questions, from the staff room, by commands; and who is at what."""

from bot.features.questions.answering import (
    card,
    changed_posts,
    claiming,
    command,
    deciding,
    fetched,
    heard,
    mending,
    reposting,
)

__all__ = [
    "card",
    "changed_posts",
    "claiming",
    "command",
    "deciding",
    "fetched",
    "heard",
    "mending",
    "reposting",
]
