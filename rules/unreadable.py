"""What comes out of a file that is no readable YAML."""

from bot.domain.messages import Text


class Unreadable(Exception):
    """The file can't be taken at all; this is the first thing that is wrong with it."""

    def __init__(self, line: int, column: int, id: str, /, **values: str | int) -> None:
        super().__init__(id)
        self.line = line
        self.column = column
        self.text = Text(id=id, values=values)
