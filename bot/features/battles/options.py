"""What a course may say of its battles."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from bot.domain.messages import Localised
from bot.engine.degrade import text_width
from rules.fields import CourseText, Duration, course_text, mistake, parse_duration

_WIDEST = 40
"""Columns of an option: what a button shows on a phone."""


def _fits_a_button(option: Localised) -> Localised:
    for text in option.by_language.values():
        if text_width(text) > _WIDEST or "\n" in text.strip():
            raise mistake("problem.button_too_long", value=text.strip()[:_WIDEST], most=_WIDEST, wide=_WIDEST // 2)
    return option


def _all_different(options: tuple[Localised, ...]) -> tuple[Localised, ...]:
    for number, option in enumerate(options):
        if option in options[:number]:
            raise mistake("problem.same_option", value=next(iter(option.by_language.values())))
    return options


def _some_seconds(pause: timedelta) -> timedelta:
    return _between(pause, "3s", "10m")


def _time_to_come(starts_in: timedelta) -> timedelta:
    """The clock looks every 15 s what comes next, unless it knows better: nothing is due sooner after a command."""
    return _between(starts_in, "15s", "30m")


def _between(length: timedelta, least: str, most: str) -> timedelta:
    if not parse_duration(least) <= length <= parse_duration(most):
        raise mistake("problem.length_between", least=least, most=most)
    return length


_Option = Annotated[CourseText, AfterValidator(_fits_a_button)]


class QuestionOptions(BaseModel):
    """One question with its options; of these, one is right. The keys are those of quizzes in homework.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    ask: Annotated[Localised, course_text(300)]
    options: Annotated[tuple[_Option, ...], Field(min_length=2, max_length=6), AfterValidator(_all_different)]
    right: int = Field(ge=1, le=6, strict=True)
    because: Annotated[Localised, course_text(300)] | None = None

    @model_validator(mode="after")
    def _has_the_right_one(self) -> Self:
        if self.right > len(self.options):
            raise mistake("problem.no_such_option", option=self.right, last=len(self.options))
        return self


class BattleOptions(BaseModel):
    """What it is called, what it may ask, how much of that each time, and how long everything takes."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    title: Annotated[Localised, course_text(60)] = Localised({"zh_Hans": "抢答赛", "en": "Quiz battle"})
    questions: Annotated[tuple[QuestionOptions, ...], Field(min_length=1, max_length=200)]
    count: int = Field(default=5, ge=1, le=20, strict=True)
    seconds: int = Field(default=30, ge=5, le=300, strict=True)
    pause: Annotated[Duration, AfterValidator(_some_seconds)] = timedelta(seconds=10)
    starts_in: Annotated[Duration, AfterValidator(_time_to_come)] = timedelta(minutes=1)
    top: int = Field(default=3, ge=1, le=10, strict=True)
