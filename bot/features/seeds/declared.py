"""The feature, and what a course asks of seed students."""

from pydantic import BaseModel, ConfigDict, Field

from bot.engine.feature import Feature
from storage.assistants import assistantship
from storage.personal import Personal

feature = Feature("seeds", needs=("homework_scores",))
feature.personal(Personal(assistantship, texts=("reason",)))


class SeedSettings(BaseModel):
    """From which average, over how many works, and on how many of a hundred days somebody is suggested."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    score: int = Field(default=80, ge=1, le=100)  # percent
    works: int = Field(default=1, ge=1, le=50)
    active: int = Field(default=60, ge=1, le=100)  # percent of the days so far
    most: int = Field(default=10, ge=1, le=30)


feature.sections["seeds"] = SeedSettings
