"""Members' texts made safe to keep."""


def clean_text(text: str) -> str:
    """A text without NUL and lone surrogates, which databases and JSON refuse."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
