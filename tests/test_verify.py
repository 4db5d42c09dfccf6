"""`./homeroom verify`: whether a certificate holds, for whoever is shown one."""

import asyncio
import json
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.engine.certificates import Certificate, new_key_pair, read, signed
from bot.engine.pictures.certificate import KEYWORD
from bot.engine.pictures.png_text import text_in, with_text
from bot.features.completion.store import certificate
from storage.signing import signing_key
from tests.community import DEMO, Community, write_course
from tests.shell import Shell
from tests.test_completion import ASKED, DONE, until_the_end

QUIET = DEMO.split("classmates:")[0].replace("Ben", "Ben Okri")


class Lived:
    """A course in which Ada's certificate holds, Ben's was withdrawn, and Mia was forgotten."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "config.yaml"
        self.folder = folder
        self.codes: dict[str, str] = {}
        self.serials: dict[str, str] = {}
        self.public = ""
        self.pictures: dict[str, Path] = {}

    async def live(self) -> None:
        files = write_course(self.folder / "writing", course=ASKED, rules=DONE, demo=QUIET)
        course = await Community.open(self.folder / "data", files)
        await course.welcomes("mia", "Mia")
        for _ in range(2):
            for who in ("ada", "ben", "mia"):
                await course.types(who, "/checkin")
            await course.passes(days=1)
        await until_the_end(course)
        for who in ("ada", "ben", "mia"):
            await course.types(who, f"/certificate {who.title()} Example")
            await course.types(who, "/certificate confirm")
        for row in await course.rows(select(certificate)):
            who = row.name.split()[0].lower()
            self.codes[who], self.serials[who] = row.code, row.serial
            path = course.run.app.library.store.path(row.files[0]["sha256"])
            assert path is not None
            self.pictures[who] = self.folder / f"{who}.png"
            self.pictures[who].write_bytes(path.read_bytes())
        [key] = await course.rows(select(signing_key))
        self.public = key.public
        await course.types("chen", "/certificate withdraw @ben Copied", room="staff")
        await course.types("mia", "/forget", room=course.private_room)
        await course.types("mia", "/forget yes", room=course.private_room)
        await course.close()
        database = "database: sqlite:///data/writing.db\ndata: ./data\n"
        text = f"language: en\n{database}courses: [./writing]\nplatforms: {{local: {{}}}}\n"
        self.config.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    found = Lived(tmp_path_factory.mktemp("verify"))
    asyncio.run(found.live())
    return found


def test_a_good_one_is_valid_by_its_code_its_number_and_its_picture(lived: Lived, shell: Shell) -> None:
    for what in (lived.codes["ada"], lived.serials["ada"], lived.serials["ada"].lower(), lived.pictures["ada"]):
        assert shell("verify", "-c", lived.config, what) == 0
        assert "Valid" in shell.out
        assert "Ada Example" in shell.out
        assert "Writing camp (2027-03-01 to 2027-03-03)" in shell.out
    assert "exactly as it was issued" in shell.out


def test_it_says_so_in_the_language_of_the_config(lived: Lived, shell: Shell, tmp_path: Path) -> None:
    other = lived.folder / "zh.yaml"
    other.write_text(lived.config.read_text(encoding="utf-8").replace("language: en", "language: zh"), encoding="utf-8")
    assert shell("verify", "-c", other, lived.codes["ada"]) == 0
    assert "有效" in shell.out
    assert shell("verify", "-c", other, "what is this") == 2
    assert "不是验证码" in shell.err


def test_a_withdrawn_one_is_not_valid(lived: Lived, shell: Shell) -> None:
    for what in (lived.codes["ben"], lived.serials["ben"], lived.pictures["ben"]):
        assert shell("verify", "-c", lived.config, what) == 1
        assert "Withdrawn" in shell.out
        assert "Ben Example" in shell.out


def test_of_who_was_forgotten_no_name_is_said(lived: Lived, shell: Shell) -> None:
    assert shell("verify", "-c", lived.config, lived.codes["mia"]) == 1
    assert "Not known any more" in shell.out
    assert shell("verify", "-c", lived.config, lived.codes["mia"], "--json") == 1
    assert "Mia" not in shell.out
    assert shell("verify", "-c", lived.config, lived.serials["mia"]) == 1
    assert "Mia" not in shell.out


def test_forged_ones_are_called_so(lived: Lived, shell: Shell) -> None:
    true = read(lived.codes["ada"], lived.public)
    fields = (true.serial, "Eve", true.course, true.starts, true.ends, true.issued)
    forged = signed(Certificate(*fields), new_key_pair().private)
    assert shell("verify", "-c", lived.config, forged) == 1
    assert "Forged" in shell.out
    assert "Eve" not in shell.out
    assert shell("verify", "-c", lived.config, lived.codes["ada"][:-1] + "!") == 1


def test_a_number_that_was_never_given_is_unknown(lived: Lived, shell: Shell) -> None:
    assert shell("verify", "-c", lived.config, "HR-00000-00000") == 1
    assert "Not known" in shell.out


def test_a_picture_whose_shown_words_were_changed_is_told_of(lived: Lived, shell: Shell, tmp_path: Path) -> None:
    """The code inside is still good: it is for whom it says, not for whom the picture shows."""
    changed = tmp_path / "changed.png"
    changed.write_bytes(lived.pictures["ada"].read_bytes() + b"\0")
    assert text_in(changed.read_bytes(), KEYWORD) == lived.codes["ada"]
    assert shell("verify", "-c", lived.config, changed) == 0
    assert "not the file that was issued" in shell.out
    assert "Ada Example" in shell.out


def test_a_file_without_a_code_is_not_valid(lived: Lived, shell: Shell, tmp_path: Path) -> None:
    for content in (b"", b"hello", lived.pictures["ada"].read_bytes()[:60]):
        (tmp_path / "other.png").write_bytes(content)
        assert shell("verify", "-c", lived.config, tmp_path / "other.png") == 1
        assert "no code in this file" in shell.out


def test_with_the_public_key_nothing_else_is_needed(lived: Lived, shell: Shell, tmp_path: Path) -> None:
    assert shell("verify", "-c", lived.config, "--public-key") == 0
    key = shell.out.strip()
    assert key == lived.public
    nowhere = tmp_path / "no-config.yaml"
    assert shell("verify", "-c", nowhere, "--key", key, lived.codes["ada"]) == 0
    assert "Ada Example" in shell.out
    assert shell("verify", "--key", key, lived.pictures["ada"]) == 0
    assert shell("verify", "--key", new_key_pair().public, lived.codes["ada"]) == 1
    assert "Forged" in shell.out


def test_for_programs(lived: Lived, shell: Shell) -> None:
    assert shell("verify", "-c", lived.config, lived.pictures["ada"], "--json") == 0
    assert json.loads(shell.out) == {
        "state": "valid",
        "is_valid": True,
        "is_signed": True,
        "name": "Ada Example",
        "course": "Writing camp",
        "starts": "2027-03-01",
        "ends": "2027-03-03",
        "issued": "2027-03-04",
        "serial": lived.serials["ada"],
        "picture": "as_issued",
    }
    assert shell("verify", "-c", lived.config, lived.serials["ben"], "--json") == 1
    assert json.loads(shell.out)["state"] == "withdrawn"


def test_a_key_alone_does_not_say_that_one_holds(lived: Lived, shell: Shell) -> None:
    """Not of one that was withdrawn, nor of anybody who was forgotten."""
    for who in ("ada", "ben", "mia"):
        assert shell("verify", "--key", lived.public, lived.codes[who], "--json") == 0
        found = json.loads(shell.out)
        assert (found["is_valid"], found["is_signed"]) == (None, True)
    assert shell("verify", "-c", lived.config, lived.codes["ben"], "--json") == 1
    found = json.loads(shell.out)
    assert (found["is_valid"], found["is_signed"]) == (False, True)


def test_a_number_in_a_picture_says_nothing_of_it(lived: Lived, shell: Shell, tmp_path: Path) -> None:
    bare = tmp_path / "bare.png"
    png = lived.pictures["ada"].read_bytes()
    code = lived.codes["ada"].encode()
    start = png.index(b"tEXt") - 4
    end = png.index(code) + len(code) + 4
    bare.write_bytes(with_text(png[:start] + png[end:], KEYWORD, lived.serials["ada"]))
    assert shell("verify", "-c", lived.config, bare) == 1
    assert "no code in this file" in shell.out


def test_a_code_is_found_in_pasted_words_and_its_half_is_not_called_forged(lived: Lived, shell: Shell) -> None:
    code = lived.codes["ada"]
    for said in (f"Code: {code}", f"Here it is:\n{code[:90]}\n{code[90:]}\nThanks!", f"({code})."):
        assert shell("verify", "-c", lived.config, said) == 0
        assert "Ada Example" in shell.out
    for cut in (code[:-20], code[: code.rindex(".")], code[: code.rindex(".") + 1], code[:60]):
        assert shell("verify", "-c", lived.config, cut) == 2
        assert "not complete" in shell.out
        assert "Forged" not in shell.out


def test_no_argument_ends_in_a_traceback(lived: Lived, shell: Shell) -> None:
    for said in ("x" * 5000, "\udcff\udcfe", "a\0b", "", "/dev/zero"):
        assert shell("verify", "-c", lived.config, said) == 2
        assert "no code" in shell.err


def test_what_cannot_be_found_out_is_not_called_invalid(lived: Lived, shell: Shell, tmp_path: Path) -> None:
    code = lived.codes["ada"]
    assert shell("verify") == 2
    assert shell("verify", "-c", lived.config, "what is this") == 2
    assert shell("verify", "-c", lived.config, tmp_path / "missing.png") == 2
    assert shell("verify", "-c", tmp_path / "missing.yaml", code) == 2
    assert shell("verify", "--key", "no key", code) == 2
    assert shell("verify", "--key", lived.public, lived.serials["ada"]) == 2
    empty = tmp_path / "config.yaml"
    write_course(tmp_path / "writing", demo=QUIET)
    empty.write_text(lived.config.read_text(encoding="utf-8"), encoding="utf-8")
    assert shell("verify", "-c", empty, code) == 2
    assert [*tmp_path.rglob("*.db")] == []
