"""Puts a simulation together and runs it."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from bot.config import Platforms, Settings
from bot.domain.course import Course
from bot.domain.ids import Language
from bot.engine.feature import Registry
from bot.features import FEATURES
from bot.simulation import figures
from bot.simulation.acts import Deed
from bot.simulation.cast import assistants_of, cast_of
from bot.simulation.chance import chance_of
from bot.simulation.figures import Sources
from bot.simulation.grades import homework_of
from bot.simulation.outages import outages_of
from bot.simulation.outcome import Given, Names, given_in, state_hash
from bot.simulation.pack import copy_pack
from bot.simulation.platform import Platform
from bot.simulation.report import Report
from bot.simulation.script import script_of
from bot.simulation.storm import Storm, Trouble
from bot.simulation.tally import Tally
from bot.simulation.term import Term, opening
from bot.simulation.weather import Calm
from rules.loader import load_course, read_folder
from scheduler.clock import VirtualClock

Tell = Callable[[int], None]
"""Is told of each day of the course that begins."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be simulated."""

    pack: Path  # the folder of a course
    weeks: int
    students: int
    assistants: int
    seed: int
    language: Language  # of the operator


class Lived(msgspec.Struct, frozen=True, kw_only=True):
    """A term that is over."""

    report: Report
    given: Counter[Given]


async def live(wanted: Wanted, data: Path, tell: Tell, *, chaos: bool, begun: float = 0) -> Lived:
    """Live through the term, in an empty folder; `begun`: the CPU seconds of this process that are not of this term.

    Raises RulesRejected or CannotStart where the course is broken.
    """
    folder = data / wanted.pack.name
    assistants = assistants_of(wanted.assistants)
    rooms = copy_pack(wanted.pack, folder, _course_in(wanted.pack), weeks=wanted.weeks, assistants=assistants)
    course = _course_in(folder)
    cast = cast_of(course, students=wanted.students, assistants=assistants, seed=wanted.seed)
    clock = VirtualClock(opening(course), _forgotten)
    platform = Platform(course, cast, rooms, clock)
    storm = Storm(outages_of(course, chance_of(wanted.seed, "outages")), chance_of(wanted.seed, "storm"))
    term = Term(_settings(wanted, data, folder), platform, clock, storm if chaos else Calm())
    tally = Tally(cast)
    app = await term.run(course, _tallied(script_of(course, cast, wanted.seed), tally), tell)

    def look_back(db: Connection) -> Lived:
        names = Names(db, platform.posts)
        of = Sources(course=course, cast=cast, tally=tally, names=names, messages=platform.messages)
        report = _report(db, wanted, of, troubles=dict(storm.troubles) if chaos else {}, begun=begun)
        return Lived(report=report, given=given_in(db, names))

    lived = await app.database.run(look_back)
    await app.close()
    return lived


def _course_in(folder: Path) -> Course:
    name = folder.resolve().name
    return load_course(name, read_folder(folder), Registry(FEATURES).vocabulary(), shown_as=name).course


async def _forgotten(_: datetime) -> None:
    """The time of a simulation is nowhere kept: it goes on when the core dies, as time does."""


def _settings(wanted: Wanted, data: Path, folder: Path) -> Settings:
    return Settings(
        database=f"sqlite:///{(data / 'term.db').as_posix()}",
        data=data,
        language=wanted.language,
        courses=(folder,),
        platforms=Platforms(),
    )


def _tallied(days: Iterator[list[Deed]], tally: Tally) -> Iterator[list[Deed]]:
    for number, deeds in enumerate(days, 1):
        for deed in deeds:
            tally.add(number, deed)
        yield deeds


def _report(db: Connection, wanted: Wanted, of: Sources, *, troubles: Mapping[Trouble, int], begun: float) -> Report:
    report = Report(
        course=of.course.title.in_(wanted.language),
        weeks=wanted.weeks,
        students=wanted.students,
        assistants=wanted.assistants,
        seed=wanted.seed,
        participation=figures.participation_of(db, of),
        answers=figures.answers_of(of.tally),
        homework=homework_of(db, of.course, of.cast, of.names),
        points=figures.points_of(db, of),
        categories=figures.categories_of(db),
        boards=figures.boards_of(db, of.course),
        rituals=figures.rituals_of(db, of.course),
        events=figures.events_of(db, of),
        troubles=troubles,
        state=state_hash(db, of.names),
    )
    return msgspec.structs.replace(report, cpu_seconds=time.process_time() - begun)
