"""Paragraphs that went to another place, and may have been edited on the way."""

from __future__ import annotations

from collections.abc import Mapping

from agents.diff.anchors import Pair
from agents.diff.gaps import same_texts
from agents.diff.similar import Bag, Scale, dice, is_rewrite

MIN_MOVED_DICE = 0.50
"""How much of their weight two paragraphs at different places share if one became the other."""

MIN_MOVED_TOKENS = 8
"""The shortest paragraph, in tokens, that is recognised at another place although it was edited."""


def moved_pairs(old: Mapping[int, Bag], new: Mapping[int, Bag], scale: Scale) -> list[Pair]:
    """Of the paragraphs without a partner at their place those that have one elsewhere: the same, or the most alike."""
    partners = {i: j for pair in same_texts(old, new) for i, j in zip(*pair, strict=False)}
    ranked = [
        (-dice(old[i], new[j], shared), i, j)
        for i, j, shared in scale.candidates(old, new)
        if min(len(old[i].words), len(new[j].words)) >= MIN_MOVED_TOKENS
    ]
    taken = set(partners.values())
    for likeness, i, j in sorted(ranked):
        free = i not in partners and j not in taken
        if free and -likeness >= MIN_MOVED_DICE and is_rewrite(old[i].words, new[j].words):
            partners[i] = j
            taken.add(j)
    return list(partners.items())
