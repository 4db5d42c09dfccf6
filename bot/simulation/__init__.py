"""A whole course in a minute: scripted people on the local chat, the real core on SQLite, and a clock that is moved."""
