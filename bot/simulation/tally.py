"""Counts what people did, while they do it."""

from collections import Counter
from datetime import timedelta

from bot.simulation.acts import Deed, Join, Leave, Post, Say
from bot.simulation.cast import Cast

_QUESTION = ("?", "？")


class Tally:
    """Who was active when, and how soon staff answered."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._asked: dict[Post, Deed] = {}
        self.events = Counter[tuple[int, str]]()  # by day and student, without coming and going
        self.others = 0  # what staff did, and who came and went
        self.questions = 0
        self.waits: list[timedelta] = []  # from a student's question to the first reply of staff

    def add(self, day: int, deed: Deed) -> None:
        """Count a deed of this day of the course."""
        is_student = self._cast.student(deed.who) is not None
        if is_student and not isinstance(deed.act, Join | Leave):
            self.events[day, deed.who] += 1
        else:
            self.others += 1
        if isinstance(deed.act, Say):
            self._heard(deed, deed.act, is_student=is_student)

    def _heard(self, deed: Deed, said: Say, *, is_student: bool) -> None:
        if is_student and said.text.endswith(_QUESTION) and said.reply_to is None:
            self.questions += 1
            self._asked[said.post] = deed
        elif not is_student and said.reply_to in self._asked:
            self.waits.append(deed.at - self._asked.pop(said.reply_to).at)
