"""Completion (完课): what a course asks for, how far each member is, and the certificate that says so."""

from bot.features.completion import certifying, doubtful, drawn, evaluating, parting, progress, staff
from bot.features.completion.declared import feature

__all__ = ["certifying", "doubtful", "drawn", "evaluating", "feature", "parting", "progress", "staff"]
