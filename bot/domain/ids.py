"""Names for the things of a course, so that a member's id is never mistaken for a message's."""

from typing import Literal, NewType

CourseId = NewType("CourseId", str)
"""A course: the name of its folder."""
SpaceId = NewType("SpaceId", str)
"""A space within its course, such as `main`."""
MemberId = NewType("MemberId", int)
RuleId = NewType("RuleId", str)
RitualId = NewType("RitualId", str)
ObjectId = NewType("ObjectId", str)
"""What a fact is about: a date, a message, a submission. Unique within its course and kind of fact."""
EventKey = NewType("EventKey", str)
"""Unique for ever, with the platform in it: `local:update:42`."""

Role = Literal["student", "assistant", "admin"]
ROLES: tuple[Role, ...] = ("student", "assistant", "admin")

Language = Literal["zh_Hans", "en"]
LANGUAGES: tuple[Language, ...] = ("zh_Hans", "en")


def language_of(tag: str | None) -> Language | None:
    """Our language for a platform's tag (`zh-CN`, `zh-hans`, `en_GB`), or None for one that we do not speak.

    Babel's `negotiate_locale` gives None for zh-CN and zh-hans, hence a map of our own.
    """
    primary = (tag or "").replace("_", "-").lower().split("-", 1)[0]
    known: dict[str, Language] = {"zh": "zh_Hans", "en": "en"}
    return known.get(primary)
