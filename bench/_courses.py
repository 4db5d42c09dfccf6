"""Many courses that are under way, out of the files of one."""

import json
import shutil
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

_BEGUN = timedelta(days=2)
_LASTS = timedelta(days=14)
_KINDS = ("main", "staff")  # of the first spaces; the others are groups of students


def write_courses(
    pack: Path, folder: Path, chats: Mapping[str, Sequence[str]], *, each: int, today: date
) -> list[Path]:
    """Courses of `each` spaces, with rituals for these days. `chats`: by platform; a space has one of each."""
    rooms = [dict(zip(chats, here, strict=True)) for here in zip(*chats.values(), strict=True)]
    written = []
    for number, first in enumerate(range(0, len(rooms), each)):
        home = folder / f"course-{number}"
        shutil.copytree(pack, home)
        file = home / "course.yaml"
        course = yaml.safe_load(file.read_text(encoding="utf-8"))
        course |= {
            "starts": today - _BEGUN,
            "ends": today - _BEGUN + _LASTS - timedelta(days=1),
            "spaces": [_space(place, room) for place, room in enumerate(rooms[first : first + each])],
            "staff": {"admins": [f"{platform}:1" for platform in chats]},
        }
        file.write_text(yaml.safe_dump(course, allow_unicode=True), encoding="utf-8")
        written.append(home)
    return written


def _space(place: int, room: Mapping[str, str]) -> dict[str, str]:
    if place < len(_KINDS):
        return {"id": _KINDS[place], "kind": _KINDS[place], **room}
    return {"id": f"group-{place}", "kind": "interest", **room}


def write_config(folder: Path, courses: Sequence[Path], *, platforms: Mapping[str, Any], **more: Any) -> Path:
    """The config.yaml of an installation in English with these courses; `more` stands beside them."""
    config = folder / "config.yaml"
    settings = {"language": "en", "courses": [str(course) for course in courses], "platforms": platforms, **more}
    config.write_text(json.dumps(settings), encoding="utf-8")  # which is YAML, too
    return config
