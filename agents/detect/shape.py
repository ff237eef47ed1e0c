"""The shape of a text: as much of it as tells how far the next one is from it, in some hundred bytes."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import xxhash

from agents.detect.folding import fold

MAX_PARAGRAPHS = 200
"""Paragraphs of a text that has a shape: rows stay small."""

SKETCHED = 32
SHORT = 8
"""Words of a paragraph that is short: a caption, a label, a line of furniture that was not known as such."""

GUTTED = 1 / 3
REPLACED = 1 / 8
ENOUGH = 50
"""Words of a text below which shares mean nothing."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Hash and number of words of each paragraph, and the smallest hashes of all pairs of words."""

    paragraphs: tuple[tuple[int, int], ...]
    sketch: tuple[int, ...]

    @property
    def words(self) -> int:
        """The words of the text."""
        return sum(words for _, words in self.paragraphs)


def shape_of(paragraphs: Sequence[str]) -> Shape | None:
    """The shape of a text, None where it has too many paragraphs."""
    if len(paragraphs) > MAX_PARAGRAPHS:
        return None
    texts = [fold(text) for text in paragraphs]
    words = [word for text in texts for word in text.split()]
    pairs = {_hash(f"{one} {other}") for one, other in pairwise(words)}
    return Shape(tuple((_hash(text), len(text.split())) for text in texts), tuple(heapq.nsmallest(SKETCHED, pairs)))


def _hash(text: str) -> int:
    return xxhash.xxh32_intdigest(text.encode())


def is_beginning(old: Shape, new: Shape) -> bool:
    """Whether a text is shorter than the old one, and its beginning, up to a paragraph that may be cut."""
    kept = new.paragraphs[:-1] or new.paragraphs
    return bool(kept) and old.paragraphs[: len(kept)] == kept and new.words < old.words


def suspicions(old: Shape, new: Shape) -> tuple[str, ...]:
    """What makes an edit look like a fault of the page, as flags: `gutted`, `replaced`, `minor`."""
    if old.words >= ENOUGH:
        if new.words < GUTTED * old.words:
            return ("gutted",)
        if _resemblance(old.sketch, new.sketch) < REPLACED:
            return ("replaced",)
    was, now = Counter(old.paragraphs), Counter(new.paragraphs)
    touched = [*(was - now), *(now - was)]
    return ("minor",) if touched and _longest(touched) <= SHORT else ()


def _longest(paragraphs: Iterable[tuple[int, int]]) -> int:
    return max(words for _, words in paragraphs)


def _resemblance(one: Sequence[int], other: Sequence[int]) -> float:
    """The share of pairs that two texts have in common, estimated from the smallest hashes of both together."""
    union = heapq.nsmallest(SKETCHED, {*one, *other})
    return len({*one} & {*other} & {*union}) / len(union) if union else 1.0
