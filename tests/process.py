"""The real program as a process of its own: started, talked to over HTTP, killed, started again."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, TypeVar

import httpx

Found = TypeVar("Found")

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+(?=/)")
_LOOK = 0.03  # seconds between two looks at a condition


def until(question: Callable[[], Found | None], what: str, *, within: float = 90.0) -> Found:
    """Ask until the answer is yes; what it was."""
    deadline = time.monotonic() + within
    while not (found := question()):
        assert time.monotonic() < deadline, f"after {within:.0f} s still not: {what}"
        time.sleep(_LOOK)
    return found


class Program:
    """`python -m bot …`; the same data when it is started again. Only what was started here is ever ended."""

    def __init__(self, arguments: Sequence[str], folder: Path) -> None:
        self._arguments = list(arguments)
        self._folder = self._logs = folder
        self._first = ["-m", "bot"]
        self._starts = 0
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def demo(cls, folder: Path, *more: str, language: str = "en", port: int = 0) -> Program:
        data = ["--data", str(folder / "data"), "--lang", language]
        return cls(["demo", "--port", str(port), "--no-browser", *data, *more], folder)

    @classmethod
    def run(cls, folder: Path, config: Path) -> Program:
        return cls(["run", "-c", str(config)], folder)

    # --- starting and ending ------------------------------------------------------------------------------------------

    def start(self) -> str:
        """Start, and wait until it can be talked to; its address."""
        self.launch()
        return self.ready()

    def launch(self) -> None:
        """Start, and wait for nothing."""
        assert not self.is_running, "it runs already"
        self._logs.mkdir(parents=True, exist_ok=True)
        self._starts += 1
        command = [sys.executable, "-P", *self._first, *self._arguments]
        with self._log("out").open("wb") as out, self._log("err").open("wb") as err:
            self._process = subprocess.Popen(command, stdout=out, stderr=err, cwd=self._folder, env=_environment())

    def ready(self, *, within: float = 90.0) -> str:
        """The address, once it was printed and answers."""

        def answers() -> str | None:
            assert self.is_running, f"it ended with {self.exit_code}:\n{self.printed}\n{self.complaints}"
            found = _ADDRESS.search(self.printed)
            return found[0] if found and _is_answered(found[0]) else None

        return until(answers, "the program is ready", within=within)

    def stays_at(self, address: str) -> None:
        """From now on start on this address's port."""
        at = self._arguments.index("--port")
        self._arguments[at + 1] = address.rpartition(":")[2]

    def begins_with(self, script: Path | None = None, *arguments: str) -> None:
        """From now on start through a script of the test's own; None: as everyone does."""
        self._first = [str(script), *arguments] if script else ["-m", "bot"]

    def logs_to(self, folder: Path) -> None:
        """Keep what it prints in a folder of its own."""
        self._logs = folder

    def kill(self) -> None:
        """`kill -9`."""
        self._end(signal.SIGKILL)

    def stop(self, number: signal.Signals = signal.SIGTERM, *, within: float = 15.0) -> int:
        """End it in an orderly way; its exit code."""
        self._end(number, within=within)
        return self.exit_code

    def _end(self, number: signal.Signals, *, within: float = 15.0) -> None:
        if self._process is not None:
            if self.is_running:
                self._process.send_signal(number)
            try:
                self._process.wait(within)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
                raise AssertionError(f"still running {within} s after {number.name}:\n{self.complaints}") from None

    # --- looking at it ------------------------------------------------------------------------------------------------

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int:
        assert self._process is not None
        assert self._process.returncode is not None
        return self._process.returncode

    @property
    def printed(self) -> str:
        """What it has printed since it was started last."""
        return self._log("out").read_text("utf-8", "replace")

    @property
    def complaints(self) -> str:
        """What it has written to standard error since it was started last."""
        return self._log("err").read_text("utf-8", "replace")

    @property
    def all_complaints(self) -> str:
        """The same over all its starts."""
        logs = sorted(self._logs.glob("*.err"))
        return "".join(path.read_text("utf-8", "replace") for path in logs)

    def _log(self, kind: str) -> Path:
        return self._logs / f"{self._starts:03}.{kind}"


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY", "LC_ALL")}
    return {**kept, "LANG": "C.UTF-8"}


def _is_answered(address: str) -> bool:
    try:
        return httpx.get(f"{address}/api/state", trust_env=False, timeout=5).status_code != 503
    except httpx.TransportError:
        return False


class Talk:
    """One person's side of the chat's JSON API."""

    def __init__(self, address: str, who: str = "") -> None:
        self.who = who
        self._client = httpx.Client(base_url=address, trust_env=False, timeout=30)

    def __enter__(self) -> Talk:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def say(self, text: str, *, room: str = "main", **more: Any) -> int:
        return int(self.post("say", room=room, text=text, **more)["number"])

    def press(self, label: str, *, room: str = "main") -> str | None:
        """Press the newest button with this label; what one alone is told."""
        for message in reversed(self.messages(room=room)):
            for button in message["buttons"]:
                if button["label"] == label:
                    pressed = self.post("press", room=room, message=message["number"], command=button["command"])
                    answer = pressed.get("answer")
                    return None if answer is None else str(answer)
        raise AssertionError(f"nobody sees a button {label!r}")

    def advance(self, to: str) -> str:
        return str(self.post("advance", to=to)["now"])

    def messages(self, *, room: str = "main") -> list[dict[str, Any]]:
        """Everything in a room that one sees, in order."""
        found: dict[int, dict[str, Any]] = {}
        revision = 0
        while True:
            page = self.get("messages", room=room, after=str(revision))
            found |= {message["number"]: message for message in page["messages"]}
            if not page["messages"]:
                return [found[number] for number in sorted(found)]
            revision = page["revision"]

    def texts(self, *, room: str = "main") -> list[str]:
        return [message["text"] for message in self.messages(room=room)]

    def state(self) -> dict[str, Any]:
        return self.get("state")

    def post(self, call: str, **content: Any) -> dict[str, Any]:
        acting = {"as": self.who} if self.who and call != "advance" else {}
        return _content(self._client.post(f"/api/{call}", json={**acting, **content}))

    def get(self, call: str, **query: str) -> dict[str, Any]:
        return _content(self._client.get(f"/api/{call}", params={**({"as": self.who} if self.who else {}), **query}))

    def sign_in(self, link: str) -> httpx.Response:
        """Open a sign-in link and press its button; the session stays with this side."""
        return self._client.post(link)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Any request, answered as it is."""
        return self._client.request(method, path, **more)


def _content(answer: httpx.Response) -> dict[str, Any]:
    answer.raise_for_status()
    content: dict[str, Any] = answer.json()
    return content


def rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    """What a look into the database shows, from outside of the program."""
    with closing(sqlite3.connect(database, timeout=30)) as db:
        return db.execute(query).fetchall()


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command that ends by itself."""
    line = [sys.executable, "-P", "-m", "bot", *arguments]
    return subprocess.run(
        line, cwd=folder, env=_environment(), capture_output=True, text=True, encoding="utf-8", timeout=60, check=False
    )


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on just now."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
