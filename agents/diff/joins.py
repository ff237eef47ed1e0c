"""Paragraphs that were split into several, or merged into one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from agents.diff.similar import Bag, Scale

MIN_IN_REMAINDER = 0.55
"""A neighbour joins if so much of its weight is in what the other side has and the paragraphs beside it have not."""

MIN_OF_REMAINDER = 0.70
"""Or if it has so much of the weight of that remainder: a part that was split off and grew."""

MIN_JOINED_TOKENS = 4
"""The shortest neighbour, and the shortest remainder, in tokens: less is found anywhere by chance."""


def grown(first: int, bags: Mapping[int, Bag], free: set[int], partner: Bag, scale: Scale) -> tuple[int, ...]:
    """A paragraph and those around it that went into (or came out of) its partner with it, in order.

    `free` are the paragraphs that have no partner; those that join are taken from it.
    """
    group = [first]
    if first - 1 not in free and first + 1 not in free:
        return (first,)
    remainder = _Remainder(partner, scale)
    remainder.take(bags[first])
    for step in (1, -1):
        number = first + step
        while number in free and _can_stand_beside(bags[first], bags[number]) and remainder.is_in(bags[number]):
            remainder.take(bags[number])
            free.discard(number)
            group.append(number)
            number += step
    return tuple(sorted(group))


def _can_stand_beside(first: Bag, neighbour: Bag) -> bool:
    """Whether the two can be told apart again when they are joined by a newline."""
    return "\n" not in first.words.text and "\n" not in neighbour.words.text


class _Remainder:
    """What a paragraph has and those on the other side have not."""

    def __init__(self, partner: Bag, scale: Scale) -> None:
        self._scale = scale
        self._counts = Counter(partner.counts)
        self._tokens = len(partner.words)
        self._weight = partner.weight

    def take(self, bag: Bag) -> None:
        """Leave what a paragraph does not have; takes time for its tokens only."""
        for token, count in bag.counts.items():
            taken = min(count, self._counts.get(token, 0))
            if taken:
                self._counts[token] -= taken
                self._tokens -= taken
                self._weight -= taken * self._scale.weights[token]

    def is_in(self, bag: Bag) -> bool:
        """Whether a paragraph seems to be a part of this."""
        if min(self._tokens, len(bag.words)) < MIN_JOINED_TOKENS:
            return False
        shared = self._scale.shared(bag.counts, self._counts)
        return shared >= MIN_IN_REMAINDER * bag.weight or shared >= MIN_OF_REMAINDER * self._weight
