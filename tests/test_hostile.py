"""Texts and names that are long, strange or meant to break something."""

import pytest

from bot.domain.messages import Table
from bot.engine.degrade import PHONE, board_lines, text_width
from tests.community import Community

pytestmark = pytest.mark.every_platform

TEXTS = {
    "100 KB": "字" * 34_000,
    "NUL": "before\0after",
    "right to left": "\u202egnirts\u202c and \u2067שלום\u2069",
    "lone surrogate": "half \ud83d of an emoji",
    "format string": "{name} {0} %s %(x)s ${HOME} {{ 7*7 }} {__class__}",
    "markup": "<script>alert(1)</script> **bold** `code` [x](javascript:1)",
    "sql": "'; drop table ledger; --",
    "newlines": "\r\n\u2028\u2029\v\f end",
    "zalgo": "Z" + "\u0301\u0302\u0303" * 200,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_any_text_is_taken_and_shown_as_it_is(course: Community, text: str) -> None:
    await course.until(20)
    number = await course.types("ada", text)
    shown = next(m for m in await course.messages("ben") if m.number == number)
    assert shown.text == course.as_sent(text)
    await course.passes(hours=1)
    assert (await course.said("ben"))[-1].startswith("Tonight's sharing is ")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("command", ["grant", "help", "language", "makeup", "claim", "bind", "nosuch"])
async def test_any_text_after_a_command_is_answered(course: Community, command: str, text: str) -> None:
    answer = await course.answer("chen", f"/{command} {text}", room="staff")
    assert answer
    assert "something went wrong" not in answer
    assert "kept as #" not in "".join(await course.said("chen", "staff"))


NAMES = [
    "👩‍👩‍👧‍👦 Ada",
    "שרה",
    "\u202eevil",
    "李" * 40,
    "a\nb",
    "\0",
    "\u200b\u200b",
    "🇨🇳🇨🇳",
    "e\u0301lodie",
    "Ada **bold** {x}",
]


async def test_boards_line_up_whatever_people_are_called(course: Community) -> None:
    for number, name in enumerate(NAMES):
        await course.welcomes(f"p{number}", name)
        await course.types(f"p{number}", "/checkin")
    rows = await course.board("p0", "/rank")
    assert len(rows) == len(NAMES)
    assert all(name.strip() and "\n" not in name and "\u202e" not in name for _, name, _ in rows)
    lines = board_lines(Table(rows=tuple(rows), numbers=frozenset({0, 2})))
    assert {text_width(line.rstrip()) for line in lines} == {text_width(lines[0])}
    assert text_width(lines[0]) <= PHONE


async def test_ten_thousand_members_fit_on_the_board(course: Community) -> None:
    from sqlalchemy import insert

    from storage import boards
    from storage.tables import ledger, member, profile

    ids = range(1000, 11_000)
    moment = {"at": course.now, "local_date": course.now.date(), "course": "writing"}
    entries = [
        {**moment, "member": id, "points": 5, "rule": "x", "object": "x", "round": 0, "cause": "x"} for id in ids
    ]

    def fill(db: object) -> None:
        made = [{"id": id, "course": "writing", "role": "student", "joined_at": course.now} for id in ids]
        db.execute(insert(member), made)  # type: ignore[attr-defined]
        db.execute(insert(profile), [{"member": id, "name": f"同学{id}"} for id in ids])  # type: ignore[attr-defined]
        db.execute(insert(ledger), entries)  # type: ignore[attr-defined]
        boards.rebuild(db)  # type: ignore[arg-type]

    await course.run.app.database.run(fill)
    await course.types("ada", "/checkin")
    board = await course.board("ada", "/rank")
    assert len(board) == 11
    assert board[-1] == ("1", "▸ Ada", "5")
    assert (await course.messages("ada"))[-1].text == "The points board of the course · 10001 members"
