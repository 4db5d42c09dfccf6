"""Live Q&A (直播答疑): questions are collected and voted for; the session is announced, held and noted; who came."""

from bot.features.live_qa import asking, attending, filed, known, offered, ritual, showing, withdrawing
from bot.features.live_qa.declared import feature

__all__ = ["asking", "attending", "feature", "filed", "known", "offered", "ritual", "showing", "withdrawing"]
