"""Paragraphs that did not change: the frame between which the others are looked at."""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence

from agents.diff.chain import heaviest_chain

Pair = tuple[int, int]
"""The number of an old paragraph and that of the new one that it became."""


def equal_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many paragraphs at the start, and how many of the others at the end, are the same."""
    shortest = min(len(old), len(new))
    head = next((n for n in range(shortest) if old[n] != new[n]), shortest)
    tail = next((n for n in range(shortest - head) if old[-1 - n] != new[-1 - n]), shortest - head)
    return head, tail


def anchors(old: Sequence[str], new: Sequence[str]) -> tuple[list[Pair], list[Pair]]:
    """The unchanged paragraphs that hold the texts together, in order; and those that certainly moved.

    An anchor is there once on either side: of these, the heaviest chain that can stand in order. Those that are not in
    it moved.
    """
    once_old, once_new = _once(old), _once(new)
    same = [(i, once_new[text], len(text) + 1) for text, i in once_old.items() if text in once_new]
    chain = [(i, j) for i, j, _ in heaviest_chain(same)]
    fixed = set(chain)
    return chain, [(i, j) for i, j, _ in same if (i, j) not in fixed]


def gaps(
    old: Sequence[int], new: Sequence[int], pairs: Sequence[Pair]
) -> Iterator[tuple[Sequence[int], Sequence[int]]]:
    """The numbers that lie before, between and behind the pairs, which are in order, as are the numbers."""
    a = b = 0
    for i, j in [*pairs, (sys.maxsize, sys.maxsize)]:
        next_a, next_b = bisect_left(old, i, a), bisect_left(new, j, b)
        yield old[a:next_a], new[b:next_b]
        a = next_a + (next_a < len(old) and old[next_a] == i)
        b = next_b + (next_b < len(new) and new[next_b] == j)


def _once(paragraphs: Sequence[str]) -> dict[str, int]:
    """The places of the paragraphs that are there once."""
    counts = Counter(paragraphs)
    return {text: place for place, text in enumerate(paragraphs) if counts[text] == 1}
