"""The feature, its facts, and what a course may say of its sessions."""

from datetime import time, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.course import Course
from bot.engine.feature import Feature
from bot.features.sharing import speakers, tables
from rules.fields import Duration, PositiveDuration, TimeOfDay
from storage.personal import Personal

feature = Feature("sharing", needs=("reactions_on", "thanks_on"))

POSTED, SPOKE = "share.posted", "speaker.shared"
feature.fact(POSTED, has_text=True, length="number", attachments="number")
feature.fact(SPOKE)
feature.personal(
    Personal(tables.share),
    Personal(tables.share_post, path=("share", "member"), texts=("text",), emptied={"message": None}),
    Personal(speakers.invitation, goes=True),
    Personal(speakers.never, goes=True),
)

OPEN, CLOSE = 0, 1
"""The steps of a session."""


class SharingOptions(BaseModel):
    """How long a session is open, what counts as a share, and how many speakers are invited how long before it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    lasts: PositiveDuration = timedelta(hours=1)
    from_characters: int = Field(default=10, ge=1, le=1000, strict=True)
    invite: int = Field(default=3, ge=0, le=10, strict=True)  # 0: nobody is
    ask_before: Duration = timedelta(days=1)
    answer_by: TimeOfDay = time(12)  # who has not answered by then makes room for the next one


def options_of(course: Course, ritual: str) -> SharingOptions:
    """What a ritual says; what is usual where it is gone."""
    found = course.ritual(ritual)
    return found.options if found and isinstance(found.options, SharingOptions) else SharingOptions()


def object_of(session: Any) -> str:
    """What facts about shares are about."""
    return f"session {session.id}"
