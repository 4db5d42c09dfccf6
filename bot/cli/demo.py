"""`demo`: a course community in the browser."""

import argparse
import asyncio
import os
import sys
import webbrowser
from pathlib import Path

from adapters.local.access import Access
from adapters.local.served import ServedAdapter
from adapters.local.server import WebServer
from bot.app import real_now
from bot.cli import FINE, PROBLEMS, Terminal
from bot.cli.configured import in_words
from bot.cli.serving import quiet_logs, stopped_by_signals
from bot.config import Settings
from bot.demo import PACK_OF, PACKS, demo_settings, start_demo
from bot.domain.ids import Language, language_of
from storage.files import FileStore
from storage.leases import Holder


def demo(terminal: Terminal, options: argparse.Namespace) -> int:
    language: Language = language_of(options.lang) or terminal.language
    spoken = Terminal(texts=terminal.texts, language=language)
    folder = options.course.resolve() if options.course else PACKS / PACK_OF[language]
    data = (options.data or Path(__file__).parent.parent.parent / "data" / "demo").resolve()
    settings = demo_settings(data, language, folder, options.port)
    quiet_logs()
    return in_words(spoken, lambda: asyncio.run(_demo(spoken, settings, options)))


async def _demo(terminal: Terminal, settings: Settings, options: argparse.Namespace) -> int:
    run = await start_demo(settings)
    if isinstance(run, Holder):
        terminal.complain("demo.running", pid=run.pid)
        return PROBLEMS
    access = Access(run.adapter.chat.store, is_demo=True, real_now=real_now)
    files = FileStore(settings.data / "files")
    server = WebServer(run.adapter.chat, files, run.control, access, port=options.port)
    try:
        port = server.bind()
    except OSError:
        terminal.complain("demo.port_taken", port=options.port, other=options.port + 1)
        await run.app.close()
        return PROBLEMS
    address = f"http://127.0.0.1:{port}/"

    async def greet() -> None:
        await server.listening.wait()
        terminal.say("demo.ready", address=address, course=run.control.title, data=settings.data)
        if not options.no_browser and _has_screen():
            webbrowser.open(address)

    greeting = asyncio.create_task(greet())
    with stopped_by_signals() as stopping:
        await run.app.run([ServedAdapter(run.adapter, server, at_start=run.control.catch_up)], stopping, ticks=False)
    greeting.cancel()
    terminal.say("demo.stopped")
    return FINE


def _has_screen() -> bool:
    """Whether a browser would open beside the terminal, not inside it."""
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
