"""Paragraphs that went to another place, and may have been edited on the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from agents.diff.anchors import Pair
from agents.diff.common import Compared
from agents.diff.similar import Bag, Scale, dice, is_rewrite

MIN_MOVED_DICE = 0.50
"""How much of their weight two paragraphs at different places share if one became the other."""

MAX_GROWTH = 4
"""How many times as many tokens one of them has at most; so each is compared with few, however many there are."""

MIN_MOVED_TOKENS = 8
"""The shortest paragraph, in tokens, that is recognised at another place although it was edited."""


def moved_pairs(old: Mapping[int, Bag], new: Mapping[int, Bag], scale: Scale, compared: Compared) -> list[Pair]:
    """Of the paragraphs without a partner at their place those that have one elsewhere: the same, or the most alike."""
    pairs = _same(old, new)
    taken_old, taken_new = {i for i, _ in pairs}, {j for _, j in pairs}
    old_left = {i: bag for i, bag in old.items() if i not in taken_old and bag.tokens >= MIN_MOVED_TOKENS}
    new_left = {j: bag for j, bag in new.items() if j not in taken_new and bag.tokens >= MIN_MOVED_TOKENS}
    ranked = sorted((-dice(old[i], new[j], shared), i, j) for i, j, shared in scale.candidates(old_left, new_left))
    for likeness, i, j in ranked:
        if -likeness < MIN_MOVED_DICE:
            break
        shorter, longer = sorted((old[i].tokens, new[j].tokens))
        if i in taken_old or j in taken_new or longer > MAX_GROWTH * shorter:
            continue
        if is_rewrite(old[i].text, new[j].text, compared):
            pairs.append((i, j))
            taken_old.add(i)
            taken_new.add(j)
    return pairs


def _same(old: Mapping[int, Bag], new: Mapping[int, Bag]) -> list[Pair]:
    """Equal paragraphs; of several equal ones the first with the first, and so on."""
    places: dict[str, list[int]] = defaultdict(list)
    for j in sorted(new, reverse=True):
        places[new[j].text].append(j)
    return [(i, places[bag.text].pop()) for i, bag in old.items() if places[bag.text]]
