"""Commands of the command line, run in the process of a test."""

from pathlib import Path

import pytest

from bot.cli import main


class Shell:
    """Runs commands in this process, and keeps what they printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._environment = monkeypatch
        self.out = self.err = ""
        for name in ("LC_ALL", "LC_MESSAGES"):
            monkeypatch.delenv(name, raising=False)
        self.speaks("en_US.UTF-8")

    def speaks(self, lang: str) -> None:
        self._environment.setenv("LANG", lang)

    def has(self, name: str, value: str) -> None:
        self._environment.setenv(name, value)

    def __call__(self, *arguments: str | Path) -> int:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as end:  # so argparse ends
            code = int(end.code or 0)
        self.out, self.err = self._capsys.readouterr()
        return code

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()
