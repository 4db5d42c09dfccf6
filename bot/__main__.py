"""`python -m bot`."""

import sys

try:
    from bot.cli import main

    code = main(sys.argv[1:])
except KeyboardInterrupt:  # Ctrl-C before anything runs that would have to end in good order
    code = 130
sys.exit(code)
