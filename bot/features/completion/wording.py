"""What a certificate says, as a picture and as a code; and which names it can bear."""

from datetime import date

from babel.dates import format_date
from wcwidth import wcswidth

from bot.domain.errors import UserError
from bot.domain.ids import Language
from bot.engine.certificates import Certificate
from bot.engine.context import Context
from bot.engine.degrade import shorten, text_width
from bot.engine.names import clean_line
from bot.engine.pictures import Undrawable, drawable
from bot.engine.pictures.certificate import CertificatePicture
from bot.features.completion.store import Completed

_WIDEST_NAME, _WIDEST_TITLE = 40, 120  # columns
LONGEST_NAME = 100
"""Characters: accents put upon letters have no width, but the code holds them, and has an end."""
_MOST_SHOWN = 10  # characters that can't be drawn
_DATES: dict[Language, str] = {"en": "d MMMM y", "zh_Hans": "y 年 M 月 d 日"}


def name_in(said: str) -> str:
    """A name as a certificate can bear it. Raises UserError with what is wrong with it."""
    name = clean_line(said)
    if wcswidth(name) <= 0 or not any(character.isalpha() for character in name):
        raise UserError("certificate.no_name")
    if text_width(name) > _WIDEST_NAME or len(name) > LONGEST_NAME:
        raise UserError("certificate.long_name", most=_WIDEST_NAME)
    try:
        shown = drawable(name)
    except Undrawable:
        return name  # it can't be drawn now, which is told where it is tried
    if shown != name:
        lost = dict.fromkeys(character for character in name if character not in shown)
        raise UserError("certificate.cannot_draw", characters=" ".join([*lost][:_MOST_SHOWN]))
    return name


def certificate_for(ctx: Context, serial: str, name: str, language: Language) -> Certificate:
    """What it says, without words."""
    title = shorten(clean_line(ctx.engine.voice.texts.show(language, ctx.course.title)), _WIDEST_TITLE)
    return Certificate(serial, name, title, ctx.course.starts, ctx.course.ends, ctx.today)


def picture_of(ctx: Context, what: Certificate, row: Completed, code: str, language: Language) -> CertificatePicture:
    say = ctx.engine.voice.texts.say

    def on(day: date) -> str:
        return format_date(day, _DATES[language], locale=language)

    achieved = [("certificate.check_ins", row.checkins), ("certificate.homework", row.homework)]
    return CertificatePicture(
        title=say(language, "certificate.title"),
        certifies=say(language, "certificate.certifies"),
        name=what.name,
        completed=say(language, "certificate.completed"),
        course=what.course,
        period=say(language, "certificate.period", starts=on(what.starts), ends=on(what.ends)),
        achieved=tuple(say(language, id, count=count) for id, count in achieved if count),
        issued=say(language, "certificate.issued", date=on(what.issued)),
        serial=say(language, "certificate.serial", serial=what.serial),
        check=say(language, "certificate.check"),
        code=code,
    )
