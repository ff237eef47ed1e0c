"""The punctuation of many scripts, by what it does."""

from __future__ import annotations

from collections.abc import Sequence

SENTENCE_ENDS = frozenset(".!?…。！？؟।")
CLAUSE_ENDS = frozenset(",;:–—，、；：،؛")
CLOSERS = frozenset("\"'”’»)]}」』")
OPENERS = frozenset("\"'“‘„«»([「『")
DASHES = frozenset("-–—•|")

MAX_CLOSERS = 3
"""How many closing marks behind a full stop are passed over: .”) and the like, not a page of them."""


def sign_before(tokens: Sequence[str], place: int) -> str:
    """The token in front of a place that is not the first, or the one in front of the closing marks there."""
    last = place - 1
    while last and last > place - 1 - MAX_CLOSERS and tokens[last] in CLOSERS:
        last -= 1
    return tokens[last]
