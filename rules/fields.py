"""The types of values in course files, for our own shapes and for those of features.

A validator raises `mistake("problem.…")`; the place and the `name` of the value are added by `rules.complaints`.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from cronsim import CronSim, CronSimError
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetPydanticSchema,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from bot.domain.ids import Language, language_of
from bot.domain.messages import File, Localised
from bot.domain.rituals import NthWeekday
from rules.suggest import clipped, closest, unknown_word

PLATFORMS = ("telegram", "discord", "local")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
MOST_A_DAY = 48
"""How often a cron line may fire in a day."""
_ANY_MONDAY = datetime(2027, 3, 1, tzinfo=UTC)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DURATION = r"([0-9]{1,5})([smhd])"
_TIME = r"([01]?[0-9]|2[0-3]):([0-5][0-9])"
_DATE = r"(19[7-9][0-9]|2[01][0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_ACCOUNT = rf"({'|'.join(PLATFORMS)}):[^\s:]{{1,100}}"
_SLUG = r"[a-z0-9][a-z0-9_-]{0,31}"
_PERSON_ID = r"[a-z][a-z0-9_]{0,31}"
_ANY_WORDS = r"\S"
_A_LANGUAGE = r"^([zZ][hH]|[eE][nN])($|[-_])"
_SOME_ZONES = ("Asia/Shanghai", "Europe/London", "America/New_York", "UTC")
_SHANGHAI_SLIPS = ("asia/beijing", "beijing", "shanghai", "utc+8", "gmt+8", "cst", "china")


def mistake(id: str, /, **values: str | int) -> PydanticCustomError:
    """What a validator raises; `id` is a message id."""
    return PydanticCustomError(id, id, values or None)


def unknown_mistake(word: object, known: Iterable[str]) -> PydanticCustomError:
    """A word that is none of the known ones."""
    id, values = unknown_word(word, known)
    return mistake(id, **values)


def parse_duration(value: object) -> timedelta:
    """`30s`, `10m`, `2h` or `7d`."""
    match = re.fullmatch(_DURATION, value) if isinstance(value, str) else None
    if match is None:
        raise mistake("problem.not_a_duration")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def parse_time(value: object) -> time:
    """`09:00` or `9:00`."""
    match = re.fullmatch(_TIME, value) if isinstance(value, str) else None
    if match is None:
        raise mistake("problem.not_a_time")
    return time(int(match[1]), int(match[2]))


def parse_date(value: object) -> date:
    """`2027-03-01`. Outside of 1970 to 2199, adding a time zone or a few weeks may overflow."""
    match = re.fullmatch(_DATE, value) if isinstance(value, str) else None
    if match is None:
        raise mistake("problem.not_a_date")
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise mistake("problem.not_a_date") from None


def _not_blank(value: str) -> str:
    if not value.strip():
        raise mistake("problem.empty")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _unknown_zone(value) from None
    return value


def _unknown_zone(value: str) -> PydanticCustomError:
    if value.replace(" ", "").casefold() in _SHANGHAI_SLIPS:
        return mistake("problem.unknown_suggest", value=clipped(value), suggestion="Asia/Shanghai")
    suggestion = closest(value, available_timezones())
    return unknown_mistake(value, (suggestion,) if suggestion else _SOME_ZONES)


def _language(value: str) -> Language:
    language = language_of(value)
    if language is None:
        raise unknown_mistake(value, ("zh-CN", "en"))
    return language


def _language_key(value: str) -> str:
    _language(value)
    return value


def _by_language(value: object, info: ValidationInfo) -> object:
    """A plain string is in the course's language."""
    if isinstance(value, str):
        return {(info.context or {}).get("language", "zh_Hans"): value}
    if isinstance(value, dict):
        return value
    raise mistake("problem.not_text")


def _localised(value: dict[str, str]) -> Localised:
    if not value:
        raise mistake("problem.empty")
    texts = {_language(key): text for key, text in value.items()}
    if len(texts) < len(value):
        raise mistake("problem.twice", value=clipped(", ".join(value)))
    return Localised(texts)


