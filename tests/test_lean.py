"""What a process does not load that never needs it: it would be held in memory for as long as it runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.serving import rare_collection, without

_HOME = Path(__file__).parent.parent
_SIGNED = """
from bot.engine.certificates import new_key_pair
assert len(new_key_pair().public) == 43
"""


def loaded_by(words: str, *, then: str = "") -> set[str]:
    """The packages that a new process has loaded after these words. What it does then must succeed, too."""
    look = "import sys\nfound = {name.partition('.')[0] for name in sys.modules}"
    script = f"{words}\n{look}\n{then}\nprint(*found)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", script],
        cwd=_HOME,
        env={**os.environ, "PYTHONPATH": str(_HOME)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_neither_signing_nor_drawing_is_loaded_before_it_is_used() -> None:
    assert loaded_by("import bot.cli.run").isdisjoint({"cryptography", "fontTools", "resvg_py", "alembic"})


def test_telegram_is_spoken_without_what_is_never_asked_of_it_and_certificates_are_signed_all_the_same() -> None:
    words = "from bot.cli.serving import without\nwith without('cryptography', 'rich'):\n    import bot.telegram"
    assert loaded_by(words, then=_SIGNED).isdisjoint({"cryptography", "rich"})


def test_a_package_that_is_hidden_is_there_again_afterwards() -> None:
    with without("pytest", "wave"):
        assert sys.modules["pytest"] is pytest
        with pytest.raises(ModuleNotFoundError):
            import wave
    import wave

    assert sys.modules["wave"] is wave


def test_serving_works_where_the_c_library_takes_nothing_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: None) -> object:
        return object()

    monkeypatch.setattr("ctypes.CDLL", missing)
    with rare_collection():
        pass
