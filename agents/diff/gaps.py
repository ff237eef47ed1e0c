"""Which paragraphs between two anchors became which."""

from __future__ import annotations

from collections.abc import Mapping

from agents.diff.anchors import Pair, equal_ends, gaps
from agents.diff.chain import Point, heaviest_chain
from agents.diff.similar import Bag, Scale, is_rewrite


def pairs_in_gap(old: Mapping[int, Bag], new: Mapping[int, Bag], scale: Scale) -> list[Pair]:
    """The paragraphs of a gap that belong together, in order.

    These are the equal ones at its ends, the heaviest chain of those that are alike, and any two that are then left
    facing each other and are a rewrite.
    """
    head, tail = equal_ends([bag.words.text for bag in old.values()], [bag.words.text for bag in new.values()])
    old_numbers, new_numbers = list(old), list(new)
    ends = list(zip(old_numbers[:head], new_numbers[:head], strict=True))
    ends += zip(old_numbers[len(old) - tail :], new_numbers[len(new) - tail :], strict=True)
    old_numbers, new_numbers = old_numbers[head : len(old) - tail], new_numbers[head : len(new) - tail]
    chain: list[Pair] = []
    if max(len(old_numbers), len(new_numbers)) > 1:  # two that face each other need no index
        points = _alike({i: old[i] for i in old_numbers}, {j: new[j] for j in new_numbers}, scale)
        chain = [(i, j) for i, j, _ in heaviest_chain(points)]
    facing = [
        (left[0], right[0])
        for left, right in gaps(old_numbers, new_numbers, chain)
        if len(left) == len(right) == 1 and is_rewrite(old[left[0]].words, new[right[0]].words)
    ]
    return sorted([*ends, *chain, *facing])


def _alike(old: Mapping[int, Bag], new: Mapping[int, Bag], scale: Scale) -> list[Point]:
    """Pairs that may belong together, weighed by how much they share and by how large a part of them that is."""
    return [
        (i, j, 2 * shared * shared // (old[i].weight + new[j].weight) + 1)
        for i, j, shared in scale.candidates(old, new)
        if scale.are_alike(old[i], new[j], shared)
    ]
