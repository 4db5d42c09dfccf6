"""Certificates: the name is confirmed once, the picture says what the signed code says, and staff may take it back."""

import struct
import zlib
from datetime import date

import numpy as np
import pytest
import segno
from sqlalchemy import select

from bot.engine.certificates import (
    Certificate,
    Forged,
    NotACode,
    is_code,
    new_key_pair,
    new_serial,
    read,
    serial_in,
    signed,
)
from bot.engine.pictures.certificate import KEYWORD, CertificatePicture
from bot.engine.pictures.kinds import read as read_picture
from bot.engine.pictures.kinds import stored
from bot.engine.pictures.png_text import chunks, text_in, with_text
from bot.features.completion.store import certificate
from storage.signing import signing_key
from tests.community import Community
from tests.test_completion import ASKED, DONE, TWO, checks_in, completed, heard, until_the_end, users
from tests.test_links import link

ADA = Certificate(
    "HR-7K2PA-09QXM", "Ada 林小雨", "Writing camp", date(2027, 3, 1), date(2027, 3, 14), date(2027, 3, 15)
)
PAIR = new_key_pair()


def picture(code: str, **other: str) -> CertificatePicture:
    words = {
        "title": "Certificate", "certifies": "This is to certify that", "name": "Ada", "completed": "has completed",
        "course": "Writing camp", "period": "March", "issued": "Issued", "serial": "No. 1", "check": "Scan", **other,
    }  # fmt: skip
    return CertificatePicture(achieved=("11 days",), code=code, **words)


# --- codes ------------------------------------------------------------------------------------------------------------


def test_a_code_says_what_was_signed_also_with_line_breaks_in_it() -> None:
    code = signed(ADA, PAIR.private)
    assert read(code, PAIR.public) == ADA
    assert read(f" {code[:50]}\n  {code[50:]}\r\n", PAIR.public) == ADA
    assert code.isascii()
    assert is_code(code)


def test_no_letter_of_a_code_can_be_changed() -> None:
    code = signed(ADA, PAIR.private)
    for at in range(len(code)):
        other = code[:at] + ("A" if code[at] != "A" else "B") + code[at + 1 :]
        with pytest.raises((Forged, NotACode)):
            read(other, PAIR.public)


def test_what_another_key_has_signed_or_what_was_put_together_is_forged() -> None:
    mine, other = signed(ADA, PAIR.private), signed(ADA, new_key_pair().private)
    version, payload, _ = mine.split(".")
    changed = signed(Certificate(ADA.serial, "Eve", ADA.course, ADA.starts, ADA.ends, ADA.issued), PAIR.private)
    for code in (other, f"{version}.{payload}.{changed.split('.')[2]}", mine.replace("HR1", "HR2")):
        with pytest.raises(Forged):
            read(code, PAIR.public)


@pytest.mark.parametrize(
    "said", ["", "hello", "HR1", "HR1..", "HR1.a.b\0", "x" * 100_000, "HR1." + "A" * 5000, "１.２.３"]
)
def test_anything_else_is_no_code(said: str) -> None:
    with pytest.raises((NotACode, Forged)):
        read(said, PAIR.public)


def test_numbers_are_read_however_they_are_typed() -> None:
    assert serial_in("hr-7k2pa-o9qxm") == ADA.serial
    assert serial_in(" HR 7K2PA 09QXM ") == ADA.serial
    assert serial_in("HR-7K2PA") is None
    assert serial_in(new_serial()) is not None
    assert len({new_serial() for _ in range(1000)}) == 1000


# --- pictures ---------------------------------------------------------------------------------------------------------


def pixels(png: bytes) -> np.ndarray:
    """Of an RGBA picture, by the letter of the format."""
    found = dict(chunks(png))
    wide, high, depth, colours = struct.unpack(">IIBB", found[b"IHDR"][:10])
    assert (depth, colours) == (8, 6)
    raw = zlib.decompress(b"".join(content for kind, content in chunks(png) if kind == b"IDAT"))
    rows, before = np.zeros((high, wide * 4), np.uint8), np.zeros(wide * 4, np.uint8)
    for number in range(high):
        start = number * (wide * 4 + 1)
        line = np.frombuffer(raw, np.uint8, wide * 4, start + 1)
        before = rows[number] = unfiltered(raw[start], line, before)
    shown: np.ndarray = rows.reshape(high, wide, 4)
    return shown


