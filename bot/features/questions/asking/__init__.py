"""Asking: every way to ask, what is known already, the receipt, and what becomes of the message it stands in."""

from bot.features.questions.asking import by_command, by_reaction, by_tag, changed, offering, pictures, verbs

__all__ = ["by_command", "by_reaction", "by_tag", "changed", "offering", "pictures", "verbs"]
