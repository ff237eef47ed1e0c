"""Paragraphs that were split into several, or merged into one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from agents.diff.similar import Bag, Scale

MIN_IN_REMAINDER = 0.55
"""A neighbour joins if so much of its weight is in what the other side has and the paragraph beside it has not."""

MIN_JOINED_TOKENS = 4
"""The shortest neighbour, in tokens, that can join: chance finds less than that anywhere."""


def grown(first: int, bags: Mapping[int, Bag], free: set[int], partner: Bag, scale: Scale) -> tuple[int, ...]:
    """A paragraph and those around it that went into (or came out of) its partner with it, in order.

    `free` are the paragraphs that have no partner; those that join are taken from it.
    """
    group = [first]
    if first - 1 not in free and first + 1 not in free:
        return (first,)
    remainder = Counter(partner.counts)
    _take(remainder, bags[first])
    for step in (1, -1):
        number = first + step
        while number in free and _joins(bags[first], bags[number], remainder, scale):
            _take(remainder, bags[number])
            free.discard(number)
            group.append(number)
            number += step
    return tuple(sorted(group))


def _joins(first: Bag, neighbour: Bag, remainder: Mapping[int, int], scale: Scale) -> bool:
    if "\n" in first.words.text or "\n" in neighbour.words.text:  # joined by a newline, they could not be told apart
        return False
    share = scale.shared(neighbour.counts, remainder)
    return len(neighbour.words) >= MIN_JOINED_TOKENS and share >= MIN_IN_REMAINDER * neighbour.weight


def _take(remainder: Counter[int], bag: Bag) -> None:
    for token, count in bag.counts.items():
        if remainder[token] > count:
            remainder[token] -= count
        else:
            del remainder[token]
