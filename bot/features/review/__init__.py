"""The weekly review day (作业点评日): works of the week to talk about, and thanks for talking."""

from bot.features.review.handlers import feature

__all__ = ["feature"]
