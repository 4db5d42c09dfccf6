"""What an admin saves in the course's folder is live a moment later, or staff read why not."""

import asyncio
from contextlib import suppress

from bot.watching import FolderWatch
from tests.community import RULES, Community

MORE = RULES.replace("award: 5", "award: 7")
BROKEN = RULES.replace("award: 5", "award: five")
TORN = RULES.replace("check_in:", "check_in: [")

MENDED = (
    "The files in the course's folder have changed.\n"
    "The course files can be used again: they are the version that is live."
)


async def watched(course: Community) -> FolderWatch:
    app = course.run.app
    watch = FolderWatch(app.library.folders, app.sink, app.database, app.clock.now)
    await watch.look()
    return watch


async def saves(course: Community, rules: str, watch: FolderWatch) -> list[str]:
    """The admin saves rules.yaml; what the staff room reads because of it."""
    before = len(await course.said("chen", "staff"))
    (course.folder / "rules.yaml").write_text(rules, encoding="utf-8")
    await watch.look()
    await course.run.control.settle()
    return (await course.said("chen", "staff"))[before:]


async def test_a_saved_rule_counts_at_once_and_staff_are_told(course: Community) -> None:
    watch = await watched(course)
    said = await saves(course, MORE, watch)
    assert said == ["The files in the course's folder have changed.\nThe changed course files are live now."]
    await course.types("ada", "/checkin")
    assert await course.points("ada") == 7


async def test_a_file_that_cannot_be_read_leaves_the_last_good_one_in_force(course: Community) -> None:
    watch = await watched(course)
    (said,) = await saves(course, TORN, watch)
    assert "writing/rules.yaml:" in said
    assert await saves(course, TORN, watch) == []  # the same mistake is told once
    await course.types("ada", "/checkin")
    assert await course.points("ada") == 5
    assert len(await saves(course, MORE, watch)) == 1
    await course.types("ben", "/checkin")
    assert await course.points("ben") == 7


async def test_a_bad_rule_is_off_with_its_place_and_the_others_live(course: Community) -> None:
    watch = await watched(course)
    (said,) = await saves(course, BROKEN, watch)
    assert "writing/rules.yaml:8:14 award: should be a whole number" in said
    await course.types("ada", "/checkin")
    assert await course.points("ada") == 0
    await course.types("ada", "A thought of more than twenty characters")
    assert await course.points("ada") == 1


async def test_a_calendar_from_a_spreadsheet_is_live_as_soon_as_it_is_saved(course: Community) -> None:
    watch = await watched(course)
    (course.folder / "calendar.yaml").unlink()
    table = course.folder / "calendar.csv"
    table.write_bytes("第几天,标题,任务\r\n1,开营,写三行\r\n".encode("gb18030"))
    assert len(await saves(course, RULES, watch)) == 1
    assert "写三行" in await course.answer("ada", "/task")
    table.write_bytes("第几天,标题,任务\r\n1,开营\r\n".encode("gb18030"))
    (said,) = await saves(course, RULES, watch)
    assert "writing/calendar.csv:2:1 task is missing" in said
    assert "写三行" in await course.answer("ben", "/task")


async def test_going_back_to_an_earlier_version_is_a_change_too(course: Community) -> None:
    watch = await watched(course)
    for rules in (MORE, RULES, MORE):
        assert len(await saves(course, rules, watch)) == 1
    audit = await course.answer("chen", "/audit", room="staff")
    assert audit.count("reload") >= 3 or audit.count("files") >= 3


async def test_two_processes_that_see_the_same_change_tell_it_once(course: Community) -> None:
    first, second = await watched(course), await watched(course)
    assert len(await saves(course, MORE, first)) == 1
    assert await saves(course, MORE, second) == []


async def test_each_refusal_is_told_and_so_is_its_end(course: Community) -> None:
    first, second = await watched(course), await watched(course)
    for _ in range(3):
        (refused,) = await saves(course, TORN, first)
        assert "writing/rules.yaml:" in refused
        assert await saves(course, TORN, second) == []
        assert await saves(course, RULES, first) == [MENDED]
        assert await saves(course, RULES, second) == []


async def test_after_a_restart_nothing_is_told_again(course: Community) -> None:
    watch = await watched(course)
    assert len(await saves(course, TORN, watch)) == 1
    again = await watched(course)
    assert await saves(course, TORN, again) == []
    assert len(await saves(course, RULES, again)) == 1


async def test_a_version_that_was_gone_when_it_was_looked_at_is_told_when_it_comes_back(course: Community) -> None:
    slow, quick = await watched(course), await watched(course)
    (course.folder / "rules.yaml").write_text(TORN, encoding="utf-8")
    sink, late = slow._sink, []

    async def keep(events):
        late.extend(events)

    slow._sink = keep
    await slow.look()
    assert await saves(course, RULES, quick) == []
    await sink(late)  # the files are fine by now
    slow._sink = sink
    assert await saves(course, RULES, slow) == []
    assert len(await saves(course, TORN, slow)) == 1


async def test_the_folder_is_really_watched(course: Community) -> None:
    seen = asyncio.Event()
    app = course.run.app

    async def sink(events):
        await app.sink(events)
        seen.set()

    watch = FolderWatch(app.library.folders, sink, app.database, app.clock.now)
    running = asyncio.create_task(watch.run())
    try:
        for number in range(20):  # the watch may begin a moment later than the first save
            (course.folder / "rules.yaml").write_text(f"{MORE}# {number}\n", encoding="utf-8")
            with suppress(TimeoutError):
                await asyncio.wait_for(seen.wait(), timeout=2)
            if seen.is_set() or running.done():
                break
    finally:
        running.cancel()
        ended = await asyncio.gather(running, return_exceptions=True)
    assert isinstance(ended[0], asyncio.CancelledError)
    await course.types("ada", "/checkin")
    assert await course.points("ada") == 7