def unfiltered(kind: int, line: np.ndarray, above: np.ndarray) -> np.ndarray:
    if kind == 0:
        return line
    if kind == 2:
        summed: np.ndarray = line + above
        return summed
    found: np.ndarray = np.zeros(len(line) + 4, np.int64)
    up = np.concatenate([np.zeros(4, np.int64), above.astype(np.int64)])
    for at in range(4, len(found)):
        left, over, corner = found[at - 4], up[at], up[at - 4]
        guess = {1: left, 3: (left + over) // 2}.get(kind)
        if guess is None:
            away = [abs(over - corner), abs(left - corner), abs(left + over - 2 * corner)]
            guess = (left, over, corner)[away.index(min(away))]
        found[at] = (line[at - 4] + guess) % 256
    shown: np.ndarray = found[4:].astype(np.uint8)
    return shown


def test_the_machine_readable_code_on_the_picture_is_the_signed_one() -> None:
    code = signed(ADA, PAIR.private)
    dark = pixels(picture(code).png())[:, :, :3].max(axis=2) < 40
    modules = np.array(segno.make(code, error="m", mask=2, micro=False).matrix, bool)
    size, scale = len(modules), 300 // (len(modules) + 8)
    right, low = 1414 - 100 - 4 * scale, 1000 - 122 - 4 * scale
    there = dark[low - size * scale : low, right - size * scale : right]
    assert (there[scale // 2 :: scale, scale // 2 :: scale] == modules).all()


def test_the_code_stands_in_the_file_and_does_not_break_it() -> None:
    code = signed(ADA, PAIR.private)
    png = picture(code).png()
    assert text_in(png, KEYWORD) == code
    assert next(kind for kind, _ in chunks(png)) == b"IHDR"
    assert [kind for kind, _ in chunks(png)][-1] == b"IEND"
    assert len(png) < 300_000


def test_a_picture_that_was_tampered_with_gives_no_code() -> None:
    png = picture(signed(ADA, PAIR.private)).png()
    at = png.index(b"HR1.") + 20
    assert text_in(png[:at] + b"x" + png[at + 1 :], KEYWORD) is None
    assert text_in(png[:100], KEYWORD) is None
    assert text_in(b"GIF89a" + png, KEYWORD) is None
    assert text_in(b"", KEYWORD) is None
    assert text_in(b"\x89PNG\r\n\x1a\n" + b"\xff\xff\xff\xfftEXt", KEYWORD) is None


def test_words_in_a_picture_that_is_none_are_refused() -> None:
    with pytest.raises(ValueError, match="no PNG"):
        with_text(b"nothing", KEYWORD, "x")


def test_the_name_is_on_it_and_is_never_markup() -> None:
    plain = pixels(picture("HR1.x.y", name="Ada").png())
    other = pixels(picture("HR1.x.y", name="Ben").png())
    assert (plain[280:370] != other[280:370]).any()
    assert (plain[400:] == other[400:]).all()
    hostile = picture("HR1.x.y", name='</text><image href="file:///etc/passwd"/>&#x202e;', course="A & B <svg>")
    assert "<image" not in hostile.svg()
    assert hostile.png()


def test_a_picture_can_be_read_from_its_row() -> None:
    shown = picture("HR1.x.y")
    assert read_picture(stored(shown)) == shown


@pytest.mark.parametrize("name", ["W" * 40, "阿卜杜勒拉希德买买提艾合买提努尔汗", "i"])
def test_long_names_and_titles_fit(name: str) -> None:
    """Nothing is drawn in the margin."""
    shown = pixels(picture("HR1.x.y", name=name, course="内容创作者成长计划与数据复盘" * 20).png())
    assert (shown[60:940, 56:90] == shown[500, 60]).all()
    assert (shown[60:560, 1324:1356] == shown[500, 60]).all()


# --- the conversation -------------------------------------------------------------------------------------------------


@pytest.fixture
async def course(open_community) -> Community:
    """Ada has completed the course, Ben has not."""
    course: Community = await open_community(course=ASKED, rules=DONE)
    await course.types("ben", "/checkin")
    await checks_in(course, "ada", days=2)
    await until_the_end(course)
    return course


async def made(course: Community) -> list[tuple[str, bool, bool]]:
    """The certificates that were made out: the name, whether it is drawn, whether it holds."""
    rows = await course.rows(select(certificate).order_by(certificate.c.id))
    return [(row.name, bool(row.files), row.ended_at is None) for row in rows]


@pytest.mark.every_platform
async def test_a_member_confirms_the_name_and_gets_the_picture(course: Community) -> None:
    assert "Ada" in await course.answer("ada", "/certificate", room=course.private_room)
    assert await made(course) == []
    assert "Ada Lovelace" in await course.answer("ada", "/certificate Ada Lovelace", room=course.private_room)
    assert "comes in a moment" in await course.answer("ada", "/certificate confirm", room=course.private_room)
    assert await made(course) == [("Ada Lovelace", True, True)]
    assert "Ada Lovelace" in await course.answer("ada", "/certificate", room=course.private_room)
    assert len(await made(course)) == 1


@pytest.mark.every_platform
async def test_who_has_not_completed_it_gets_none(course: Community) -> None:
    assert "who have completed the course" in await course.answer("ben", "/certificate confirm")
    assert "who have completed the course" in await course.answer("ben", "/certificate Ada")
    assert await made(course) == []


async def test_the_picture_comes_alone_and_carries_the_code_of_its_row(course: Community) -> None:
    await course.types("ada", "/certificate confirm")
    [file] = [file for message in await course.messages("ada") for file in message.files]
    assert not [file for message in await course.messages("ben") for file in message.files]
    path = course.run.app.library.store.path(file.sha256)
    assert path is not None
    [row], [key] = await course.rows(select(certificate)), await course.rows(select(signing_key))
    assert text_in(path.read_bytes(), KEYWORD) == row.code
    assert read(row.code, key.public).name == "Ada"


async def test_an_old_button_makes_out_nothing_under_an_earlier_name(course: Community) -> None:
    await course.types("ada", "/certificate Wrong Name")
    [old] = [
        button.command
        for message in await course.messages("ada")
        for button in message.buttons
        if button.label == "Use this name"
    ]
    number = next(m.number for m in await course.messages("ada") if any(b.command == old for b in m.buttons))
    await course.types("ada", "/certificate Right Name")
    await course.run.adapter.chat.press("ada", "main", number, old)
    await course.settle()
    assert await made(course) == []
    await course.presses("ada", "Use this name")
    assert await made(course) == [("Right Name", True, True)]


async def test_the_name_can_be_given_in_a_form(course: Community) -> None:
    await course.types("ada", "/certificate")
    await course.presses("ada", "Another name")
    question = (await course.messages("ada"))[-1]
    await course.types("ada", "Ada L.", reply_to=question.number)
    await course.presses("ada", "Use this name")
    assert await made(course) == [("Ada L.", True, True)]


async def test_after_it_is_drawn_only_staff_change_the_name(course: Community) -> None:
    await course.types("ada", "/certificate confirm")
    assert "ask the teachers" in await course.answer("ada", "/certificate Queen Ada")
    assert await made(course) == [("Ada", True, True)]
    await course.types("chen", "/certificate reissue @ada Ada King", room="staff")
    assert await made(course) == [("Ada", True, False), ("Ada King", True, True)]


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("\u202e\u200b", "needs a name"),
        ("12345", "needs a name"),
        ("😀 Ada 😀", "can't show these characters"),
        ("A" * 60, "too long"),
        ("Ada" + "\u0301" * 900, "too long"),  # which is three columns wide
    ],
)
async def test_a_name_that_nobody_could_read_is_refused(course: Community, said: str, heard: str) -> None:
    assert heard in await course.answer("ada", f"/certificate {said}")
    assert await made(course) == []


async def test_a_hostile_name_is_only_a_name(course: Community) -> None:
    name = "<b>{name}</b> & {count} %s"
    assert name in await course.answer("ada", f"/certificate {name}")
    await course.types("ada", "/certificate confirm")
    assert await made(course) == [(name, True, True)]


async def test_pressing_twice_makes_out_one(course: Community) -> None:
    await course.posts("ada", "/certificate confirm")
    await course.posts("ada", "/certificate confirm")
    await course.settle()
    assert await made(course) == [("Ada", True, True)]


# --- staff ------------------------------------------------------------------------------------------------------------


@pytest.mark.every_platform
async def test_an_admin_withdraws_it_with_a_reason_and_gives_it_back(course: Community) -> None:
    await course.types("ada", "/certificate confirm", room=course.private_room)
    points = await course.points("ada")
    assert "say why" in await course.answer("chen", "/certificate withdraw @ada", room="staff")
    await course.types("chen", "/certificate withdraw @ada Copied homework", room="staff")
    assert await made(course) == [("Ada", True, False)]
    assert await course.points("ada") == points - 40
    assert "Copied homework" in await course.answer("ada", "/certificate", room=course.private_room)
    assert "Copied homework" in await course.answer("ada", "/progress", room=course.private_room)
    await course.types("chen", "/certificate reissue @ada", room="staff")
    assert await made(course) == [("Ada", True, False)]
    assert await course.points("ada") == points - 40
    assert "Copied homework" in (await course.said("chen", "staff"))[-1]
    await course.presses("chen", "Restore the completion", room="staff")
    assert await made(course) == [("Ada", True, False), ("Ada", True, True)]
    assert await course.points("ada") == points
    assert "restored your completion" in await heard(course, "ada")
    assert await completed(course) == (await users(course, "ada")) * 2


async def test_it_is_audited_and_the_member_is_told(course: Community) -> None:
    await course.types("chen", "/certificate withdraw @ada Copied homework", room="staff")
    assert "Copied homework" in "\n".join(await course.said("ada"))
    assert "Copied homework" not in "\n".join(await course.said("ben"))
    said = await course.answer("chen", "/audit", room="staff")
    assert "Copied homework" in "\n".join([said, *await course.said("chen", "staff")])


async def test_one_person_with_two_certificates_loses_both(open_community) -> None:
    course = await open_community(course=ASKED, rules=DONE, demo=TWO)
    for _ in range(2):
        for who in ("ada", "ada2"):
            await course.types(who, "/checkin")
        await course.passes(days=1)
    await until_the_end(course)
    for who in ("ada", "ada2"):
        await course.types(who, "/certificate confirm", room=course.private_room)
    await link(course, "ada", "ada2")
    assert [holds for *_, holds in await made(course)] == [True, True]
    assert "Completed the course: 1. Withdrawn: 0. With a good certificate: 1." in await course.answer(
        "lin", "/certificate", room="staff"
    )
    await course.types("chen", "/certificate reissue @ada Ada King", room="staff")
    assert [holds for *_, holds in await made(course)] == [False, False, True]
    await course.types("chen", "/certificate withdraw @ada One person, two accounts", room="staff")
    assert [holds for *_, holds in await made(course)] == [False, False, False]
    assert "Completed the course: 0. Withdrawn: 1." in await course.answer("lin", "/certificate", room="staff")
    for who in ("ada", "ada2"):
        assert "two accounts" in await course.answer(who, "/certificate", room=course.private_room)


async def test_assistants_see_how_many_there_are_and_withdraw_none(course: Community) -> None:
    await course.types("ada", "/certificate confirm")
    await course.types("lin", "/certificate", room="staff")
    assert (
        "Completed the course: 1. Withdrawn: 0. With a good certificate: 1." in (await course.said("lin", "staff"))[-1]
    )
    await course.types("lin", "/certificate withdraw @ada No", room="staff")
    assert "Only admins" in (await course.said("lin", "staff"))[-1]
    assert await made(course) == [("Ada", True, True)]


async def test_a_student_called_withdraw_withdraws_nobody(course: Community) -> None:
    await course.types("ada", "/certificate withdraw @ada reason")
    await course.types("ada", "/certificate confirm")
    assert await made(course) == [("withdraw @ada reason", True, True)]


async def test_who_is_forgotten_leaves_no_certificate(course: Community) -> None:
    await course.types("ada", "/certificate Ada Lovelace")
    await course.types("ada", "/certificate confirm")
    [row] = await course.rows(select(certificate))
    await course.types("ada", "/forget", room=course.private_room)
    await course.types("ada", "/forget yes", room=course.private_room)
    assert await made(course) == []
    assert course.run.app.library.store.path(row.files[0]["sha256"]) is None


async def test_a_picture_that_cannot_be_drawn_is_told_and_drawn_later(course: Community, monkeypatch) -> None:
    from bot.engine.pictures import Undrawable, font

    def missing() -> None:
        raise Undrawable("no font")

    with monkeypatch.context() as patch:
        patch.setattr(font, "font_file", missing)
        patch.setattr("bot.engine.pictures.svg.font_file", missing)
        await course.types("ada", "/certificate confirm")
        assert "could not be drawn" in "\n".join(await course.said("ada"))
        assert "could not be drawn" in "\n".join(await course.said("chen", "staff"))
        before = await heard(course, "ada")
        await course.types("ada", "/certificate")
        again = (await heard(course, "ada")).removeprefix(before)
    assert "is being drawn" in again
    assert "could not be drawn" in again  # it was asked for, so this is answered, too
    assert await made(course) == [("Ada", False, True)]
    await course.types("ada", "/certificate")
    assert await made(course) == [("Ada", True, True)]
