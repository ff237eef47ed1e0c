"""Words inside quotation marks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from agents.diff.labels.passages import ALTERING, Edit, Passage, Side
from agents.diff.signs import DASHES

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
    return [
        (passage.old.between(*edit.old), passage.new.between(*edit.new))
        for edit in edits
        if (old := _around(before, edit.old)) and (new := _around(after, edit.new))
        if passage.old_kept.words(*old) and passage.new_kept.words(*new) and _has_word(passage, edit)
    ]


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
    """The quotation that some tokens stand in."""
    index = bisect_right(quotations, (place[0], len(quotations) + place[1])) - 1
    found = quotations[index] if index >= 0 else None
    return found if found and found[0] <= place[0] and place[1] <= found[1] else None


def _has_word(passage: Passage, edit: Edit) -> bool:
    tokens = passage.old.tokens[slice(*edit.old)] + passage.new.tokens[slice(*edit.new)]
    return any(token[0].isalnum() for token in tokens)


def _opens(side: Side, place: int) -> bool:
    """Whether a mark stands in front of a word and behind none."""
    words = side.words
    is_first = place == 0 or words.end(place - 1) < words.start(place)
    return (is_first or side.tokens[place - 1] in "([" or side.tokens[place - 1] in DASHES) and not _ends(side, place)


def _closes(side: Side, place: int) -> bool:
    """Whether an apostrophe stands behind a word and in front of none."""
    is_free = _ends(side, place) or not side.tokens[place + 1][0].isalnum()
    return side.words.end(place - 1) == side.words.start(place) and is_free


def _ends(side: Side, place: int) -> bool:
    """Whether there is a space, or nothing, behind a token."""
    return place + 1 == len(side.tokens) or side.words.end(place) < side.words.start(place + 1)
