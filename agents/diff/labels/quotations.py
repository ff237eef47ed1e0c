"""Words inside quotation marks."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Sequence

from agents.diff.labels.passages import ALTERING, Passage
from agents.diff.labels.sides import Side
from agents.diff.signs import DASHES
from agents.diff.tokens import folded_tokens, is_word

_CLOSED_BY = {
    "“": "”“", "”": "”", "„": "“”", "«": "»", "»": "«", "‹": "›", "›": "‹", "「": "」", "『": "』", '"': '"', "‘": "’",
    "'": "'", "‚": "‘’", "＂": "＂",
}  # fmt: skip
_ALWAYS_OPEN = frozenset("“«„「『")
_APOSTROPHES = frozenset("'’")


def changed_quotations(passage: Passage) -> list[tuple[str, str]]:
    """The words that were changed inside quotations which stand on both sides, as they stood and as they stand."""
    edits = passage.of_kind(*ALTERING)
    if not edits:
        return []
    before, after = quotations(passage.old), quotations(passage.new)
    pairs = []
    for edit in edits:
        old, new = _around(before, edit.old), _around(after, edit.new)
        if old and new and passage.old_kept.words(*old) and passage.new_kept.words(*new):
            gone, come = _inside(passage.old, edit.old, old), _inside(passage.new, edit.new, new)
            if _words(gone) != _words(come):
                pairs.append((gone, come))
    return pairs


def quotations(side: Side) -> list[tuple[int, int]]:
    """The tokens between quotation marks: the first, and the one behind the last.

    In order, and none inside another. One that does not end goes to the end.
    """
    found: list[tuple[int, int]] = []
    start, closers = -1, ""
    for place, token in enumerate(side.tokens):
        if start < 0:
            if token in _CLOSED_BY and (token in _ALWAYS_OPEN or _opens(side, place)):
                start, closers = place + 1, _CLOSED_BY[token]
        elif token in closers and (token not in _APOSTROPHES or _closes(side, place)):
            found.append((start, place))
            start = -1
    if start >= 0 and not _APOSTROPHES.intersection(closers):
        found.append((start, len(side.tokens)))
    return found


def _around(quotations: Sequence[tuple[int, int]], place: tuple[int, int]) -> tuple[int, int] | None:
    """The quotation that some tokens stand in, or begin or end in."""
    for inside in (place[0], place[1]):
        index = bisect_right(quotations, (inside, sys.maxsize)) - 1
        if index >= 0 and inside <= quotations[index][1]:
            return quotations[index]
    return None


def _inside(side: Side, place: tuple[int, int], quotation: tuple[int, int]) -> str:
    """The tokens of an edit that stand in a quotation."""
    return side.between(max(place[0], quotation[0]), min(place[1], quotation[1]))


def _words(text: str) -> list[str]:
    return [token for token in folded_tokens(text) if is_word(token)]


def _opens(side: Side, place: int) -> bool:
    """Whether a mark stands in front of a word and behind none; that of a decade ('90s) does not."""
    words = side.words
    is_first = place == 0 or words.end(place - 1) < words.start(place)
    if side.tokens[place] in _APOSTROPHES and not _ends(side, place) and side.tokens[place + 1][0].isdigit():
        return False
    return (is_first or side.tokens[place - 1] in "([" or side.tokens[place - 1] in DASHES) and not _ends(side, place)


def _closes(side: Side, place: int) -> bool:
    """Whether an apostrophe stands behind a word and in front of none."""
    is_free = _ends(side, place) or not side.tokens[place + 1][0].isalnum()
    return side.words.end(place - 1) == side.words.start(place) and is_free


def _ends(side: Side, place: int) -> bool:
    """Whether there is a space, or nothing, behind a token."""
    return place + 1 == len(side.tokens) or side.words.end(place) < side.words.start(place + 1)
