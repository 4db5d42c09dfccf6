"""The `{placeholders}` of a text, ours or a course's own; how its marks show is for `bot.texts`."""

import re

_LINK = r"https?://[^\s<>`*（）()，。；]*[^\s<>`*（）()，。；.,;:!?'\"]"
TOKEN = re.compile(r"\*\*|`|\{\{|\}\}|\{([a-z_][a-z0-9_.]*)\}|" + _LINK)
"""Whatever is not itself in a text; the group is the name of a placeholder."""


def placeholders(template: str) -> list[str]:
    """The names that a template asks for, in their order."""
    return [token[1] for token in TOKEN.finditer(template) if token[1]]
