"""The questions of one battle, kept as they were when it began; and which ones it asks. Pure."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from string import ascii_uppercase
from typing import Any

import msgspec

from bot.domain.messages import Localised, Text
from bot.features.battles.options import BattleOptions


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked; `right` is the number of an option from 1."""

    ask: Localised
    options: tuple[Localised, ...]
    right: int
    because: Localised | None = None


def stored(questions: Sequence[Question]) -> Any:
    """As JSON holds them."""
    return msgspec.to_builtins(questions)


def read(stored: Any) -> tuple[Question, ...]:
    return msgspec.convert(stored, tuple[Question, ...])


def in_turn(options: BattleOptions, last_asked: Mapping[str, int]) -> list[Question]:
    """What has not been asked for longest, in the order of the file; `last_asked` by fingerprint, a greater is later.

    So each question has its turn before the first comes again, whatever is added to the file meanwhile.
    """
    bank = [
        Question(ask=one.ask, options=one.options, right=one.right, because=one.because) for one in options.questions
    ]
    longest_ago = sorted(range(len(bank)), key=lambda number: (last_asked.get(fingerprint(bank[number]), 0), number))
    return [bank[number] for number in sorted(longest_ago[: options.count])]


def fingerprint(question: Question) -> str:
    """The same as long as it asks the same."""
    return blake2b(msgspec.json.encode(question.ask.by_language, order="sorted"), digest_size=8).hexdigest()


def choice(question: Question, number: int) -> Text:
    """`B. What it says`, of an option from 1."""
    values = {"letter": ascii_uppercase[number - 1], "option": question.options[number - 1]}
    return Text(id="battle.option", values=values)
