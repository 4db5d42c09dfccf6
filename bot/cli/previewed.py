"""How a preview reads: a line for each act, local time first; of more than two days, under a heading for each."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from wcwidth import wrap

from bot.cli import Terminal
from bot.domain.messages import Text
from bot.engine.degrade import shorten, text_width
from bot.engine.feature import Preview
from bot.planning import Act, Plan
from rules.fields import WEEKDAYS

_WIDTH = 80
_WITHOUT_HEADINGS = 2  # days
_SPACE, _RITUAL = 8, 16  # columns, where nothing is longer
_LONGEST = 24
_DAY = timedelta(days=1)


class Sheet:
    """Prints the acts of one plan."""

    def __init__(self, terminal: Terminal, plan: Plan, previews: Mapping[str, Preview]) -> None:
        self._terminal = terminal
        self._plan = plan
        self._course = plan.course
        self._previews = previews

    def print(self, acts: Sequence[Act], first: date, last: date, *, only_dates_with_acts: bool) -> None:
        by_date: dict[date, list[Act]] = {}
        for act in acts:
            by_date.setdefault(self._local(act).date(), []).append(act)
        if not acts:
            self._terminal.say("preview.nothing", first=first, last=last)
        elif (last - first).days < _WITHOUT_HEADINGS:
            for act in acts:
                print(self._whole_line(act))
        else:
            widths = _width([act.occurrence.space for act in acts]), _width([act.name for act in acts])
            days = set(by_date) if only_dates_with_acts else {*by_date, *self._dates(first, last)}
            for number, day in enumerate(sorted(days)):
                print("\n" * (number > 0), end="")
                self._print_day(day, by_date.get(day, []), widths)

    def print_json(self, acts: Sequence[Act]) -> None:
        for act in acts:
            day = act.local_date
            row = {
                "at": self._local(act).isoformat(),
                "space": act.occurrence.space,
                "ritual": act.ritual.id,
                "what": self._what(act),
                "step": act.occurrence.step,
                "day": self._course.day_number(day) if self._course.is_on(day) else None,
                "is_quiet": self._course.is_quiet(day),
                "is_skipped": act.is_skipped,
                "is_gap": self._plan.lacks(act) is not None,
            }
            print(json.dumps(row, ensure_ascii=False))

    def _dates(self, first: date, last: date) -> Sequence[date]:
        """Those of the course, also where nothing happens."""
        days = [first + n * _DAY for n in range((last - first).days + 1)]
        return [day for day in days if self._course.is_on(day)]

    def _print_day(self, day: date, acts: Sequence[Act], widths: tuple[int, int]) -> None:
        values = {"date": day.isoformat(), "weekday": Text(id=f"weekday.{WEEKDAYS[day.weekday()]}")}
        if not self._course.is_on(day):
            self._terminal.say("preview.date", **values)
        else:
            id = "preview.quiet_day" if self._course.is_quiet(day) else "preview.day"
            self._terminal.say(id, day=self._course.day_number(day), **values)
        for act in acts:
            print(self._short_line(act, *widths))
        if not acts:
            print(f"  {self._terminal.text('preview.nothing_that_day')}")

    def _short_line(self, act: Act, space_width: int, ritual_width: int) -> str:
        """As much as there is room for."""
        space, ritual = (shorten(name, _LONGEST) for name in (act.occurrence.space or "–", act.name))
        head = f"  {self._local(act):%H:%M}  {space:{space_width}}  {ritual:{ritual_width}}  "
        return head + shorten(self._marked(act), _WIDTH - text_width(head))

    def _whole_line(self, act: Act) -> str:
        """All that there is to say; on a screen it does not break in the middle of a word."""
        space = act.occurrence.space or "–"
        head = f"{self._local(act):%Y-%m-%d %H:%M}  {space:{_SPACE}}  {act.name:{_RITUAL}}  "
        what = self._marked(act)
        if not sys.stdout.isatty():
            return head + what
        indent = "\n" + " " * text_width(head)
        return head + indent.join(wrap(what, max(_WIDTH - text_width(head), _LONGEST)))

    def _marked(self, act: Act) -> str:
        """On one line, with a mark if nothing comes of it."""
        what = " ".join(self._what(act).split())
        if act.is_skipped:
            return self._terminal.text("preview.skipped", what=what)
        return f"⚠ {what}" if self._plan.lacks(act) else what

    def _what(self, act: Act) -> str:
        words = self._previews[act.ritual.action](self._course, act.occurrence)
        return self._terminal.texts.show(self._terminal.language, words)

    def _local(self, act: Act) -> datetime:
        return act.due_at.astimezone(self._course.tzinfo)


def _width(names: Sequence[str]) -> int:
    return min(max(map(len, names), default=0), _LONGEST)
