"""The slim bar on top: where one is, the course's clock, and in a demo the buttons that move it."""

from nicegui.elements.mixins.text_element import TextElement

from adapters.local.control import Control
from adapters.local.nodes import button, div, icon, named, node, span
from adapters.local.travel import Travel
from adapters.local.values import Room
from adapters.local.words import PageWords

_JUMPS = (("jump-9", "next 09:00", "09"), ("jump-20", "next 20:00", "20"), ("plus-hour", "+1h", "hour"))
_ALL_JUMPS = (*_JUMPS, ("plus-day", "+1d", "day"))


class TimeBar:
    """Ticks with the page's timer."""

    def __init__(self, control: Control, travel: Travel, words: PageWords) -> None:
        self._control = control
        self._travel = travel
        self._words = words
        self._room: Room | None = None
        with node("header", "bar"):
            with button("round menu", data_drawer="open", aria_label=words("page.open_menu"), aria_controls="side"):
                icon("menu")
            with div("heading"):
                self._title = named("heading-title", "")
                self._day = div("heading-day")
            self._draw_time()

    def _draw_time(self) -> None:
        with div("time", role="group", aria_label=self._words("page.course_time")) as self._time:
            with div("clock", data_testid="clock", title=self._words("page.course_time")):
                icon("clock")
                self._date = span("clock-date")
                self._minute = node("time", "clock-minute")
                div("spinner", aria_hidden="true")
            if self._control.is_demo:
                with div("jumps"):
                    for testid, to, label in _ALL_JUMPS:
                        self._jump(testid, to, label)
        div("progress", aria_hidden="true")

    def _jump(self, testid: str, to: str, label: str) -> None:
        with button("jump", data_advance=to, data_testid=testid, title=self._words(f"page.jump_{label}_title")) as jump:
            if to.startswith("next"):
                icon("forward")
            span("", self._words(f"page.jump_{label}"))
        jump.props["aria-label"] = self._words(f"page.jump_{label}_title")

    def show(self, room: Room) -> None:
        self._room = room
        _set(self._title, room.title)
        self.tick()

    def tick(self) -> None:
        now = self._control.now()
        _set(self._date, self._words.date(self._words.local(now).date()))
        _set(self._minute, self._words.time(now))
        _set(self._day, self._words.day(self._room) if self._room else "")
        if self._travel.is_moving != ("is-moving" in self._time.classes):
            self._time.classes("is-moving") if self._travel.is_moving else self._time.classes(remove="is-moving")


def _set(element: TextElement, text: str) -> None:
    if element.text != text:
        element.text = text
