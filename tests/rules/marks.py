"""YAML with `^` before everything that is wrong, so that a table shows where a problem belongs."""

from itertools import accumulate


def placed(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without its marks, and the line and column of what each stands before."""
    places = []
    for before in accumulate(marked.split("^")[:-1]):
        lines = before.split("\n")
        places.append((len(lines), len(lines[-1]) + 1))
    return marked.replace("^", ""), places
