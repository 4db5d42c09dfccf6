"""What a certificate says in one line of plain letters, signed with Ed25519; and the numbers of certificates. Pure.

A code is `HR1.PAYLOAD.SIGNATURE`, both in base64url without padding. The payload is a JSON array of the fields of
`Certificate` in their order; what is signed are the ASCII letters up to the second dot, so that the version is, too.

`cryptography` takes 6 MB, so it is imported where something is signed or checked: most processes never do.
"""

import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date
from typing import NamedTuple

import msgspec

_VERSION = "HR1"
_CODE = re.compile(r"HR1\.([A-Za-z0-9_-]{2,4000})\.([A-Za-z0-9_-]{86})")
_WHOLE = re.compile(r"HR[0-9]+\.[^.]+\.[^.]{86}")
_BEGUN = re.compile(r"HR[0-9]+\.[A-Za-z0-9_-]{8}")
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without those that are taken for others."""
_TAKEN_FOR = str.maketrans("OIL", "011")
_SERIAL = re.compile(rf"HR-?([{_LETTERS}]{{5}})-?([{_LETTERS}]{{5}})")


class Certificate(msgspec.Struct, frozen=True, array_like=True):
    """What a certificate says."""

    serial: str
    name: str
    course: str  # its title
    starts: date
    ends: date
    issued: date


class KeyPair(NamedTuple):
    """Both in base64url, 32 bytes each."""

    private: str
    public: str


class NotACode(Exception):
    """The words are none of our codes, or one that was cut off."""


class Forged(Exception):
    """It looks like a code, and this key has not signed it."""


def new_key_pair() -> KeyPair:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    return KeyPair(_encoded(private.private_bytes_raw()), _encoded(private.public_key().public_bytes_raw()))


def new_serial() -> str:
    """`HR-7K2PA-09QXM`: fifty bits by chance, so that nobody finds one by trying."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(10))
    return f"HR-{letters[:5]}-{letters[5:]}"


def serial_in(said: str) -> str | None:
    """The number that somebody has typed: case, spaces and letters that look like others make no difference."""
    letters = "".join(said.split()).upper()
    found = _SERIAL.fullmatch("HR" + letters[2:].translate(_TAKEN_FOR)) if letters.startswith("HR") else None
    return f"HR-{found[1]}-{found[2]}" if found else None


def public_key_in(said: str) -> str | None:
    """A public key as it was printed; None where it is none."""
    try:
        found = _decoded(said.strip())
    except NotACode:
        return None
    return said.strip() if len(found) == 32 else None


def signed(certificate: Certificate, private: str) -> str:
    """The code of a certificate."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    head = f"{_VERSION}.{_encoded(msgspec.json.encode(certificate))}"
    signature = Ed25519PrivateKey.from_private_bytes(_decoded(private)).sign(head.encode())
    return f"{head}.{_encoded(signature)}"


def read(said: str, public: str) -> Certificate:
    """What a code says, whose signature is right. Raises NotACode, Forged.

    Line breaks in it do not matter, nor the words around it. One that was cut off is no code.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    found = _CODE.search(said) or _CODE.search("".join(said.split()))
    if found is None:
        raise Forged if _WHOLE.search("".join(said.split())) else NotACode
    try:
        signature, payload = _decoded(found[2]), _decoded(found[1])
        head = found[0].rpartition(".")[0]
        Ed25519PublicKey.from_public_bytes(_decoded(public)).verify(signature, head.encode())
        return msgspec.json.decode(payload, type=Certificate)
    except (NotACode, InvalidSignature, msgspec.DecodeError) as error:
        raise Forged from error


def is_code(said: str) -> bool:
    """Whether one stands in it, or the beginning of one, signed or not."""
    return _BEGUN.search("".join(said.split())) is not None


def _encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    """Only what `_encoded` writes: the same bytes are never written in two ways. Raises NotACode."""
    try:
        content = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise NotACode from error
    if _encoded(content) != text:
        raise NotACode
    return content
