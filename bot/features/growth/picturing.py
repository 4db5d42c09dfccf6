"""A member's figures as the words and numbers of a picture, in their language; and the same as lines to read."""

from collections.abc import Callable, Iterator

from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.figures import Stretch
from bot.engine.growth import KINDS, Kind
from bot.engine.periods import Period
from bot.engine.pictures.growth import Bar, GrowthPicture, Section
from bot.features.growth.counted import DONE, MADE_UP, Figure, Own
from bot.features.growth.suggesting import suggestion

TITLES: dict[Period, str] = {"week": "growth.title", "month": "growth.title", "course": "growth.title_course"}
_SECTIONS: dict[Kind, str] = {
    "homework": "growth.homework",
    "together": "growth.together",
    "points": "growth.points",
}

_Say = Callable[..., str]


def picture_of(ctx: Context, own: Own, period: Period) -> GrowthPicture:
    language = own.member.language or ctx.course.language
    advice = suggestion(own.figures, is_over=ctx.today >= ctx.course.ends)

    def say(id: str, **values: object) -> str:
        return ctx.engine.voice.texts.say(language, id, **values)

    return GrowthPicture(
        title=say(TITLES[period]),
        name=own.member.name,
        period=say("growth.dates", dates=dates(own.stretch)),
        compared=_compared(own.before, say) if own.before else "",
        days_title=_days_title(own, say),
        days=own.days,
        first=own.stretch.first,
        sections=tuple(_sections(own, say)),
        suggestion_title=say("growth.suggestion"),
        suggestion=say(advice.id, **advice.values),
    )


def dates(stretch: Stretch) -> Text:
    """One date where there is but one."""
    return Text(id="growth.day" if stretch.first == stretch.last else "growth.period", values=stretch._asdict())


def _compared(before: Stretch, say: _Say) -> str:
    id = "growth.compared_day" if before.first == before.last else "growth.compared"
    return say(id, **before._asdict())


def _days_title(own: Own, say: _Say) -> str:
    days = sum(mark in (DONE, MADE_UP) for mark in own.days)
    checkins = next((one for one in own.figures if one.kind == "checkin"), None)
    if checkins is None or checkins.before is None:
        return say("growth.days", count=days)
    return say("growth.days_before", count=days, before=checkins.before)


def _sections(own: Own, say: _Say) -> Iterator[Section]:
    for kind in KINDS:
        shown = [one for one in own.figures if one.kind == kind and not one.is_empty]
        if kind in _SECTIONS and shown:
            yield Section(title=say(_SECTIONS[kind]), bars=tuple(_bar(one, say) for one in shown))


def _bar(one: Figure, say: _Say) -> Bar:
    return Bar(
        label=say(one.label.id, **one.label.values),
        said=say(one.said.id, **one.said.values),
        now=one.now,
        of=one.of,
        shown=_number(one.now, one.of),
        before=one.before,
        shown_before="" if one.before is None else say("growth.was", number=_number(one.before, one.of_before)),
    )


def _number(count: int, of: int | None) -> str:
    return str(count) if of is None else f"{count}/{of}"


def lines_of(shown: GrowthPicture) -> list[Words]:
    """What stands on the picture, for who can't see it."""
    lines: list[Words] = [Text(id="growth.head", values={"title": shown.title, "period": shown.period})]
    if shown.compared:
        lines.append(Text(id="growth.plain", values={"words": shown.compared}))
    lines.append(Text(id="growth.item", values={"words": shown.days_title}))
    for bar in (bar for section in shown.sections for bar in section.bars):
        id = "growth.figure_before" if bar.shown_before else "growth.figure"
        lines.append(Text(id=id, values={"what": bar.said or bar.label, "now": bar.shown, "before": bar.shown_before}))
    lines.append(Text(id="growth.advice", values={"title": shown.suggestion_title, "words": shown.suggestion}))
    return lines
