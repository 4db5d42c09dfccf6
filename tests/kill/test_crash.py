"""`./homeroom crash` as it is run for every change: twenty kills for each adapter, and a few on PostgreSQL."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.cli import FINE, PROBLEMS, main
from tests.postgres import postgres

pytestmark = pytest.mark.kill

KILLS, KILLS_ON_POSTGRES = 20, 5
SEED = 20270301


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept where something is wrong goes with the test."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("LANGUAGE", "en")


def crashed(*arguments: str) -> int:
    return main(["crash", "--seed", str(SEED), *arguments])


@pytest.mark.parametrize("adapter", ["telegram", "discord", "local"])
def test_nothing_acknowledged_is_lost_or_counted_twice(
    adapter: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = crashed("--adapter", adapter, "--kills", str(KILLS))
    printed = capsys.readouterr()
    with capsys.disabled():
        print(printed.out, printed.err)
    assert status == FINE, printed.out[-6000:] + printed.err[-2000:]
    assert list(tmp_path.glob("homeroom-crash-*")) == []  # nothing is left where all is well


def test_the_same_holds_on_postgresql(capsys: pytest.CaptureFixture[str]) -> None:
    with postgres() as address:
        kills = str(KILLS_ON_POSTGRES)
        status = crashed("--adapter", "local", "--kills", kills, "--database", address, "--json")
        printed = capsys.readouterr()
        with capsys.disabled():
            print(printed.out, printed.err)
        assert status == FINE, printed.out[-6000:] + printed.err[-2000:]
        found: dict[str, Any] = json.loads(printed.out)
        assert found["kills"] == KILLS_ON_POSTGRES
        assert found["problems"] == []
        assert {one["lost"] + one["doubled"] for one in found["effects"]} == {0}


def test_a_database_that_holds_tables_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with postgres() as address:
        plain = address.replace("+psycopg", "")
        with psycopg.connect(plain, autocommit=True) as db:
            db.execute("CREATE TABLE ledger (points integer)")
            db.execute("INSERT INTO ledger VALUES (5)")
        assert crashed("--adapter", "local", "--kills", "1", "--database", address) == PROBLEMS
        assert "public.ledger" in capsys.readouterr().err
        with psycopg.connect(plain) as db:
            assert db.execute("SELECT points FROM ledger").fetchall() == [(5,)]
