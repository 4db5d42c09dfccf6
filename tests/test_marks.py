"""What shows on people's names on a platform that can show it: the level, the titles, that somebody assists."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import func, select

from bot.domain.errors import NotSent, Refused
from bot.domain.events import Event, MemberJoined, PlaceSeen
from bot.domain.ids import EventKey
from bot.domain.messages import MarkNames, Marks, OutgoingMessage
from bot.domain.traits import Can
from storage import changed
from storage.tables import outbox
from tests.community import COURSE, Community
from tests.undoing import with_undoing

RULES = """
titles:
  star: {title: {zh: 活跃之星, en: Star of the week}, icon: 🌟, lasts: 3d}
levels:
  newcomer: {title: {zh: 新手, en: Newcomer}}
  regular: {title: {zh: 普通, en: Regular}, activity: 10}
check_in:
  when: checkin.done
  then: [{award: 10}, {title: star}]
"""
HELPER = "helper:\n  when: message.posted\n  then: [{role: assistant}]\n"


@dataclass
class Names:
    """A platform that shows marks: what there is, and who wears what."""

    labels: dict[str, str] = field(default_factory=dict)
    worn: dict[str, tuple[str, ...]] = field(default_factory=dict)
    times: int = 0
    is_down: bool = False
    refuses: Any = None  # acts of these types

    def of(self, who: str) -> tuple[str, ...]:
        return self.worn[who]

    def take(self, act: Marks | MarkNames) -> None:
        if self.is_down:
            raise NotSent("not now")
        if self.refuses and isinstance(act, self.refuses):
            raise Refused("missing permissions", why="gone")
        if isinstance(act, MarkNames):
            self.labels |= act.labels
        else:
            assert set(act.names) <= self.labels.keys()  # they were made before
            self.worn[act.user] = act.names
            self.times += 1


@pytest.fixture
def names() -> Names:
    return Names()


Opening = Callable[..., Awaitable[Community]]


@pytest.fixture
def opens(open_community: Any, names: Names) -> Opening:
    """Communities on the local chat, as if it could show marks."""

    async def open_one(**files: Any) -> Community:
        course: Community = await open_community(**{"rules": RULES, "features": with_undoing(), **files})
        voice, adapter = course.run.app.engine.voice, course.run.adapter
        traits = voice._traits["local"]
        voice._traits = {**voice._traits, "local": structs.replace(traits, can=traits.can | Can.ROLES)}
        course.run.app.pipeline._looked_at = None  # it could show them when it was started
        send = adapter.send

        async def taking(message: OutgoingMessage) -> str:
            if isinstance(message.act, Marks | MarkNames):
                names.take(message.act)
                return "done"
            return await send(message)

        adapter.send = taking  # type: ignore[method-assign]
        return course

    return open_one


async def waiting(course: Community) -> int:
    marks = (outbox.c.state == "pending") & outbox.c.lane.contains(":marks:")
    return int((await course.rows(select(func.count()).where(marks)))[0][0])


async def test_a_course_makes_its_marks_and_a_newcomer_wears_the_first(opens: Opening, names: Names) -> None:
    course = await opens()
    await course.types("ada", "hello")
    assert names.labels == {
        "level:newcomer": "Newcomer",
        "level:regular": "Regular",
        "title:star": "🌟 Star of the week",
        "role:assistant": "Assistant",
    }
    assert names.worn == {"ada": ("level:newcomer",)}


async def test_they_are_called_in_the_courses_language(opens: Opening, names: Names) -> None:
    course = await opens(course=COURSE.replace("language: en", "language: zh-CN"))
    await course.types("ada", "大家好")
    assert list(names.labels.values()) == ["新手", "普通", "🌟 活跃之星", "助教"]


async def test_a_higher_level_and_a_title_show_and_the_title_goes_on_its_day(opens: Opening, names: Names) -> None:
    course = await opens()
    await course.types("ada", "/checkin")
    assert names.of("ada") == ("level:regular", "title:star")
    await course.passes(days=3, minutes=-1)
    assert names.of("ada") == ("level:regular", "title:star")
    await course.passes(minutes=1)
    assert names.of("ada") == ("level:regular",)


async def test_a_title_that_runs_longer_stays(opens: Opening, names: Names) -> None:
    course = await opens()
    await course.types("ada", "/checkin")
    await course.passes(days=2)
    await course.types("ada", "/checkin")
    await course.passes(days=1)
    assert names.of("ada") == ("level:regular", "title:star")
    await course.passes(days=2)
    assert names.of("ada") == ("level:regular",)


async def test_what_is_taken_back_shows_no_more(opens: Opening, names: Names) -> None:
    course = await opens()
    await course.types("ada", "/checkin")
    await course.types("ada", "/undo checkin.done 2027-03-01")
    assert names.of("ada") == ("level:newcomer",)


async def test_other_thresholds_and_names_show_when_the_files_change(opens: Opening, names: Names) -> None:
    course = await opens()
    await course.types("ada", "/checkin")
    course.rewrites(rules=RULES.replace("activity: 10", "activity: 50").replace("Regular", "Old hand"))
    await course.types("chen", "/reload", room="staff")
    assert names.labels["level:regular"] == "Old hand"
    assert names.of("ada") == ("level:newcomer", "title:star")


async def test_an_assistant_wears_that_and_no_level(opens: Opening, names: Names) -> None:
    course = await opens(rules=RULES + HELPER)
    await course.types("lin", "hello")
    await course.types("chen", "hello")
    assert (names.of("lin"), names.worn.get("chen")) == (("role:assistant",), None)
    await course.types("ada", "hello")
    assert names.of("ada") == ("role:assistant",)


async def test_who_does_not_want_praise_shows_nothing(opens: Opening, names: Names) -> None:
    course = await opens()
    await course.types("ada", "/checkin")
    await course.types("ada", "/privacy praise off")
    assert names.of("ada") == ()
    await course.types("ada", "/privacy praise on")
    assert names.of("ada") == ("level:regular", "title:star")


async def test_nothing_is_asked_for_twice(opens: Opening, names: Names) -> None:
    course = await opens()
    for _ in range(3):
        await course.types("ada", "hello")
        await course.passes(hours=1)
    assert names.times == 1


async def test_of_changes_that_wait_only_the_last_is_asked_for(opens: Opening, names: Names) -> None:
    course = await opens()
    await course.types("ben", "hello")  # the marks are there
    names.is_down = True
    await course.types("ada", "/checkin")
    await course.types("ada", "/undo checkin.done 2027-03-01")
    await course.types("ada", "/privacy praise off")
    await course.types("ada", "/privacy praise on")
    assert await waiting(course) == 1
    assert "hello" in [message.text for message in await course.messages("ben")]  # the chat goes on


async def test_two_accounts_of_a_person_show_the_same(opens: Opening, names: Names) -> None:
    course = await opens()
    await course.types("ben", "hello")
    await course.types("ada", "/checkin")
    code = (await course.answer("ada", "/link")).split()
    word = next(word for word in code if word.count("-") and word.strip("`.,:").replace("-", "").isalnum())
    await course.types("ben", f"/link {word.strip('`.,:')}")
    assert names.of("ben") == names.of("ada") == ("level:regular", "title:star")


def _seen(course: Community, cause: Any, lacks: tuple[str, ...] = ()) -> Event:
    key = EventKey(f"seen:{cause}:{course.now}")
    return PlaceSeen(key=key, at=course.now, address=course.address(), title="", cause=cause, lacks=lacks)


async def test_all_is_asked_for_anew_when_somebody_has_us_look(opens: Opening, names: Names) -> None:
    course = await opens()
    await course.types("ada", "/checkin")
    names.labels.clear()
    names.worn.clear()  # somebody has deleted the roles
    await course.run.app.sink([_seen(course, "changed", ("lacks.discord.roles",))])
    await course.settle()
    assert names.labels == {}
    await course.run.app.sink([_seen(course, "asked")])
    await course.settle()
    assert (len(names.labels), names.of("ada")) == (4, ("level:regular", "title:star"))


async def test_who_comes_back_wears_it_again(opens: Opening, names: Names) -> None:
    course = await opens()
    await course.types("ada", "/checkin")
    await course.leaves("ada")
    names.worn.clear()  # the platform forgets who leaves
    joined = MemberJoined(key=EventKey("back"), at=course.now, actor=course.actor("ada"), address=course.address())
    await course.run.app.sink([joined])
    await course.settle()
    assert names.of("ada") == ("level:regular", "title:star")


async def test_a_platform_without_marks_is_asked_for_nothing(open_community: Any) -> None:
    course: Community = await open_community(rules=RULES)
    await course.types("ada", "/checkin")
    assert await course.rows(select(outbox.c.id).where(outbox.c.lane.contains(":marks:"))) == []
    assert await course.rows(select(changed.table)) != []  # it is known once there is one that can


async def test_a_main_group_that_is_bound_elsewhere_gets_its_own(opens: Opening, names: Names) -> None:
    course = await opens(course=COURSE.replace("kind: main, local: main", "kind: main"))
    await course.types("chen", "/bind writing main")
    await course.types("ada", "hello")
    assert "level:newcomer" in names.labels
    assert names.of("ada") == ("level:newcomer",)


# --- what is taken back -----------------------------------------------------------------------------------------------


async def test_who_is_forgotten_shows_nothing_any_more_and_a_day_later_no_row_has_their_name(
    opens: Opening, names: Names
) -> None:
    course = await opens()
    await course.welcomes("zora", "Zora")
    await course.types("zora", "/checkin")
    assert names.of("zora") == ("level:regular", "title:star")
    await course.types("zora", "/forget")
    await course.types("zora", "/forget yes")
    assert names.of("zora") == ()
    await course.passes(days=2)
    assert not any("zora" in str(row) for row in await course.rows(select(outbox)))
    await course.types("zora", "I am back")
    assert names.of("zora") == ("level:newcomer",)


async def test_nobody_shows_anything_of_a_course_whose_main_group_is_unbound_until_it_is_bound_again(
    opens: Opening, names: Names
) -> None:
    course = await opens(course=COURSE.replace("kind: main, local: main", "kind: main"))
    await course.types("chen", "/bind writing main")
    await course.types("ada", "/checkin")
    await course.types("chen", "/unbind")
    assert names.of("ada") == ()
    await course.types("chen", "/bind writing main")
    assert names.of("ada") == ("level:regular", "title:star")


# --- what is refused --------------------------------------------------------------------------------------------------


async def test_a_mark_that_was_refused_is_asked_for_again_a_day_later_and_not_before(
    opens: Opening, names: Names
) -> None:
    course = await opens()
    await course.types("ben", "hello")
    names.refuses = Marks
    await course.types("ada", "hello")
    names.refuses = None
    await course.types("ben", "hello again")
    await course.passes(hours=23)
    assert "ada" not in names.worn
    await course.passes(hours=2)
    assert names.of("ada") == ("level:newcomer",)


async def test_marks_that_could_not_be_made_are_made_a_day_later_and_given(opens: Opening, names: Names) -> None:
    names.refuses = MarkNames | Marks
    course = await opens()
    await course.types("ada", "hello")
    names.refuses = None
    await course.types("ben", "/help")
    assert names.labels == {}
    await course.passes(days=1, hours=1)
    assert (len(names.labels), names.of("ada")) == (4, ("level:newcomer",))


async def test_marks_that_nobody_could_make_are_made_when_a_start_finds_that_we_may(
    opens: Opening, names: Names
) -> None:
    course = await opens()
    await course.types("ada", "/checkin")
    await course.run.app.sink([_seen(course, "changed", ("lacks.discord.roles",))])
    names.labels.clear()
    await course.passes(minutes=1)
    await course.run.app.sink([_seen(course, "start")])
    await course.settle()
    assert len(names.labels) == 4


# --- large courses ----------------------------------------------------------------------------------------------------


async def test_of_a_large_course_a_part_is_looked_at_in_each_transaction(
    opens: Opening, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changed, "MOST", 3)
    course = await opens()
    people = [f"p{number}" for number in range(8)]
    for who in people:
        await course.welcomes(who, who)
        await course.types(who, "hello")
    names.worn.clear()
    await course.run.app.sink([_seen(course, "asked")])
    await course.settle()
    assert len(names.worn) == 3
    await course.passes(minutes=1)
    assert sorted(names.worn) == people
