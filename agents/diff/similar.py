"""How alike two paragraphs are, and which pairs of many are worth a look."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest
from itertools import chain

from agents.diff.common import Common, Compared
from agents.diff.tokens import Words, fold, folded_tokens, is_word

MAX_POSTINGS = 48
"""How many old paragraphs a token may stand in to lead to candidates: one that stands in more tells little."""

MAX_CANDIDATES = 6
"""How many old paragraphs are compared with one new paragraph."""

MIN_DICE = 0.22
"""Two paragraphs may be a rewrite if so much of their weight is shared. Found on one article that was paired by hand:
from 0.22 to 0.23 all twelve pairs are found and no other; below, a wrong one is, and above, one is missed."""

MIN_LONG_TOKENS = 20
"""Below this length, in tokens, `MIN_KEPT` is asked instead: short paragraphs share a fifth by chance."""

MIN_CONTAINED = 0.70
"""Or if so much of the lighter one is in the other: what is left of a cut, or a part of a merge."""

MIN_CONTAINED_TOKENS = 8
"""The shortest paragraph, in tokens, for which being contained says anything: "he said" is in many."""

MIN_KEPT = 0.33
MIN_KEPT_CONTAINED = 0.60
MIN_CONTAINED_CHARS = 40
"""The same for characters that are kept in their order: asked of paragraphs that only stand at the same place, or that
are said to have moved. Found on real version pairs of prose."""


@dataclass(frozen=True, slots=True)
class Bag:
    """A paragraph, how many tokens it has, these folded with their counts, and what they weigh together."""

    text: str
    tokens: int
    counts: Mapping[str, int]
    weight: int


class Scale:
    """Weighs tokens: the fewer of the paragraphs have one, the more it says that two of them belong together.

    Nothing is read before it is asked for.
    """

    def __init__(self, paragraphs: Collection[str]) -> None:
        self._paragraphs = paragraphs
        self._bags: dict[str, Bag] = {}

    @cached_property
    def _counts(self) -> dict[str, Counter[str]]:
        return {text: Counter(folded_tokens(text)) for text in self._paragraphs}

    @cached_property
    def weights(self) -> dict[str, int]:
        """The weight of each token."""
        frequency = Counter(chain.from_iterable(map(self._counts.__getitem__, self._paragraphs)))
        # 4 log2(1 + 1 / share of paragraphs), in whole numbers, so that every machine weighs the same.
        number = len(self._paragraphs)
        weight_of = {n: ((number + n) ** 4 // n**4).bit_length() for n in set(frequency.values())}
        return {token: weight_of[n] for token, n in frequency.items()}

    def bag(self, text: str) -> Bag:
        """A paragraph with its weight; one of those that the scale was made for."""
        found = self._bags.get(text)
        if found is None:
            counts, weights = self._counts[text], self.weights
            weight = sum([weights[token] * count for token, count in counts.items()])
            found = self._bags[text] = Bag(text, counts.total(), counts, weight)
        return found

    def shared(self, one: Mapping[str, int], other: Mapping[str, int]) -> int:
        """The weight of what two bags have in common."""
        if len(one) > len(other):
            one, other = other, one
        weights = self.weights
        return sum([weights[token] * min(count, other[token]) for token, count in one.items() if token in other])

    def are_alike(self, one: Bag, other: Bag, shared: int) -> bool:
        """Whether two paragraphs share enough to be a rewrite of each other."""
        lighter = one if one.weight <= other.weight else other
        contained = lighter.tokens >= MIN_CONTAINED_TOKENS and shared >= MIN_CONTAINED * lighter.weight
        least = MIN_DICE if min(one.tokens, other.tokens) >= MIN_LONG_TOKENS else MIN_KEPT
        return contained or dice(one, other, shared) >= least

    def candidates(self, old: Mapping[int, Bag], new: Mapping[int, Bag]) -> Iterator[tuple[int, int, int]]:
        """Pairs of paragraphs that share rare tokens, with the weight of all that they share.

        At most `MAX_POSTINGS` steps for each token of the new paragraphs, and `MAX_CANDIDATES` comparisons for each
        paragraph.
        """
        places: dict[str, list[int]] = defaultdict(list)
        for i, bag in old.items():
            for token in bag.counts:
                places[token].append(i)
        rank_of = {i: rank for rank, i in enumerate(old)}
        weights = self.weights
        for rank, (j, bag) in enumerate(new.items()):
            scores: dict[int, int] = {}
            for token in bag.counts:
                found = places.get(token, ())
                if found and len(found) <= MAX_POSTINGS:
                    weight = weights[token]
                    for i in found:
                        scores[i] = scores.get(i, 0) + weight
            least = min(nlargest(MAX_CANDIDATES, scores.values()), default=0)
            # Of equally good ones the nearest, as in a run of paragraphs that are all much the same.
            ranked = sorted([(-score, abs(rank_of[i] - rank), i) for i, score in scores.items() if score >= least])
            for _, _, i in ranked[:MAX_CANDIDATES]:
                yield i, j, self.shared(old[i].counts, bag.counts)


def dice(one: Bag, other: Bag, shared: int) -> float:
    """How alike two paragraphs are, from 0 to 1: the share of their weight that is shared."""
    return 2 * shared / (one.weight + other.weight)


def is_rewrite(old: str, new: str, compared: Compared) -> bool:
    """Whether enough of one paragraph is kept in the other, in its order, if need be in another case or typography."""
    if _is_kept(_in_common(old, new, compared)):
        return True
    folded_old, folded_new = fold(old), fold(new)
    return (folded_old, folded_new) != (old, new) and _is_kept(_in_common(folded_old, folded_new, compared))


def share_a_phrase(old: str, new: str, compared: Compared) -> bool:
    """Whether two paragraphs have two words in a row in common, in their order: less is shared by chance."""
    return any(
        sum(map(is_word, found.old.tokens[i : i + length])) > 1
        for texts in ((old, new), (fold(old), fold(new)))
        for found in (_in_common(*texts, compared),)
        for i, _, length in found.blocks
    )


def likeness(old: str, new: str, compared: Compared) -> float:
    """The share of the characters of two paragraphs, from 0 to 1, that is kept in its order."""
    return 2 * _in_common(old, new, compared).chars / (len(old) + len(new)) if old or new else 1.0


def _in_common(old: str, new: str, compared: Compared) -> Common:
    return compared(min(old, new), max(old, new))


def _is_kept(found: Common) -> bool:
    if not found.chars:
        return False
    old, new = len(found.old.text), len(found.new.text)
    shorter = min(old, new)
    if 2 * found.chars >= MIN_KEPT * (old + new):
        return True
    if shorter >= MIN_CONTAINED_CHARS and found.chars >= MIN_KEPT_CONTAINED * shorter:
        return True
    words = sum(is_word(token) for i, _, length in found.blocks for token in found.old.tokens[i : i + length])
    return words > 0 and 2 * words >= MIN_KEPT * (_words(found.old) + _words(found.new))


def _words(text: Words) -> int:
    return sum(map(is_word, text.tokens))
