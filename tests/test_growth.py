"""Growth reports: one's own month in private, the group's without anybody in it, staff's with how soon they answer."""

import struct
from calendar import monthrange
from collections.abc import Sequence
from typing import Any

import pytest
import resvg_py
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import insert, select

from bot.domain.messages import Text
from bot.engine.pictures import font
from bot.features.growth.counted import Figure
from bot.features.growth.store import report
from bot.features.growth.suggesting import suggestion
from storage.jobs import job
from storage.tables import account, contact, ledger, member, profile
from tests.community import Community
from tests.growth_course import CHINESE, LONG, MONTHLY, PEOPLE, pictures_of
from tests.homework_course import HOMEWORK_QUIZ, HOMEWORK_WORKS

pytestmark = pytest.mark.every_platform

OFF = "No more of these"


async def reports(course: Community, who: str) -> list[Any]:
    """What this person alone was sent by itself."""
    found = [
        one for one in await course.messages(who) if any(button.label in (OFF, "不再收到") for button in one.buttons)
    ]
    return [one for one in found if one.author == "bot" and one.text.startswith(("Growth report\n", "成长报告\n"))]


async def month_of(course: Community) -> None:
    """March: Ada checks in on three days and thanks Ben, Ben on one, Mia only says something."""
    await course.types("mia", "Hello, I am here, too, and this is long enough")
    await course.types("ben", "/checkin")
    for _ in range(3):
        await course.types("ada", "/checkin")
        await course.passes(days=1)
    await course.types("ada", "/thanks @ben")
    for who in ("ada", "ben", "mia"):
        await course.types(who, "/points", room=course.private_room)  # they have opened the private chat


async def end_of_month(course: Community) -> None:
    await course.passes(days=31 - course.now.day)
    await course.until(21, 1)


@pytest.fixture
async def course(open_community) -> Community:
    opened: Community = await open_community(course=LONG, rituals=MONTHLY, demo=PEOPLE)
    return opened


# --- in private -------------------------------------------------------------------------------------------------------


async def test_each_reads_their_own_month_alone_with_a_picture(course: Community) -> None:
    await month_of(course)
    await end_of_month(course)
    [ada], [ben], [mia] = [await reports(course, who) for who in ("ada", "ben", "mia")]
    assert ada.text == (
        "Growth report\nMon, 1 Mar to Wed, 31 Mar\n· Checked in on 3 days\n· Points for activity: 25\n"
        "One suggestion: You asked nothing in this time. Where you are stuck, ask: it saves you time, and others "
        "wonder, too."
    )
    assert "Checked in on 1 day\n· Thanks received: 1\n" in ben.text
    assert "Checked in on 0 days" in mia.text
    for message in (ada, ben, mia):
        assert len(message.files) == 1
    found = await pictures_of(course)
    assert len(found) == len({path.name for path in found}) == len(await course.rows(select(report.c.id)))
    for path in found:
        assert struct.unpack(">I", path.read_bytes()[16:20]) == (720,)
    for line in await course.said("ben", "main"):
        assert "Checked in on 3 days" not in line or course.alone == "main"


async def test_nobody_reads_of_anybody_else(course: Community) -> None:
    await month_of(course)
    await end_of_month(course)
    for who, others in {"ada": ("Ben", "Mia"), "ben": ("Ada", "Mia"), "mia": ("Ada", "Ben")}.items():
        [mine] = await reports(course, who)
        assert not any(other in mine.text for other in others)
    for who in ("lin", "chen"):  # they teach
        assert await reports(course, who) == []
    rows = await course.rows(select(report.c.shown, profile.c.name).join(profile, profile.c.member == report.c.member))
    assert all(row.shown["name"] == row.name for row in rows)


