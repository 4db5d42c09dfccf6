"""A walk through a day: in the order of its moments, wishes become deeds, and deeds lead to others."""

import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from typing import NamedTuple

from bot.simulation.acts import Act, CheckIn, Deed, Delete, Edit, Join, Leave, Post, React, Room, Say
from bot.simulation.cast import Cast, ids_of
from bot.simulation.habits import DAY_ENDS, TALK, Today, Want, Wish
from bot.simulation.phrases.stock import Choices, Stock, composed
from bot.simulation.recent import Recent, Seen
from bot.simulation.rhythm import QUARTER, in_rhythm
from bot.simulation.staff import answers_at

_REACTIONS = ("👍", "❤️", "🎉", "👏", "🙏")
_THANK = "/thanks"  # as a reply; a plain word would only be asked about
_READING = ("/points",) * 4 + ("/rank",) * 3 + ("/me",) * 2 + ("/level", "/why", "/helpers", "/task")

_EDITED, _DELETED, _TAKEN_BACK, _THANKED, _PRESSED = 0.03, 0.008, 0.04, 0.35, 0.9
"""How often a post is edited or deleted, a reaction taken back, an answer thanked for, and the button pressed."""


class _Plan(NamedTuple):
    """What somebody means to do at a moment, unless it has become pointless by then."""

    at: datetime
    order: int
    who: str
    room: Room
    act: Callable[[datetime], Act | None]


