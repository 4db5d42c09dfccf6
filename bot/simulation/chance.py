"""Chance that is the same in every run."""

import random


def chance_of(seed: int, *what: object) -> random.Random:
    """A source of its own for each thing, so that nothing depends on what was drawn for another."""
    return random.Random(":".join(map(str, (seed, *what))))  # noqa: S311 - a play, not a secret
