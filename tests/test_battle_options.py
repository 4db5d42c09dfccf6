"""What a course may say of its battles: what is wrong is told with its place, and the preview shows it."""

from pathlib import Path

import pytest

from tests.community import write_course
from tests.shell import Shell

BATTLE = """
quiz_night:
  every: monday
  at: 19:00
  do: battle
"""
ONE = "questions: [{ask: Which?, options: [This, That], right: 1}]"


def with_options(options: str) -> str:
    return BATTLE + "".join(f"  {line}\n" for line in options.splitlines())


@pytest.mark.parametrize(
    ("options", "english", "chinese"),
    [
        ("title: Quiz", "questions", "questions"),
        ("questions: []", "questions: must not be empty", "questions"),
        ("questions: [{ask: Which?, options: [This], right: 1}]", "options: at least 2", "options：至少 2 个"),
        (
            "questions: [{ask: Which?, options: [This, That], right: 3}]",
            "there are 2 options, so there is no option 3 (counting from 1)",
            "一共 2 个选项，没有第 3 个（从 1 数起）",
        ),
        (
            "questions: [{ask: Which?, options: [This, That], right: 0}]",
            "right: should be at least 1",
            "right：不能小于 1",
        ),
        ("questions: [{ask: Which?, options: [This, That], right: This}]", "right", "right"),
        ("questions: [{ask: Which?, options: [This, That]}]", "right", "right"),
        (
            "questions: [{ask: Which?, options: [This, This], right: 1}]",
            "the option “This” is there twice",
            "选项“This”重复了",
        ),
        (
            f"questions: [{{ask: Which?, options: [This, {'x' * 41}], right: 1}}]",
            "is too long for a button: one line, at most 40 letters or 20 Chinese characters",
            "按钮上放不下：写成一行，最多 20 个汉字或 40 个字母",
        ),
        (f"questions: [{{ask: Which?, options: [This, {'字' * 21}], right: 1}}]", "too long for a button", "放不下"),
        (f"questions: [{{ask: {'字' * 301}, options: [This, That], right: 1}}]", "300", "300"),
        (
            "questions: [{ask: Which?, options: [A, B, C, D, E, F, G], right: 1}]",
            "options: at most 6",
            "options：最多 6 个",
        ),
        (f"{ONE}\nseconds: 2", "seconds: should be at least 5", "seconds：不能小于 5"),
        (f"{ONE}\ncount: 21", "count: should be at most 20", "count：不能大于 20"),
        (f"{ONE}\npause: 1s", "pause: should be between 3s and 10m", "pause：写 3s 到 10m 之间的时长"),
        (f"{ONE}\nstarts_in: 2h", "starts_in: should be between 15s and 30m", "starts_in：写 15s 到 30m 之间的时长"),
        (f"{ONE}\nsecond: 20", "did you mean seconds", "seconds"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    options: str, english: str, chinese: str, tmp_path: Path, shell: Shell
) -> None:
    folder = write_course(tmp_path / "writing", rituals=with_options(options))
    for language, words in (("en_GB", english), ("zh_CN", chinese)):
        shell.speaks(f"{language}.UTF-8")
        assert shell("check", folder) == 1
        assert words in shell.out
        assert "rituals.yaml:" in shell.out


def test_twenty_chinese_characters_are_an_option(tmp_path: Path, shell: Shell) -> None:
    options = f"questions: [{{ask: 哪个？, options: [{'字' * 20}, {'x' * 40}], right: 2, because: 因为}}]"
    assert shell("check", write_course(tmp_path / "writing", rituals=with_options(options))) == 0


def test_the_preview_shows_it(tmp_path: Path, shell: Shell) -> None:
    folder = write_course(tmp_path / "writing", rituals=with_options(f"{ONE}\ntitle: Title battle"))
    assert shell("preview", folder, "--days", "1", "--from", "2027-03-01") == 0
    assert [line[:16] + line[45:] for line in shell.lines] == ["2027-03-01 19:00 Title battle: a battle of 1 question"]
