"""Which old paragraphs became which new ones, told by what they say and not by where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from agents.diff.anchors import Pair, anchors, gaps
from agents.diff.chain import heaviest_chain
from agents.diff.common import Compared
from agents.diff.gaps import pairs_in_gap
from agents.diff.joins import grown
from agents.diff.moves import moved_pairs
from agents.diff.similar import Scale, is_rewrite
from agents.diff.tokens import MAX_COMPARED_CHARS

MAX_COMPARED_PARAGRAPHS = 40_000
"""How many changed paragraphs, both sides together, are searched for those that are alike: seconds at the very most. Of
more, as of more text than `MAX_COMPARED_CHARS`, only what is unchanged is found. No article comes near; pages that are
made to cost time do."""

Numbers = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """Old paragraphs and the new ones that they became; not more than one side has several.

    `moved`: it passed others that stayed in their order.
    """

    old: Numbers
    new: Numbers
    moved: bool


def align(old: tuple[str, ...], new: tuple[str, ...], compared: Compared) -> list[Match]:
    """The matches between two texts. No paragraph is in two; one that is in none was inserted or deleted.

    Swapping the texts swaps the sides of the matches.
    """
    if not old or not new:
        return []
    if len(old) == len(new) == 1:
        return [Match((0,), (0,), moved=False)] if is_rewrite(old[0], new[0], compared) else []
    if old > new:  # ties are broken in one direction only, so that both directions give the same matches
        return [Match(match.new, match.old, match.moved) for match in align(new, old, compared)]
    in_order, elsewhere = anchors(old, new)
    matches = _matches(old, new, in_order, elsewhere, compared)
    moved = {(match.old[0], match.new[0]) for match in matches if match.moved}
    if moved.isdisjoint(in_order):
        return matches
    # Between the unchanged paragraphs alone these had not moved, beside the changed ones they have: what they stood
    # between is looked at once more without them.
    elsewhere += [pair for pair in in_order if pair in moved]
    return _matches(old, new, [pair for pair in in_order if pair not in moved], elsewhere, compared)


def _matches(
    old: tuple[str, ...], new: tuple[str, ...], in_order: Sequence[Pair], elsewhere: Sequence[Pair], compared: Compared
) -> list[Match]:
    """All matches, given the unchanged paragraphs that stayed in order and those that did not."""
    same = [*in_order, *elsewhere]
    groups: list[tuple[Numbers, Numbers]] = [((i,), (j,)) for i, j in same]
    taken_old, taken_new = {i for i, _ in same}, {j for _, j in same}
    free_old = {i: text for i, text in enumerate(old) if i not in taken_old}
    free_new = {j: text for j, text in enumerate(new) if j not in taken_new}
    chars = sum(map(len, free_old.values())) + sum(map(len, free_new.values()))
    is_small = chars <= MAX_COMPARED_CHARS and len(free_old) + len(free_new) <= MAX_COMPARED_PARAGRAPHS
    if free_old and free_new and is_small:
        groups += _changed(free_old, free_new, in_order, compared)
    groups.sort()
    if all(one[1] < next_one[1] for one, next_one in pairwise(groups)):
        return [Match(a, b, moved=False) for a, b in groups]
    in_place = {point[:2] for point in heaviest_chain([(a[0], b[0], len(new[b[0]]) + 1) for a, b in groups])}
    return [Match(a, b, moved=(a[0], b[0]) not in in_place) for a, b in groups]


def _changed(
    old: dict[int, str], new: dict[int, str], in_order: Sequence[Pair], compared: Compared
) -> list[tuple[Numbers, Numbers]]:
    """The matches among the paragraphs that are not the same on both sides."""
    scale = Scale([*old.values(), *new.values()])
    pairs: list[Pair] = []
    for left, right in gaps(list(old), list(new), in_order):
        if left and right:
            pairs += pairs_in_gap([(i, old[i]) for i in left], [(j, new[j]) for j in right], scale, compared)
    free_old = set(old).difference([i for i, _ in pairs])
    free_new = set(new).difference([j for _, j in pairs])
    groups: list[tuple[Numbers, Numbers]] = []
    for i, j in pairs:
        split = grown(j, new, free_new, old[i], scale)
        merged = grown(i, old, free_old, new[j], scale) if len(split) == 1 else (i,)
        groups.append((merged, split))
    if free_old and free_new:
        rest_old = {i: scale.bag(old[i]) for i in sorted(free_old)}
        rest_new = {j: scale.bag(new[j]) for j in sorted(free_new)}
        groups += [((i,), (j,)) for i, j in moved_pairs(rest_old, rest_new, scale, compared)]
    return groups
