"""Live Q&A (直播答疑): questions are collected beforehand; the session is announced, opened and closed; who came."""

from bot.features.live_qa import asking, attending, offered, ritual, showing
from bot.features.live_qa.declared import feature

__all__ = ["asking", "attending", "feature", "offered", "ritual", "showing"]
