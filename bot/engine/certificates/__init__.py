"""Certificates as signed codes, which anybody who has the public key can check without us."""

from bot.engine.certificates.codes import (
    Certificate,
    Forged,
    KeyPair,
    NotACode,
    is_code,
    new_key_pair,
    new_serial,
    public_key_in,
    read,
    serial_in,
    signed,
)

__all__ = [
    "Certificate",
    "Forged",
    "KeyPair",
    "NotACode",
    "is_code",
    "new_key_pair",
    "new_serial",
    "public_key_in",
    "read",
    "serial_in",
    "signed",
]
