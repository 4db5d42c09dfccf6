"""What files are called on their way to Discord: their names stand between quotation marks in a line of the upload."""

import unicodedata

_TAKEN = '"\\/'  # end the name, or make a folder of it
_NEVER = {"Cc", "Cs", "Zl", "Zp"}  # controls, halves of characters, ends of lines


def file_name(name: str) -> str:
    """The name with _ for every character that could be read as something else."""
    return "".join("_" if one in _TAKEN or unicodedata.category(one) in _NEVER else one for one in name) or "file"


def media_type(given: str) -> str:
    """The type as a line of the upload may hold it."""
    return given if given.isascii() and given.isprintable() and "/" in given else "application/octet-stream"
