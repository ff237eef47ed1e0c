"""Paragraphs that were split into several, or merged into one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from agents.diff.similar import Bag, Scale

MIN_GAIN = 1.05
"""A paragraph joins its neighbour if together they are so much more like what the neighbour became. On an article that
was paired by hand the four halves of splits and merges gain most of all (0.90 to 1.21), the best other one 0.88."""

MIN_JOINED_DICE = 0.40
"""And if together they share so much of their weight with it (on that article 0.37 to 0.56)."""

MIN_OF_REMAINDER = 0.70
"""Or if it has so much of the weight of what that has and the neighbour has not: a part that was split off and grew."""

MIN_JOINED_TOKENS = 4
"""The shortest neighbour, and the shortest remainder, in tokens: less is found anywhere by chance."""

MAX_SKIPPED = 1
"""How many paragraphs that do not join may stand between two that do."""


def grown(first: int, texts: Mapping[int, str], free: set[int], partner: str, scale: Scale) -> tuple[int, ...]:
    """A paragraph and those around it that went into (or came out of) its partner with it, in order.

    `free` are the paragraphs that have no partner; those that join are taken from it.
    """
    if (first - 1 not in free and first + 1 not in free) or "\n" in texts[first]:
        return (first,)
    whole = _Whole(scale.bag(partner), scale)
    whole.take(scale.bag(texts[first]))
    group = [first]
    for step in (1, -1):
        number, skipped = first + step, 0
        while number in free and skipped <= MAX_SKIPPED:
            # With a newline of its own it could not be told from the others when they are joined by one.
            if "\n" not in texts[number] and whole.is_better_with(scale.bag(texts[number])):
                whole.take(scale.bag(texts[number]))
                free.discard(number)
                group.append(number)
                skipped = 0
            else:
                skipped += 1
            number += step
    return tuple(sorted(group))


class _Whole:
    """A paragraph, and how much of it is found in its parts."""

    def __init__(self, partner: Bag, scale: Scale) -> None:
        self._scale = scale
        self._remainder = Counter(partner.counts)
        self._tokens = partner.tokens
        self._weight = self._remaining = partner.weight
        self._parts = 0

    def take(self, bag: Bag) -> None:
        """Leave what a part does not have; takes time for its tokens only."""
        for token, count in bag.counts.items():
            taken = min(count, self._remainder.get(token, 0))
            if taken:
                self._remainder[token] -= taken
                self._tokens -= taken
                self._remaining -= taken * self._scale.weights[token]
        self._parts += bag.weight

    def is_better_with(self, bag: Bag) -> bool:
        """Whether a paragraph seems to be another part."""
        if min(self._tokens, bag.tokens) < MIN_JOINED_TOKENS:
            return False
        shared = self._scale.shared(bag.counts, self._remainder)
        if shared >= MIN_OF_REMAINDER * self._remaining:
            return True
        found = self._weight - self._remaining
        before = 2 * found / (self._parts + self._weight)
        after = 2 * (found + shared) / (self._parts + bag.weight + self._weight)
        return after >= max(MIN_JOINED_DICE, MIN_GAIN * before)
