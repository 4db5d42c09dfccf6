"""The options of the action `post`."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bot.domain.course import Course
from bot.domain.messages import File, Localised
from bot.domain.placeholders import placeholders
from bot.domain.rituals import Step
from rules.fields import CourseFile, CourseText, Duration, PictureFile, mistake, unknown_mistake

SHOWN = ("day", "date", "title", "lesson", "deadline", "time")
"""What a text may ask for."""

POST, CLOSE_POLL = 0, 1
"""The steps of a post."""

_LONGEST = timedelta(days=28)  # its post is forgotten after a month


def asked_by(text: Localised) -> set[str]:
    """The placeholders of a text, in whichever language."""
    return {name for words in text.by_language.values() for name in placeholders(words)}


def _with_known_placeholders(text: Localised) -> Localised:
    for name in sorted(asked_by(text)):
        if name not in SHOWN:
            raise unknown_mistake(f"{{{name}}}", [f"{{{known}}}" for known in SHOWN])
    return text


def _as_tuple(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list) else (value,)


def _at_most(length: int, text: Localised) -> Localised:
    if max(map(len, text.by_language.values())) > length:
        raise mistake("problem.text_too_long", most=length)
    return text


def _as_post(text: Localised) -> Localised:
    return _at_most(4000, _with_known_placeholders(text))


def _as_question(text: Localised) -> Localised:
    return _at_most(300, text)


def _as_option(text: Localised) -> Localised:
    return _at_most(60, text)


def _all_different(options: tuple[Localised, ...]) -> tuple[Localised, ...]:
    for number, option in enumerate(options):
        if option in options[:number]:
            raise mistake("problem.same_option", value=next(iter(option.by_language.values())))
    return options


def _open_for_a_while(length: timedelta) -> timedelta:
    if not timedelta() < length <= _LONGEST:
        raise mistake("problem.poll_length", most=_LONGEST.days)
    return length


_SomeTexts = Annotated[list[CourseText], Field(min_length=1)]
Texts = Annotated[
    tuple[Annotated[CourseText, AfterValidator(_as_post)], ...],
    BeforeValidator(_as_tuple, json_schema_input_type=CourseText | _SomeTexts),
    Field(min_length=1, max_length=100),
]
Choices = Annotated[
    tuple[Annotated[CourseText, AfterValidator(_as_option)], ...],
    Field(min_length=2, max_length=10),
    AfterValidator(_all_different),
]


class PollOptions(BaseModel):
    """A question, what may be chosen, and for how long."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    question: Annotated[CourseText, AfterValidator(_as_question)]
    options: Choices
    multiple: bool = Field(default=False, strict=True)
    by_name: bool = Field(default=False, strict=True)
    closes_in: Annotated[Duration, AfterValidator(_open_for_a_while)] = timedelta(hours=24)


class PostOptions(BaseModel):
    """What is said, one text each time; what goes with it; a poll behind it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    say: Texts | None = None
    image: PictureFile | None = None
    file: CourseFile | None = None
    files: Annotated[tuple[CourseFile, ...], Field(max_length=10)] = ()
    poll: PollOptions | None = None
    pin: bool = Field(default=False, strict=True)
    checkin_button: bool = Field(default=False, strict=True)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.has_words or self.poll):
            raise mistake("problem.nothing_to_post")
        if self.checkin_button and not self.has_words:
            raise mistake("problem.button_alone")
        return self

    @property
    def attached(self) -> tuple[File, ...]:
        """Pictures first."""
        single = (file for file in (self.image, self.file) if file)
        return (*single, *self.files)

    @property
    def has_words(self) -> bool:
        """Whether there is a post beside the poll."""
        return bool(self.say or self.attached)


def steps_of(options: PostOptions) -> tuple[Step | None, ...]:
    return Step(), Step(after=options.poll.closes_in, is_needed=True) if options.poll else None


def options_of(course: Course, ritual: str) -> PostOptions | None:
    """None where the course no longer says it."""
    found = course.ritual(ritual)
    return found.options if found and isinstance(found.options, PostOptions) else None
