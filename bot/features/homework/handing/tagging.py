"""The tag that makes a post a hand-in: #作业 or #homework, where a line begins or ends. Pure."""

from bot.engine.hashtags import Hashtag, Tagged, without_tag

__all__ = ["Tagged", "speaks_of_it", "tagged", "without_tag"]

_TAG = Hashtag(r"交?作业(?!本)|homework(?![a-z0-9])")

tagged = _TAG.tagged
speaks_of_it = _TAG.is_spoken_of