async def test_the_second_month_stands_beside_the_first(course: Community) -> None:
    await month_of(course)
    await end_of_month(course)
    for _ in range(4):
        await course.passes(days=1)
        await course.types("ada", "/checkin")
    text = await course.answer("ada", "/growth", room=course.private_room)
    assert text.startswith(
        "Growth report\nThu, 1 Apr to Sun, 4 Apr\nbeside yourself from Mon, 1 Mar to Thu, 4 Mar\n"
        "· Checked in on 4 days (before: 3)\n· Points for activity: 30 (before: 25)\n"
    )
    text = await course.answer("ada", "/growth last", room=course.private_room)
    assert text.startswith("Growth report\nMon, 1 Mar to Wed, 31 Mar\n· Checked in on 3 days\n")
    text = await course.answer("ada", "/growth course", room=course.private_room)
    assert text.startswith("Growth over the course\nMon, 1 Mar to Sun, 4 Apr\n· Checked in on 7 days\n")


async def test_who_came_in_the_middle_is_not_measured_by_what_was_before(course: Community) -> None:
    await course.types("ben", "hello")
    await course.passes(days=20)
    await course.types("ada", "/checkin")
    await end_of_month(course)
    await course.passes(days=28)
    text = await course.answer("ada", "/growth", room=course.private_room)
    assert "beside" not in text
    text = await course.answer("ben", "/growth", room=course.private_room)
    assert "beside yourself" in text

    [days] = {row.shown["days"] for row in await course.rows(select(report.c.shown)) if row.shown["days"][:1] == "-"}
    assert days == "-" * 20 + "1" + "0" * 10


async def test_who_left_gets_none(course: Community) -> None:
    await month_of(course)
    await course.leaves("ben")
    await end_of_month(course)
    assert await reports(course, "ben") == []
    assert len(await reports(course, "ada")) == 1


async def test_who_wants_none_gets_none_and_can_still_look(course: Community) -> None:
    await month_of(course)
    assert "no growth report comes by itself" in await course.answer("ada", "/growth off", room=course.private_room)
    await end_of_month(course)
    assert await reports(course, "ada") == []
    assert len(await reports(course, "ben")) == 1
    text = await course.answer("ada", "/growth", room=course.private_room)
    assert text.startswith("Growth report\nMon, 1 Mar to Wed, 31 Mar\n· Checked in on 3 days")
    assert "comes to you in private" in await course.answer("ada", "/growth on", room=course.private_room)


async def test_a_button_below_the_report_ends_them(course: Community) -> None:
    await month_of(course)
    await end_of_month(course)
    await course.presses("ada", OFF)
    await course.passes(days=30)
    await course.until(21, 1)
    assert len(await reports(course, "ada")) == 1
    assert len(await reports(course, "ben")) == 2


async def test_the_picture_of_what_one_asked_for_follows_once(course: Community) -> None:
    await month_of(course)
    for _ in range(3):
        await course.types("ada", "/growth", room=course.private_room)
    rows = await course.rows(select(report))
    assert len(rows) == 1
    assert len(await pictures_of(course)) == 1


async def test_it_is_all_in_chinese(open_community) -> None:
    course = await open_community(course=CHINESE, rituals=MONTHLY, demo=PEOPLE)
    await month_of(course)
    await end_of_month(course)
    [ada] = await reports(course, "ada")
    assert ada.text == (
        "成长报告\n3月1日 周一 到 3月31日 周三\n· 打卡 3 天\n· 积分（活跃）：25\n"
        "给你的小建议：这段时间还没提过问。卡住的地方问出来，最省时间，别人也正好想知道。"
    )


@pytest.mark.parametrize("words", ["", "last", "nonsense", "on off", "off; drop table", "０", "course month", "\n"])
async def test_whatever_is_asked_there_is_an_answer(course: Community, words: str) -> None:
    text = await course.answer("ada", f"/growth {words}".strip(), room=course.private_room)
    assert text
    assert "Traceback" not in text


async def test_staff_have_none_of_their_own(course: Community) -> None:
    assert await course.answer("lin", "/growth", room=course.private_room) == "Growth reports are for students."


