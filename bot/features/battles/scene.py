"""A battle that goes on in its space: what is said there, and when it goes on."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.domain.messages import Localised, Words
from bot.domain.places import Space
from bot.engine.context import Context
from bot.engine.transaction import Belonging
from bot.engine.voice import Label
from bot.features.battles import store
from bot.features.battles.questions import Question, read
from bot.features.battles.store import Battle, NextStep
from storage import alarms

ALARM = "battle"
"""Rings when a battle goes on. The object is its number."""


class Scene(NamedTuple):
    """The battle, locked, and its space."""

    ctx: Context
    battle: Battle
    space: Space

    @property
    def title(self) -> Localised:
        return Localised(self.battle.title)

    @property
    def questions(self) -> tuple[Question, ...]:
        return read(self.battle.questions)

    @property
    def pause(self) -> timedelta:
        return timedelta(seconds=self.battle.pause)

    @property
    def object(self) -> str:
        """What its facts are about."""
        again = f" {self.battle.number}" if self.battle.number else ""
        return f"battle {self.battle.ritual} {self.battle.space} {self.battle.local_date}{again}"

    def then(self, step: NextStep, at: datetime) -> None:
        """What comes next, and when."""
        store.set_next(self.ctx.db, self.battle.id, step, at)
        wake(self.ctx, self.battle.id, at)

    def say(self, name: str, *lines: Words, buttons: Sequence[Label] = ()) -> None:
        self.ctx.say(self.space, *lines, key=f"battle:{self.battle.id}:{name}", buttons=buttons)

    def show(self, number: int, lines: Sequence[Words], *, buttons: Sequence[Label], is_closed: bool) -> None:
        """The one post of a question."""
        key = f"battle:{self.battle.id}:{number}"
        self.ctx.keep_posted(self.space, *lines, key=key, buttons=buttons, is_worth_a_post=is_closed)

    def tell_staff(self, name: str, *lines: Words) -> None:
        self.ctx.tell_staff(*lines, key=f"battle:{self.battle.id}:staff:{name}")


def scene_of(ctx: Context, found: Battle) -> Scene | None:
    """None where the course has its space no more. What is said is sent when its context is finished."""
    space = next(iter(ctx.live.spaces_of(ctx.course.id, id=found.space)), None)
    if space is None:
        return None
    there = Context(ctx.tx, ctx.event, Belonging(course=ctx.course, space=space), writes=ctx.writes)
    return Scene(there, found, space)


def wake(ctx: Context, battle: int, at: datetime) -> None:
    alarms.put(ctx.db, ctx.course.id, ALARM, [(str(battle), at)])


def sleep(ctx: Context, battle: int) -> None:
    """It will not go on."""
    alarms.drop(ctx.db, ctx.course.id, ALARM, [str(battle)])
