"""Pictures and files of a course: noticed when they change, kept with their version, posted as they were."""

import asyncio
import os
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from bot.engine.feature import Registry
from bot.features import FEATURES
from bot.watching import FolderWatch
from rules.attachments import FOLDER, MAX_FILES
from rules.loader import load_course, read_folder
from tests.community import Community, write_course
from tests.shell import Shell

PNG = b"\x89PNG\r\n\x1a\n a cover"
JPEG = b"\xff\xd8\xff a photograph"
POST = "notice: {every: day, at: 09:00, do: post, say: Look!, image: files/cover.png}\n"
VOCABULARY = Registry(FEATURES).vocabulary()


def keep(folder: Path, name: str, content: bytes) -> Path:
    path = folder / FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def problems_in(folder: Path) -> list[tuple[str, str]]:
    found = load_course("writing", read_folder(folder), VOCABULARY).problems
    return [(problem.file, problem.text.id) for problem in found]


async def posted(course: Community) -> bytes:
    """What the newest picture that was posted holds."""
    file = [file for post in await course.messages() for file in post.files][-1]
    path = course.run.app.settings.data / "files" / file.sha256[:2] / file.sha256
    return path.read_bytes()


# --- what is in the folder --------------------------------------------------------------------------------------------


def test_a_file_is_known_by_its_name_size_type_and_content(tmp_path: Path) -> None:
    folder = write_course(tmp_path / "writing")
    keep(folder, "cover.png", PNG)
    keep(folder, "photo.png", JPEG)  # whatever its name says
    keep(folder, "week1/讲义.pdf", b"%PDF")
    keep(folder, "notes.yaml", b"- no course file")
    files = load_course("writing", read_folder(folder), VOCABULARY).course.files
    assert {name: (file.name, file.media_type, file.size) for name, file in files.items()} == {
        "files/cover.png": ("cover.png", "image/png", len(PNG)),
        "files/photo.png": ("photo.png", "image/jpeg", len(JPEG)),
        "files/week1/讲义.pdf": ("讲义.pdf", "application/pdf", 4),
        "files/notes.yaml": ("notes.yaml", "application/octet-stream", 16),
    }


def test_what_cannot_be_posted_is_off_by_itself(tmp_path: Path) -> None:
    folder = write_course(tmp_path / "writing", rituals=POST)
    keep(folder, "cover.png", PNG)
    keep(folder, "empty.txt", b"")
    keep(folder, ".DS_Store", b"hidden")
    keep(folder, ".git/config", b"hidden")
    with (folder / FOLDER / "huge.zip").open("wb") as file:
        file.truncate(20 * 1024 * 1024 + 1)
    (tmp_path / "secret.txt").write_text("not of the course", encoding="utf-8")
    (folder / FOLDER / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / FOLDER / "inside.png").symlink_to(folder / FOLDER / "cover.png")
    (folder / FOLDER / "gone.txt").symlink_to(tmp_path / "gone.txt")
    os.mkfifo(folder / FOLDER / "pipe")
    keep(folder, "be\x07ll.txt", b"x")
    assert problems_in(folder) == [
        ("files/be?ll.txt", "problem.attachment_name"),
        ("files/empty.txt", "problem.attachment_empty"),
        ("files/huge.zip", "problem.attachment_too_large"),
        ("files/link.txt", "problem.attachment_outside"),
    ]
    course = load_course("writing", read_folder(folder), VOCABULARY).course
    assert sorted(course.files) == ["files/cover.png", "files/inside.png"]
    assert [ritual.id for ritual in course.rituals] == ["notice"]


def test_a_folder_outside_of_the_course_is_none_of_its_files(tmp_path: Path) -> None:
    folder = write_course(tmp_path / "writing")
    keep(tmp_path, "cover.png", PNG)
    (folder / "files").symlink_to(tmp_path / "files")
    assert problems_in(folder) == [("files/cover.png", "problem.attachment_outside")]


def test_too_many_files_are_told_of_once(tmp_path: Path) -> None:
    folder = write_course(tmp_path / "writing")
    for number in range(MAX_FILES + 5):
        keep(folder, f"{number:03}.txt", b"x")
    assert problems_in(folder) == [("files/", "problem.too_many_attachments")]
    assert len(load_course("writing", read_folder(folder), VOCABULARY).course.files) == MAX_FILES


def test_check_shows_them_in_both_languages(tmp_path: Path, shell: Shell) -> None:
    folder = write_course(tmp_path / "writing")
    keep(folder, "empty.txt", b"")
    for language, words in (("en_GB", "the file is empty"), ("zh_CN", "文件是空的")):
        shell.speaks(f"{language}.UTF-8")
        assert shell("check", folder) == 1
        assert f"files/empty.txt:1:1: {words}" in shell.out


# --- what becomes of them ---------------------------------------------------------------------------------------------


