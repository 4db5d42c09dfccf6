"""The types of values in course files, for our own shapes and for those of features.

A validator raises `mistake("problem.…")`; the place and the `name` of the value are added by `rules.complaints`.
"""

import re
from collections.abc import Iterable
from datetime import date, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

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
from bot.domain.messages import Localised
from rules.suggest import clipped, closest, unknown_word

PLATFORMS = ("telegram", "discord", "local")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
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


def _some_days(value: list[int]) -> frozenset[int]:
    if not value:
        raise mistake("problem.empty")
    return frozenset(value)


def _as(inner: Any) -> GetPydanticSchema:
    """Validated as `inner`, whatever the type is called for readers."""
    return GetPydanticSchema(lambda _source, handler: handler(inner))


def _written(pattern: str, *examples: str) -> WithJsonSchema:
    """What a JSON Schema says of a text in this form. The patterns here mean the same in Python and in JavaScript."""
    shown = {"examples": list(examples)} if examples else {}
    return WithJsonSchema({"type": "string", "pattern": pattern, **shown})


def _exactly(pattern: str, *examples: str) -> WithJsonSchema:
    return _written(f"^({pattern})$", *examples)


_WORDS = {"type": "string", "pattern": _ANY_WORDS}

Words = Annotated[str, AfterValidator(_not_blank), Field(json_schema_extra={"pattern": _ANY_WORDS})]
Duration = Annotated[timedelta, PlainValidator(parse_duration), _exactly(_DURATION, "10m", "2h", "7d")]
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
    _as(
        Annotated[
            list[Annotated[int, PlainValidator(_weekday)]], BeforeValidator(_weekdays), AfterValidator(_some_days)
        ]
    ),
    WithJsonSchema(
        {"anyOf": [{"enum": ["day", *WEEKDAYS]}, {"type": "array", "items": {"enum": [*WEEKDAYS]}, "minItems": 1}]}
    ),
]
CourseText = Annotated[
    Localised,
    _as(
        Annotated[
            dict[Annotated[str, AfterValidator(_language_key)], Words],
            BeforeValidator(_by_language),
            AfterValidator(_localised),
        ]
    ),
    WithJsonSchema(
        {
            "anyOf": [
                _WORDS,
                {
                    "type": "object",
                    "properties": {"zh": _WORDS, "en": _WORDS},
                    "patternProperties": {_A_LANGUAGE: _WORDS},
                    "additionalProperties": False,
                    "minProperties": 1,
                },
            ]
        }
    ),
]
"""A text that a person reads: a plain string in the course's language, or a mapping by language."""
