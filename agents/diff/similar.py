"""How alike two paragraphs are, and which pairs of many are worth a look."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from heapq import nlargest

from agents.diff.lcs import common_tokens, matching_blocks
from agents.diff.tokens import Words

MAX_POSTINGS = 48
"""How many old paragraphs a token may stand in to lead to candidates: one that stands in more tells little."""

MAX_CANDIDATES = 6
"""How many old paragraphs are compared with one new paragraph."""

MIN_DICE = 0.22
"""Two paragraphs may be a rewrite if so much of their weight is shared. Found on one article that was paired by hand:
from 0.22 to 0.23 all twelve pairs are found and no other; below, a wrong one is, and above, one is missed."""

MIN_LONG_TOKENS = 20
"""Below this length, in tokens, `MIN_KEPT_DICE` is asked instead: short paragraphs share a fifth by chance."""

MIN_CONTAINED = 0.70
"""Or if so much of the lighter one is in the other: what is left of a cut, or a part of a merge."""

MIN_KEPT_DICE = 0.40
MIN_KEPT_CONTAINED = 0.60
"""The same two for tokens, unweighed, that are kept in their order: asked of paragraphs that only stand at the same
place, or that are said to have moved. Found on real version pairs of prose."""

MIN_CONTAINED_TOKENS = 8
"""The shortest paragraph, in tokens, for which being contained says anything: "he said" is in many."""


@dataclass(frozen=True, slots=True)
class Bag:
    """A paragraph, its folded tokens with their counts, and what they weigh together."""

    words: Words
    counts: Mapping[int, int]
    weight: int


class Scale:
    """Weighs tokens: the fewer of the paragraphs have one, the more it says that two of them belong together."""

    def __init__(self, paragraphs: Collection[Words]) -> None:
        frequency = Counter(token for words in paragraphs for token in set(words.folded))
        # 4 log2(1 + 1 / share of paragraphs), in whole numbers, so that every machine weighs the same.
        weight_of = {n: ((len(paragraphs) + n) ** 4 // n**4).bit_length() for n in set(frequency.values())}
        self.weights = {token: weight_of[n] for token, n in frequency.items()}

    def bag(self, words: Words) -> Bag:
        """A paragraph with its weight; one of those that the scale was made for."""
        counts = Counter(words.folded)
        return Bag(words, counts, sum(self.weights[token] * count for token, count in counts.items()))

    def shared(self, one: Mapping[int, int], other: Mapping[int, int]) -> int:
        """The weight of what two bags have in common."""
        if len(one) > len(other):
            one, other = other, one
        return sum(self.weights[token] * min(count, other[token]) for token, count in one.items() if token in other)

    def are_alike(self, one: Bag, other: Bag, shared: int) -> bool:
        """Whether two paragraphs share enough to be a rewrite of each other."""
        lighter = min(one, other, key=lambda bag: bag.weight)
        contained = len(lighter.words) >= MIN_CONTAINED_TOKENS and shared >= MIN_CONTAINED * lighter.weight
        least = MIN_DICE if min(len(one.words), len(other.words)) >= MIN_LONG_TOKENS else MIN_KEPT_DICE
        return contained or dice(one, other, shared) >= least

    def candidates(self, old: Mapping[int, Bag], new: Mapping[int, Bag]) -> Iterator[tuple[int, int, int]]:
        """Pairs of paragraphs that share rare tokens, with the weight of all that they share.

        At most `MAX_POSTINGS` steps for each token of the new paragraphs, and `MAX_CANDIDATES` comparisons for each
        paragraph.
        """
        places: dict[int, list[int]] = defaultdict(list)
        for i, bag in old.items():
            for token in bag.counts:
                places[token].append(i)
        rank_of = {i: rank for rank, i in enumerate(old)}
        for rank, (j, bag) in enumerate(new.items()):
            scores: dict[int, int] = {}
            for token in bag.counts:
                found = places.get(token, ())
                if len(found) <= MAX_POSTINGS:
                    weight = self.weights[token]
                    for i in found:
                        scores[i] = scores.get(i, 0) + weight
            least = min(nlargest(MAX_CANDIDATES, scores.values()), default=0)
            # Of equally good ones the nearest, as in a run of paragraphs that are all much the same.
            ranked = sorted((-score, abs(rank_of[i] - rank), i) for i, score in scores.items() if score >= least)
            for _, _, i in ranked[:MAX_CANDIDATES]:
                yield i, j, self.shared(old[i].counts, bag.counts)


def dice(one: Bag, other: Bag, shared: int) -> float:
    """How alike two paragraphs are, from 0 to 1: the share of their weight that is shared."""
    return 2 * shared / (one.weight + other.weight)


def is_rewrite(old: Words, new: Words) -> bool:
    """Whether enough of one paragraph is kept in the other, in its order."""
    kept = common_tokens(matching_blocks(old.folded, new.folded))
    shorter = min(len(old), len(new))
    return kept > 0 and (
        2 * kept >= MIN_KEPT_DICE * (len(old) + len(new))
        or (shorter >= MIN_CONTAINED_TOKENS and kept >= MIN_KEPT_CONTAINED * shorter)
    )