def _account(value: object) -> str:
    """`platform:user`. With a space after the colon, YAML would read a mapping."""
    if not isinstance(value, str) or not re.fullmatch(_ACCOUNT, value):
        raise mistake("problem.not_an_account")
    return value


def _chat(value: object) -> str:
    """A chat's id, which looks like a number on most platforms."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise mistake("problem.not_text")
    return _not_blank(str(value))


def _slug(value: str) -> str:
    if not re.fullmatch(_SLUG, value):
        raise mistake("problem.bad_id", value=clipped(value))
    return value


def _person_id(value: str) -> str:
    if not re.fullmatch(_PERSON_ID, value):
        raise mistake("problem.bad_id", value=clipped(value))
    return value


def _weekday(value: object) -> int:
    if value not in WEEKDAYS:
        raise unknown_mistake(value, WEEKDAYS)
    return WEEKDAYS.index(str(value))


def _weekdays(value: object) -> object:
    """`day`, one weekday, or a list of them."""
    if value == "day":
        return list(WEEKDAYS)
    if isinstance(value, list):
        return value
    if value not in WEEKDAYS:
        raise unknown_mistake(value, ("day", *WEEKDAYS))
    return [value]


def _some(value: list[Any]) -> frozenset[Any]:
    if not value:
        raise mistake("problem.empty")
    return frozenset(value)


def _month_day(value: object) -> int | NthWeekday:
    """`15`, `last`, `first monday` or `last sunday`."""
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 31:
        return value
    if value == "last":
        return -1
    nth, _, weekday = value.partition(" ") if isinstance(value, str) else ("", "", "")
    if nth in _NTH and weekday in WEEKDAYS:
        return NthWeekday(_NTH[nth], WEEKDAYS.index(weekday))
    raise mistake("problem.not_a_month_day")


def _as_list(value: object) -> object:
    """One value is a list of it."""
    return value if isinstance(value, list) else [value]


def as_tuple(value: object) -> tuple[object, ...]:
    """The same, for types that are tuples."""
    return tuple(value) if isinstance(value, list) else (value,)


def _cron(value: object) -> str:
    """Five fields; how often it fires must not wear out a group."""
    if not isinstance(value, str) or len(value.split()) != 5:
        raise mistake("problem.not_a_cron_line")
    try:
        fires = CronSim(value, _ANY_MONDAY)
        found = [fire for fire, _ in zip(fires, range(MOST_A_DAY + 1), strict=False)]
    except CronSimError as error:
        raise mistake("problem.bad_cron_line", error=clipped(str(error))) from None
    if not found:
        raise mistake("problem.cron_never")
    if len(found) > MOST_A_DAY and found[-1] - found[0] < timedelta(days=1):
        raise mistake("problem.cron_too_often", most=MOST_A_DAY)
    return value


def _as(inner: Any) -> GetPydanticSchema:
    """Validated as `inner`, whatever the type is called for readers."""
    return GetPydanticSchema(lambda _source, handler: handler(inner))


def _written(pattern: str, *examples: str) -> WithJsonSchema:
    """What a JSON Schema says of a text in this form. The patterns here mean the same in Python and in JavaScript."""
    shown = {"examples": list(examples)} if examples else {}
    return WithJsonSchema({"type": "string", "pattern": pattern, **shown})


def _some_time(value: timedelta) -> timedelta:
    if not value:
        raise mistake("problem.not_positive")
    return value


def _exactly(pattern: str, *examples: str) -> WithJsonSchema:
    return _written(f"^({pattern})$", *examples)


_WORDS = {"type": "string", "pattern": _ANY_WORDS}

Words = Annotated[str, AfterValidator(_not_blank), Field(json_schema_extra={"pattern": _ANY_WORDS})]
Duration = Annotated[timedelta, PlainValidator(parse_duration), _exactly(_DURATION, "10m", "2h", "7d")]
PositiveDuration = Annotated[Duration, AfterValidator(_some_time)]
TimeOfDay = Annotated[time, PlainValidator(parse_time), _exactly(_TIME, "09:00")]
CalendarDate = Annotated[date, PlainValidator(parse_date), _exactly(_DATE, "2027-03-01")]
Zone = Annotated[str, AfterValidator(_zone), _written(_ANY_WORDS, *_SOME_ZONES)]
CourseLanguage = Annotated[
    Language, _as(Annotated[str, AfterValidator(_language)]), _written(_A_LANGUAGE, "zh-CN", "en")
]
Account = Annotated[str, PlainValidator(_account), _exactly(_ACCOUNT)]
Chat = Annotated[str, PlainValidator(_chat), WithJsonSchema({"type": ["string", "integer"], "pattern": _ANY_WORDS})]
Slug = Annotated[str, AfterValidator(_slug), _exactly(_SLUG)]
PersonId = Annotated[str, AfterValidator(_person_id), _exactly(_PERSON_ID)]
Weekdays = Annotated[
    frozenset[int],
    _as(Annotated[list[Annotated[int, PlainValidator(_weekday)]], BeforeValidator(_weekdays), AfterValidator(_some)]),
    WithJsonSchema(
        {"anyOf": [{"enum": ["day", *WEEKDAYS]}, {"type": "array", "items": {"enum": [*WEEKDAYS]}, "minItems": 1}]}
    ),
]
_A_MONTH_DAY = {
    "anyOf": [
        {"type": "integer", "minimum": 1, "maximum": 31},
        {"enum": ["last", *(f"{nth} {weekday}" for nth in _NTH for weekday in WEEKDAYS)]},
    ]
}
MonthDays = Annotated[
    frozenset[int | NthWeekday],
    _as(Annotated[list[Annotated[Any, PlainValidator(_month_day)]], BeforeValidator(_as_list), AfterValidator(_some)]),
    WithJsonSchema({"anyOf": [*_A_MONTH_DAY["anyOf"], {"type": "array", "items": _A_MONTH_DAY, "minItems": 1}]}),
]
CourseDay = Annotated[int, Field(ge=1, le=400, strict=True)]
CourseDays = Annotated[
    frozenset[int],
    _as(Annotated[list[CourseDay], BeforeValidator(_as_list), AfterValidator(_some)]),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": 400},
                {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 400}, "minItems": 1},
            ]
        }
    ),
]
CronLine = Annotated[str, PlainValidator(_cron), _written(r"^\s*\S+(\s+\S+){4}\s*$", "30 9 * * 1-5")]


def course_text(most: int | None = None) -> GetPydanticSchema:
    """For `Annotated[Localised, …]`: a text of at most so many characters in each language."""
    words: Any = Annotated[Words, Field(max_length=most)] if most else Words
    shown = {**_WORDS, "maxLength": most} if most else _WORDS
    texts = Annotated[
        dict[Annotated[str, AfterValidator(_language_key)], words],
        BeforeValidator(_by_language),
        AfterValidator(_localised),
    ]
    by_language = {
        "type": "object",
        "properties": {"zh": shown, "en": shown},
        "patternProperties": {_A_LANGUAGE: shown},
        "additionalProperties": False,
        "minProperties": 1,
    }
    return GetPydanticSchema(
        lambda _source, handler: handler(texts), lambda _schema, _handler: {"anyOf": [shown, by_language]}
    )


CourseText = Annotated[Localised, course_text()]
"""A text that a person reads: a plain string in the course's language, or a mapping by language."""


def _course_file(value: object, info: ValidationInfo) -> File:
    """A file of the course's folder by its name there."""
    if not isinstance(value, str):
        raise mistake("problem.not_text")
    known: Mapping[str, File] = (info.context or {}).get("files", {})
    found = known.get(unicodedata.normalize("NFC", value))
    if found is None:
        id, values = unknown_word(value, known, "problem.no_such_file")
        raise mistake(id, **values)
    return found


def _picture(file: File) -> File:
    if not file.is_picture:
        raise mistake("problem.no_picture", value=clipped(file.name))
    return file


CourseFile = Annotated[File, PlainValidator(_course_file), _exactly(r"files/.+", "files/handout.pdf")]
PictureFile = Annotated[
    File, _as(Annotated[CourseFile, AfterValidator(_picture)]), _exactly(r"files/.+", "files/cover.png")
]
