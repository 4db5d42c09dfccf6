"""`python -m bot`."""

import signal
import sys

if sys.argv[1:2] != ["test"]:
    # Ctrl-C while it still loads ends it at once and without a traceback, as SIGTERM does; `demo` and `run` take both
    # signals over as soon as there is something to bring to a good end.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from bot.cli import main

sys.exit(main(sys.argv[1:]))
