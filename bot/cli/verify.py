"""`verify CODE|SERIAL|FILE.png`: whether a certificate is one of ours, for whom, and whether it still holds."""

import argparse
import hashlib
import json
import os
from datetime import date
from pathlib import Path
from typing import Literal, NamedTuple

from sqlalchemy import Connection

from bot.cli import FINE, MISUSED, PROBLEMS, Terminal
from bot.cli.data import on_data
from bot.config import Settings, load_config
from bot.domain.errors import RulesRejected
from bot.engine.certificates import Certificate, Forged, NotACode, is_code, public_key_in, read, serial_in
from bot.engine.pictures.certificate import KEYWORD
from bot.engine.pictures.png_text import text_in
from bot.features.completion import store
from bot.features.completion.making import KEY
from storage.database import Database
from storage.signing import known

State = Literal["valid", "signed", "withdrawn", "replaced", "gone", "unknown", "forged", "no_code", "not_a_code"]
_CODES: dict[State, int] = {"valid": FINE, "signed": FINE, "not_a_code": MISUSED}
"""What the command ends with; all others mean that it does not hold."""
_HOLDS: dict[State, bool | None] = {"valid": True, "signed": None, "not_a_code": None}
"""None: that can't be said without the database, or the whole code. All others do not hold."""
_SIGNED: tuple[State, ...] = ("valid", "signed", "withdrawn", "replaced", "gone")
_STATES: dict[State, str] = {
    "valid": "verify.is_valid",
    "signed": "verify.is_signed",
    "withdrawn": "verify.is_withdrawn",
    "replaced": "verify.is_replaced",
    "gone": "verify.is_gone",
    "unknown": "verify.is_unknown",
    "forged": "verify.is_forged",
    "no_code": "verify.no_code",
    "not_a_code": "verify.not_a_code",
}
_LARGEST = 30_000_000  # bytes of a file that is looked into


class Verdict(NamedTuple):
    """What came of it."""

    state: State
    serial: str | None = None
    says: Certificate | None = None
    ended: date | None = None
    picture: Literal["as_issued", "changed"] | None = None  # of a file: whether it is the very one that was sent


class _Asked(NamedTuple):
    """What is to be checked."""

    said: str  # a code or a number
    picture: str | None = None  # the hash of the file it stands in


def verify(terminal: Terminal, options: argparse.Namespace) -> int:
    """0: it holds, or with a key alone, it was signed; 1: it does not; 2: that could not be found out."""
    terminal = _spoken(terminal, options)
    if options.public_key:
        return _print_key(terminal, options)
    asked = _asked(terminal, options.what)
    if asked is None:
        return MISUSED
    if options.key is not None:
        return _without_database(terminal, options, asked)
    codes: list[int] = []

    def look(spoken: Terminal, options: argparse.Namespace, settings: Settings, database: Database) -> int:
        with database.begin() as db:
            codes.append(_tell(spoken, options, _checked(db, asked)))
        return FINE

    on_data(look)(terminal, options)
    return codes[0] if codes else MISUSED


def _spoken(terminal: Terminal, options: argparse.Namespace) -> Terminal:
    """In the language of the config where there is one: what is wrong with it is said when it is needed."""
    try:
        return Terminal(texts=terminal.texts, language=load_config(options.config, os.environ).language)
    except RulesRejected:
        return terminal


def _asked(terminal: Terminal, what: str | None) -> _Asked | None:
    """A code, a number, or the code in a file; None after a complaint."""
    if what is None:
        terminal.complain("verify.what")
    elif is_code(what) or serial_in(what):
        return _Asked(what)
    elif not _is_file(what):
        terminal.complain("verify.not_meant", said=what[:80].encode(errors="replace").decode())
    else:
        return _in_file(terminal, Path(what))
    return None


def _is_file(what: str) -> bool:
    """Also of what can be the name of none."""
    try:
        return Path(what).is_file()
    except (OSError, ValueError):
        return False


def _in_file(terminal: Terminal, path: Path) -> _Asked | None:
    """Without a code in it, there is nothing to ask for: a number in a file says nothing of its picture."""
    try:
        if path.stat().st_size > _LARGEST:
            terminal.complain("verify.too_large", path=path)
            return None
        content = path.read_bytes()
    except OSError as trouble:
        terminal.complain("verify.cannot_read", path=path, reason=trouble.strerror)
        return None
    found = text_in(content, KEYWORD) or ""
    return _Asked(found if is_code(found) else "", hashlib.sha256(content).hexdigest())


