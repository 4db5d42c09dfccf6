"""One person, several accounts: `/link` makes two members one, `/unlink` parts them again."""

from bot.features.links import undoing
from bot.features.links.linking import feature

__all__ = ["feature", "undoing"]