class Walk:
    """The walk through a whole course, day by day; what is left of a day comes in the next one."""

    def __init__(self, cast: Cast, stock: Stock) -> None:
        self._cast = cast
        self._stock = stock
        self._ring = ids_of(cast.students, "cheater")
        # Everybody acts at a microsecond of their own, so that no two acts have the same moment, and none is on a full
        # minute, where rituals stand.
        self._microsecond = {who: number for number, who in enumerate(cast.names, 1)}
        self._plans: list[_Plan] = []
        self._taken: set[datetime] = set()
        self._given: set[tuple[str, Post, str]] = set()  # reactions: what is so already is no event
        self._planned = 0
        self._posted = 0
        self._recent: dict[Room, Recent] = {"main": Recent(), "corner": Recent()}
        self._texts: dict[Want, tuple[Choices, ...]] = {
            "thought": stock.thought,
            "share": stock.share,
            "flood": stock.night,
            "chatter": (stock.chatter,),
        }
        self._grants: dict[Want, Callable[[Wish, datetime], Act]] = {
            "join": lambda *_: Join(),
            "leave": lambda *_: Leave(),
            "check_in": self._checks_in,
            "make_up": self._commands,
            "read": self._commands,
            "farm": self._farms,
            "ask": self._asks,
            "react": self._reacts,
            "reply": self._replies,
            "ring": self._thanks_the_ring,
        }

    def day(
        self, today: Today, wishes: Iterable[Wish], errands: Iterable[Deed], *, chance: random.Random
    ) -> list[Deed]:
        """The deeds until five in the morning, in order."""
        self._today, self._chance = today, chance
        self._taken.clear()
        self._given.clear()
        for wish in wishes:
            at = in_rhythm(wish.at, talks=wish.want in TALK)
            self._plan(at, wish.who, wish.room, partial(self._granted, wish))
        for deed in errands:
            self._plan(deed.at, deed.who, deed.room, partial(_as_planned, deed.act))
        deeds, until = [], today.at(29)
        while self._plans and self._plans[0].at < until:
            plan = heappop(self._plans)
            act = plan.act(plan.at) if self._is_possible(plan) else None
            if act:
                deeds.append(Deed(at=plan.at, who=plan.who, room=plan.room, act=act))
        return deeds

    def _plan(self, at: datetime, who: str, room: Room, act: Callable[[datetime], Act | None]) -> None:
        self._planned += 1
        moment = at.replace(microsecond=self._microsecond[who])
        while moment in self._taken:
            moment += timedelta(seconds=1)
        self._taken.add(moment)
        heappush(self._plans, _Plan(moment, self._planned, who, room, act))

    def _is_possible(self, plan: _Plan) -> bool:
        """Whoever has left does nothing; by night, no student is in the side room."""
        student = self._cast.student(plan.who)
        if student is None:
            return True
        is_closed = plan.room == "corner" and plan.at > self._today.at(DAY_ENDS)
        return student.is_there(self._today.number) and not is_closed

    # --- wishes -------------------------------------------------------------------------------------------------------

    def _granted(self, wish: Wish, at: datetime) -> Act:
        """What becomes of a wish, now that one sees what the others have done."""
        texts = self._texts.get(wish.want)
        if texts:
            return self._says(wish, at, self._text(texts, wish.room))
        return self._grants[wish.want](wish, at)

    def _checks_in(self, wish: Wish, _: datetime) -> CheckIn:
        presses = self._chance.random() < _PRESSED
        return CheckIn(post=self._new(wish.who), word=self._stock.check_in, presses=presses)

    def _commands(self, wish: Wish, _: datetime) -> Say:
        text = self._stock.make_up if wish.want == "make_up" else self._chance.choice(_READING)
        return Say(post=self._new(wish.who), text=text)

    def _farms(self, wish: Wish, at: datetime) -> Say:
        return self._says(wish, at, self._stock.farm)

    def _chats(self, wish: Wish, at: datetime) -> Say:
        return self._says(wish, at, self._chance.choice(self._stock.chatter))

    def _says(self, wish: Wish, at: datetime, text: str, reply_to: Post | None = None) -> Say:
        """A post that others see, and that its author may have second thoughts about."""
        said = Say(post=self._new(wish.who), text=text, reply_to=reply_to)
        self._show(wish, at, said.post)
        if self._chance.random() < _EDITED:
            edited = Edit(post=said.post, text=text + self._stock.addition)
            self._unless_deleted(wish, self._soon(at, 20, 240), edited)
        if self._chance.random() < _DELETED:
            self._plan(self._soon(at, 300, 1500), wish.who, wish.room, partial(self._deletes, wish.room, said.post))
        return said

    def _asks(self, wish: Wish, at: datetime) -> Say:
        text = self._text(self._stock.question, wish.room)
        said = Say(post=self._new(wish.who), text=text)
        self._show(wish, at, said.post, is_question=True)
        answered_at = answers_at(at, self._today.zone, self._chance)
        if answered_at and self._cast.assistants:
            assistant = self._chance.choice(self._cast.assistants)
            answered_at = in_rhythm(answered_at + QUARTER / 3, talks=True)  # which may be so much earlier
            self._plan(answered_at, assistant, wish.room, partial(self._answers, wish, said.post, assistant))
        return said

    def _replies(self, wish: Wish, at: datetime) -> Say:
        """To a question if there is one; who asked may say thanks."""
        recent = self._recent[wish.room]
        question = recent.a_question(wish.who, self._chance)
        about = question or recent.somebody_elses(wish.who, self._chance)
        if about is None:
            return self._chats(wish, at)
        said = self._says(wish, at, self._text(self._stock.answer, wish.room), reply_to=about.post)
        if question:
            self._may_thank(question.author, wish.room, at, said.post)
        return said

    def _reacts(self, wish: Wish, at: datetime) -> React | Say:
        seen = self._recent[wish.room].somebody_elses(wish.who, self._chance)
        reaction = self._chance.choice(_REACTIONS)
        if seen is None or (wish.who, seen.post, reaction) in self._given:
            return self._chats(wish, at)
        self._given.add((wish.who, seen.post, reaction))
        if self._chance.random() < _TAKEN_BACK:
            back = React(post=seen.post, reaction=reaction, on=False)
            self._unless_deleted(wish, self._soon(at, 5, 120), back)
        return React(post=seen.post, reaction=reaction)

    def _thanks_the_ring(self, wish: Wish, at: datetime) -> Say:
        seen = self._recent[wish.room].one_of(self._ring, wish.who, self._chance)
        if seen is None:
            return self._chats(wish, at)
        return Say(post=self._new(wish.who), text=_THANK, reply_to=seen.post)

    # --- what follows -------------------------------------------------------------------------------------------------

    def _answers(self, asked: Wish, question: Post, assistant: str, at: datetime) -> Say | None:
        if not self._recent[asked.room].is_there(question):
            return None
        said = Say(post=self._new(assistant), text=self._text(self._stock.answer, asked.room), reply_to=question)
        self._may_thank(asked.who, asked.room, at, said.post)
        return said

    def _may_thank(self, who: str, room: Room, answered_at: datetime, answer: Post) -> None:
        if self._chance.random() < _THANKED:
            self._plan(self._soon(answered_at, 60, 900), who, room, partial(self._thanks, who, room, answer))

    def _thanks(self, who: str, room: Room, answer: Post, _: datetime) -> Say | None:
        if not self._recent[room].is_there(answer):
            return None
        return Say(post=self._new(who), text=_THANK, reply_to=answer)

    def _deletes(self, room: Room, post: Post, _: datetime) -> Delete:
        self._recent[room].delete(post)
        return Delete(post=post)

    def _unless_deleted(self, wish: Wish, at: datetime, act: Edit | React) -> None:
        recent = self._recent[wish.room]
        self._plan(at, wish.who, wish.room, lambda _: act if recent.is_there(act.post) else None)

    # --- words --------------------------------------------------------------------------------------------------------

    def _show(self, wish: Wish, at: datetime, post: Post, *, is_question: bool = False) -> None:
        self._recent[wish.room].add(Seen(at, post, wish.who, is_question))

    def _new(self, who: str) -> Post:
        self._posted += 1
        return f"{who}:{self._posted}"

    def _text(self, parts: tuple[Choices, ...], room: Room) -> str:
        """In each room people begin in other ways: what was said in both would count where it came first."""
        begin = parts[0][room == "corner" :: 2]
        return composed(self._stock, (begin, *parts[1:]), self._chance)

    def _soon(self, at: datetime, least: int, most: int) -> datetime:
        """Within so many seconds, when people look around."""
        return in_rhythm(at + timedelta(seconds=self._chance.randint(least, most)), talks=False)


def _as_planned(act: Act, _: datetime) -> Act:
    return act