# --- what does not go well --------------------------------------------------------------------------------------------


async def test_without_the_font_the_words_go_out_and_staff_are_told_once(
    course: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(font, "_FILE", "NoSuchFont.ttf")
    await month_of(course)
    await end_of_month(course)
    [ada] = await reports(course, "ada")
    assert "Checked in on 3 days" in ada.text
    assert not ada.files
    told = [text for text in await course.said("chen", "staff") if "could not be drawn" in text]
    assert len(told) == 1


async def test_a_picture_that_could_not_be_drawn_is_drawn_when_it_is_asked_for_again(
    course: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    await month_of(course)
    with monkeypatch.context() as patch:
        patch.setattr(font, "_FILE", "NoSuchFont.ttf")
        assert "Checked in on 3 days" in await course.answer("ada", "/growth", room=course.private_room)
    assert await pictures_of(course) == []
    await course.types("ada", "/growth", room=course.private_room)
    assert len(await pictures_of(course)) == 1


async def test_a_restart_between_drawing_and_sending_loses_nothing_and_sends_nothing_twice(
    course: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    await month_of(course)
    app, drawn = course.run.app, 0
    process = app.pipeline.process
    render = resvg_py.svg_to_bytes

    class Killed(BaseException):
        pass

    def draw(**how: Any) -> bytes:
        nonlocal drawn
        drawn += 1
        return bytes(render(**how))

    def dies(events: Sequence[Any]) -> None:
        if any(type(one).__name__ == "JobDone" for one in events):
            raise Killed
        process(events)

    monkeypatch.setattr(resvg_py, "svg_to_bytes", draw)
    with monkeypatch.context() as killed:
        killed.setattr(app.pipeline, "process", dies)
        with pytest.raises((Killed, BaseExceptionGroup)):
            await end_of_month(course)
    assert drawn > 0
    assert await reports(course, "ada") == []
    app.fetcher._in_flight.clear()  # the process is gone
    await app.activate(next(iter(app.active.values())))
    await course.settle()
    await course.until(21, 30)
    await course.comes_back()
    for who in ("ada", "ben", "mia"):
        assert len(await reports(course, who)) == 1
    assert await course.rows(select(job.c.id)) == []


async def test_who_is_forgotten_before_it_is_drawn_leaves_nothing(
    course: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    await month_of(course)
    app = course.run.app
    with monkeypatch.context() as busy:
        busy.setattr(app.fetcher, "_is_stopping", True)
        await end_of_month(course)
        assert len(await course.rows(select(job.c.id))) >= 3
        await course.types("ada", "/forget", room=course.private_room)
        await course.types("ada", "/forget yes", room=course.private_room)
    app.fetcher.wake()
    await course.settle()
    rows = await course.rows(select(report.c.shown))
    assert rows
    assert not any(row.shown["name"] == "Ada" for row in rows)
    assert await course.rows(select(job.c.id)) == []


async def test_who_is_forgotten_afterwards_takes_the_picture_with_them(course: Community) -> None:
    await month_of(course)
    await end_of_month(course)
    [mine] = await course.rows(
        select(report.c.files).join(profile, profile.c.member == report.c.member).where(profile.c.name == "Ada")
    )
    content = mine.files[0]["sha256"]
    assert course.run.app.library.store.path(content)
    await course.types("ada", "/forget", room=course.private_room)
    await course.types("ada", "/forget yes", room=course.private_room)
    await course.passes(days=2)
    assert course.run.app.library.store.path(content) is None


# --- for the group ----------------------------------------------------------------------------------------------------


async def group_post(course: Community, who: str = "ben", room: str = "main") -> Any:
    found = [
        one for one in await course.messages(who, room) if one.text.startswith(("This month, all of us", "How the"))
    ]
    return found[-1]


async def test_fewer_than_five_are_not_summed_up(course: Community) -> None:
    await month_of(course)
    await end_of_month(course)
    post = await group_post(course)
    assert not post.table
    assert "Too few took part" in post.text


async def test_the_group_reads_sums_of_five_and_more_and_of_nobody(course: Community) -> None:
    for number in range(6):
        await course.welcomes(f"kim{number}", f"Kim{number}")
        await course.types(f"kim{number}", "/checkin")
    await course.types("kim0", "/thanks @kim1")
    await course.passes(days=1)
    await course.types("kim0", "/checkin")
    await end_of_month(course)
    post = await group_post(course)
    assert list(post.table) == [("What", "All", "Most"), ("Check-ins", "7", "1"), ("Points for activity", "35", "5")]
    assert "Kim" not in post.text + str(post.table)  # one alone was thanked: that is no sum of five


async def test_nobody_is_worked_out_from_two_tables_of_the_same_days(open_community) -> None:
    """The same days once more are the same table, though somebody has left; other days that overlap have none."""
    course_too = (
        "growth2:\n  monthly: last\n  at: 21:30\n  do: growth_report\n  period: course\n"
        "  spaces: [main]\n  on_quiet_days: run\n"
    )
    course = await open_community(course=LONG, rituals=MONTHLY + course_too, demo=PEOPLE)
    for number in range(7):
        await course.welcomes(f"kim{number}", f"Kim{number}")
        await course.types(f"kim{number}", "/checkin")
    await course.passes(days=1)
    await course.types("kim0", "/checkin")
    await end_of_month(course)
    first = list((await group_post(course)).table)
    assert ("Check-ins", "8", "1") in first
    await course.leaves("kim0")
    await course.types("chen", "/run growth", room="staff")
    assert list((await group_post(course)).table) == first
    await course.passes(days=30)
    await course.until(21, 31)
    posts = [one for one in await course.messages("ben", "main") if one.text.startswith("The whole course")]
    assert not posts[-1].table
    assert "were posted before" in posts[-1].text


async def test_staff_read_how_much_was_done_and_how_soon_they_answered(open_community) -> None:
    course = await open_community(course=LONG, rituals=MONTHLY, demo=PEOPLE, homework=HOMEWORK_WORKS)
    await course.until(10)
    await course.types("ben", "hello, all of you")
    await course.types("ada", "/submit note My first note, and it is about titles", room=course.alone)
    await end_of_month(course)
    post = await group_post(course, "chen", "staff")
    assert post.text.startswith(
        "How the students grew · month\nMon, 1 Mar to Wed, 31 Mar\nStudents who did something: "
    )
    assert "Weekly tasks done: 1 of 2 (50%)" in post.text
    assert "Challenges done: 0 of 2 (0%)" in post.text


# --- the figures ------------------------------------------------------------------------------------------------------


async def test_the_figures_are_those_of_an_independent_recount(open_community) -> None:
    course = await open_community(course=LONG, rituals=MONTHLY, demo=PEOPLE, homework=HOMEWORK_QUIZ)
    for day in range(12):
        for number, who in enumerate(("ada", "ben", "mia")):
            if day % (number + 1) == 0:
                await course.types(who, "/checkin")
        await course.passes(days=1)
    await end_of_month(course)
    points = await course.rows(
        select(ledger.c.points, ledger.c.category, profile.c.name).join(profile, profile.c.member == ledger.c.member)
    )
    for who, days in {"Ada": 12, "Ben": 6, "Mia": 4}.items():
        [mine] = await course.rows(
            select(report.c.shown).join(profile, profile.c.member == report.c.member).where(profile.c.name == who)
        )
        assert mine.shown["days"].count("1") == days
        bars = {bar["label"]: bar for section in mine.shown["sections"] for bar in section["bars"]}
        assert bars["Activity"]["now"] == sum(
            row.points for row in points if row.name == who and row.category == "activity"
        )
        assert bars["Quizzes"]["shown"] == "0/1"
        assert "Quizzes" not in mine.shown["suggestion"]  # nothing late is taken


async def add_students(course: Community, count: int) -> None:
    def add(db: Any) -> None:
        for _ in range(count):
            values = {"course": "writing", "role": "student", "joined_at": course.now}
            who = db.execute(insert(member).values(values).returning(member.c.id)).scalar_one()
            db.execute(insert(profile).values(member=who, name=f"N{who}"))
            actor = course.actor(f"n{who}")
            row = {"platform": actor.platform, "user": actor.user}
            db.execute(insert(account).values(member=who, course="writing", **row))
            db.execute(insert(contact).values(is_open=True, at=course.now, **row))

    await course.run.app.database.run(add)


async def statements_of_a_month(course: Community) -> int:
    """From five minutes before the reports of this month on, while nothing is drawn yet."""
    asked: list[str] = []

    def see(*args: Any) -> None:
        asked.append(args[2])

    app = course.run.app
    with pytest.MonkeyPatch.context() as busy:
        busy.setattr(app.fetcher, "_is_stopping", True)
        last = monthrange(course.now.year, course.now.month)[1]
        await course.passes(days=last - course.now.day)
        await course.until(20, 55)
        sqlalchemy_event.listen(app.database.engine, "before_cursor_execute", see)
        await course.until(21)
        sqlalchemy_event.remove(app.database.engine, "before_cursor_execute", see)
    return len(asked)


async def test_three_hundred_members_take_as_many_statements_as_three(open_community) -> None:
    course = await open_community(course=LONG, rituals=MONTHLY, demo=PEOPLE)
    await month_of(course)
    few = await statements_of_a_month(course)
    await add_students(course, 300)
    await course.passes(days=1)
    many = await statements_of_a_month(course)
    assert len(await course.rows(select(report.c.id))) > 300
    assert many <= few + 5, (few, many)


# --- the suggestion ---------------------------------------------------------------------------------------------------


def figure(kind: Any, name: str, now: int, before: int | None = None, *, still: int = 0) -> Figure:
    label = Text(id="figure.checkins")
    return Figure(kind, name, label, now, None, before, None, said=label, open=still)


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ([figure("checkin", "checkins", 0, 20), figure("homework", "base", 0, still=3)], "growth.suggest_start"),
        ([figure("checkin", "checkins", 9), figure("homework", "base", 2, still=1)], "growth.suggest_quiz"),
        ([figure("checkin", "checkins", 9), figure("homework", "practice", 2, still=1)], "growth.suggest_homework"),
        ([figure("checkin", "checkins", 9), figure("homework", "practice", 2)], "growth.suggest_ask"),
        ([figure("checkin", "checkins", 9, 12), figure("together", "shares", 1, 3)], "growth.suggest_less"),
        ([figure("checkin", "checkins", 10, 12), figure("together", "shares", 1, 2)], "growth.suggest_ask"),
        ([figure("checkin", "checkins", 10, 12), figure("together", "questions", 1)], "growth.suggest_go_on"),
        ([figure("points", "activity", 10, 900), figure("together", "questions", 1)], "growth.suggest_go_on"),
    ],
)
def test_one_thing_is_suggested_by_rules_in_their_order(figures: Sequence[Figure], said: str) -> None:
    assert suggestion(figures).id == said


def test_what_has_shrunk_most_is_named() -> None:
    found = suggestion([figure("checkin", "checkins", 9, 12), figure("together", "shares", 1, 10)])
    assert (found.values["now"], found.values["before"]) == (1, 10)


def test_at_the_end_nothing_is_suggested_that_can_no_longer_be_done() -> None:
    nothing, less = [figure("checkin", "checkins", 0)], [figure("checkin", "checkins", 1, 20)]
    for figures in (nothing, less):
        assert suggestion(figures, is_over=True).id == "growth.suggest_over"
    late = [figure("checkin", "checkins", 1), figure("homework", "practice", 0, still=2)]
    assert suggestion(late, is_over=True).id == "growth.suggest_homework"
