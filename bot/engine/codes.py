"""One-time codes that people type: ten characters in two groups, kept as a digest only."""

import hashlib
import re
import secrets


def new_code() -> str:
    """`1A2B3-C4D5E`."""
    code = secrets.token_hex(5).upper()
    return f"{code[:5]}-{code[5:]}"


def digest_of(code: str) -> str:
    """How a code is kept: never as itself. Case, spaces and dashes do not matter."""
    return hashlib.sha256(re.sub(r"[^A-Z0-9]", "", code.upper()).encode()).hexdigest()