async def test_a_picture_that_changes_is_noticed_and_posted_as_it_was_then(open_community, tmp_path: Path) -> None:
    cover = keep(tmp_path / "writing", "cover.png", PNG)
    course: Community = await open_community(rituals=POST)
    await course.until(9)
    watch = FolderWatch(
        course.run.app.library.folders, course.run.app.sink, course.run.app.database, lambda: course.now
    )
    await watch.look()
    cover.write_bytes(PNG + b" by another artist")
    await watch.look()
    await course.run.control.settle()
    assert "The changed course files are live now." in (await course.said("chen", "staff"))[-1]
    await course.until(9)
    assert await posted(course) == PNG + b" by another artist"
    first = next(post for post in await course.messages() if post.files)
    assert first.files[0].size == len(PNG)


async def test_what_was_posted_stays_when_the_file_is_gone(open_community, tmp_path: Path) -> None:
    keep(tmp_path / "writing", "cover.png", PNG)
    course: Community = await open_community(rituals=POST)
    await course.until(9)
    shutil.rmtree(tmp_path / "writing" / "files")
    heard = await course.answer("chen", "/reload", room="staff")
    assert "there is no file “files/cover.png”" in heard
    assert await posted(course) == PNG
    await course.until(9)
    assert len([post for post in await course.messages() if post.files]) == 1


async def test_a_new_folder_of_files_is_watched(open_community) -> None:
    course: Community = await open_community()
    app = course.run.app
    heard = asyncio.Event()

    async def sink(events) -> None:
        await app.sink(events)
        heard.set()

    watch = FolderWatch(app.library.folders, sink, app.database, app.clock.now)
    watching = asyncio.create_task(watch.run())
    try:
        for name in ("cover.png", "week1/photo.png"):
            await asyncio.wait_for(_until_heard(course, name, heard), 60)
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    live = (await app.live()).courses
    assert sorted(next(iter(live.values())).files) == ["files/cover.png", "files/week1/photo.png"]


async def _until_heard(course: Community, name: str, heard: asyncio.Event) -> None:
    heard.clear()
    keep(course.folder, name, PNG + name.encode())
    await heard.wait()


# --- versions and backups ---------------------------------------------------------------------------------------------


@pytest.fixture
def lived(tmp_path: Path) -> Path:
    """The config of a course that had one picture, and then another."""

    async def live() -> None:
        folder = write_course(tmp_path / "writing", rituals=POST)
        keep(folder, "cover.png", PNG)
        course = await Community.open(tmp_path / "data", folder)
        await course.until(9)
        keep(folder, "cover.png", JPEG)
        await course.types("chen", "/reload", room="staff")
        await course.types("ada", "/checkin")
        await course.close()

    asyncio.run(live())
    config = tmp_path / "config.yaml"
    database = "database: sqlite:///data/writing.db\ndata: ./data\n"
    config.write_text(f"language: en\n{database}courses: [./writing]\nplatforms: {{local: {{}}}}\n", encoding="utf-8")
    return config


def test_history_writes_the_files_of_a_version(lived: Path, shell: Shell, tmp_path: Path) -> None:
    for number, content in ((1, PNG), (2, JPEG)):
        target = tmp_path / f"version {number}"
        assert shell("rules", "history", "-c", lived, "--show", str(number), "--to", target) == 0
        assert (target / "files" / "cover.png").read_bytes() == content
        assert shell("check", target.rename(tmp_path / f"version-{number}")) == 0


def test_history_says_which_content_is_not_there(lived: Path, shell: Shell, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "data" / "files")
    assert shell("rules", "history", "-c", lived, "--show", "1", "--to", tmp_path / "first") == 1
    assert "files/cover.png was not written" in shell.err
    assert (tmp_path / "first" / "rituals.yaml").read_text(encoding="utf-8") == POST


def test_rules_of_a_course_with_files_can_be_compared(lived: Path, shell: Shell, tmp_path: Path) -> None:
    assert shell("rules", "diff", "--live", tmp_path / "writing", "-c", lived) == 0


def test_a_backup_holds_what_a_course_posted(lived: Path, shell: Shell, tmp_path: Path) -> None:
    assert shell("backup", "-c", lived, "--to", tmp_path / "whole.zip") == 0
    shutil.rmtree(tmp_path / "data")
    assert shell("restore", "-c", lived, tmp_path / "whole.zip") == 0
    assert shell("rules", "history", "-c", lived, "--show", "1", "--to", tmp_path / "first") == 0
    assert (tmp_path / "first" / "files" / "cover.png").read_bytes() == PNG


async def test_a_course_of_another_machine_stores_its_files_again(open_community, tmp_path: Path) -> None:
    keep(tmp_path / "writing", "cover.png", PNG)
    await open_community(rituals=POST)
    shutil.rmtree(tmp_path / "data" / "files")
    course: Community = await open_community(rituals=POST)  # nothing has changed in it
    await course.until(9)
    assert await posted(course) == PNG