def _checked(db: Connection, asked: _Asked) -> Verdict:
    if asked.picture and not asked.said:
        return Verdict("no_code")
    pair = known(db, KEY)
    if serial := serial_in(asked.said):
        return _of_serial(db, serial, pair.public if pair else "")
    if pair is None:
        return Verdict("forged")
    try:
        says = read(asked.said, pair.public)
    except Forged:
        return Verdict("forged")
    except NotACode:
        return Verdict("not_a_code")
    return _of_row(db, says, asked.picture)


def _of_serial(db: Connection, serial: str, public: str) -> Verdict:
    row = store.by_serial(db, serial)
    if row is None:
        return Verdict("unknown", serial)
    try:
        return _of_row(db, read(row.code, public), None)
    except (Forged, NotACode):  # somebody has written into the database
        return Verdict("forged", serial)


def _of_row(db: Connection, says: Certificate, picture: str | None) -> Verdict:
    """A code that we have signed. Of who was forgotten there is nothing left to say, though the code names them."""
    row = store.by_serial(db, says.serial)
    if row is None:
        return Verdict("gone", says.serial)
    drawn = store.picture_in(row)
    is_same = bool(drawn and drawn.sha256 == picture)
    shown: Literal["as_issued", "changed"] | None = ("as_issued" if is_same else "changed") if picture else None
    if row.ended_at is None:
        return Verdict("valid", says.serial, says, picture=shown)
    return Verdict("replaced" if row.is_replaced else "withdrawn", says.serial, says, row.ended_at.date(), shown)


# --- without a database -----------------------------------------------------------------------------------------------


def _without_database(terminal: Terminal, options: argparse.Namespace, asked: _Asked) -> int:
    public = public_key_in(options.key)
    if public is None:
        terminal.complain("verify.bad_key")
        return MISUSED
    if serial_in(asked.said):
        terminal.complain("verify.serial_needs_database")
        return MISUSED
    if not asked.said:
        return _tell(terminal, options, Verdict("no_code"))
    try:
        says = read(asked.said, public)
    except Forged:
        return _tell(terminal, options, Verdict("forged"))
    except NotACode:
        return _tell(terminal, options, Verdict("not_a_code"))
    return _tell(terminal, options, Verdict("signed", says.serial, says))


def _print_key(terminal: Terminal, options: argparse.Namespace) -> int:
    codes: list[int] = []

    def look(spoken: Terminal, options: argparse.Namespace, settings: Settings, database: Database) -> int:
        with database.begin() as db:
            pair = known(db, KEY)
        if pair is None:
            spoken.complain("verify.no_key_yet")
        else:
            print(pair.public)
        codes.append(PROBLEMS if pair is None else FINE)
        return FINE

    on_data(look)(terminal, options)
    return codes[0] if codes else MISUSED


# --- what is said -----------------------------------------------------------------------------------------------------


def _tell(terminal: Terminal, options: argparse.Namespace, found: Verdict) -> int:
    if options.json:
        print(json.dumps(_as_json(found), ensure_ascii=False))
    else:
        _say(terminal, found)
    return _CODES.get(found.state, PROBLEMS)


def _as_json(found: Verdict) -> dict[str, object]:
    says = found.says
    told = {
        "name": says.name,
        "course": says.course,
        "starts": says.starts.isoformat(),
        "ends": says.ends.isoformat(),
        "issued": says.issued.isoformat(),
    } if says else {}  # fmt: skip
    more = {"serial": found.serial, "ended": found.ended and found.ended.isoformat(), "picture": found.picture}
    is_signed = None if found.state in ("unknown", "not_a_code") else found.state in _SIGNED
    head = {"state": found.state, "is_valid": _HOLDS.get(found.state, False), "is_signed": is_signed}
    return {**head, **told, **{name: value for name, value in more.items() if value is not None}}


def _say(terminal: Terminal, found: Verdict) -> None:
    ended = found.ended.isoformat() if found.ended else ""
    terminal.say(_STATES[found.state], serial=found.serial or "", date=ended)
    if found.says:
        says = found.says
        terminal.say("verify.name", name=says.name)
        terminal.say("verify.course", course=says.course, starts=says.starts.isoformat(), ends=says.ends.isoformat())
        terminal.say("verify.issued", date=says.issued.isoformat(), serial=says.serial)
    if found.picture:
        terminal.say("verify.as_issued" if found.picture == "as_issued" else "verify.changed")
