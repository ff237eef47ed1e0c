"""Which paragraphs between two anchors became which."""

from __future__ import annotations

from collections.abc import Sequence

from agents.diff.anchors import Pair, equal_ends, gaps
from agents.diff.chain import Point, heaviest_chain
from agents.diff.common import Compared
from agents.diff.similar import Scale, is_rewrite, likeness, share_a_phrase

MIN_SURE = 0.70
"""If as many paragraphs stand on either side of a gap, and each is so like the one that faces it, no others are looked
at."""


def pairs_in_gap(
    old: Sequence[tuple[int, str]], new: Sequence[tuple[int, str]], scale: Scale, compared: Compared
) -> list[Pair]:
    """The paragraphs of a gap, given with their numbers, that belong together, in order.

    These are the equal ones at its ends, the heaviest chain of those that are alike, and any two that are then left
    facing each other and are a rewrite.
    """
    head, tail = equal_ends([text for _, text in old], [text for _, text in new])
    pairs = [(i, j) for (i, _), (j, _) in zip(old[:head], new[:head], strict=True)]
    pairs += [(i, j) for (i, _), (j, _) in zip(old[len(old) - tail :], new[len(new) - tail :], strict=True)]
    old, new = old[head : len(old) - tail], new[head : len(new) - tail]
    facing = list(zip(old, new, strict=False))
    if len(old) == len(new) and all(likeness(a, b, compared) >= MIN_SURE for (_, a), (_, b) in facing):
        return sorted([*pairs, *((i, j) for (i, _), (j, _) in facing)])
    chain: list[Pair] = []
    if max(len(old), len(new)) > 1:  # two that face each other need no index
        chain = [(i, j) for i, j, _ in heaviest_chain(_alike(old, new, scale))]
    old_texts, new_texts = dict(old), dict(new)
    chain = [(i, j) for i, j in chain if share_a_phrase(old_texts[i], new_texts[j], compared)]
    for left, right in gaps(list(old_texts), list(new_texts), chain):
        if len(left) == len(right) == 1 and is_rewrite(old_texts[left[0]], new_texts[right[0]], compared):
            pairs.append((left[0], right[0]))
    return sorted([*pairs, *chain])


def _alike(old: Sequence[tuple[int, str]], new: Sequence[tuple[int, str]], scale: Scale) -> list[Point]:
    """Pairs that may belong together, weighed by how much they share and by how large a part of them that is."""
    old_bags, new_bags = ({number: scale.bag(text) for number, text in side} for side in (old, new))
    return [
        (i, j, 2 * shared * shared // (old_bags[i].weight + new_bags[j].weight) + 1)
        for i, j, shared in scale.candidates(old_bags, new_bags)
        if scale.are_alike(old_bags[i], new_bags[j], shared)
    ]
