"""The heaviest increasing chain: which of many pairs can stand in order, both sides read from top to bottom."""

from __future__ import annotations

from collections.abc import Sequence

Point = tuple[int, int, int]
"""A place on the old side, one on the new side, and a weight above 0."""


def heaviest_chain(points: Sequence[Point]) -> list[Point]:
    """The points that increase strictly on both sides and weigh most together, in order.

    Equally heavy chains are told apart by the order of `points`, so the answer is always the same. A Fenwick tree of
    maxima over the new side: O(n log n) for n points.
    """
    ranks = {new: rank for rank, new in enumerate(sorted({point[1] for point in points}), 1)}
    tree: list[tuple[int, int]] = [(0, -1)] * (len(ranks) + 1)  # total weight of a chain, its last point
    previous = [-1] * len(points)
    best = (0, -1)
    # Later new places first among equal old ones, so that no two of them get into one chain.
    for index, (_, new, weight) in sorted(enumerate(points), key=lambda item: (item[1][0], -item[1][1])):
        before = _best_before(tree, ranks[new] - 1)
        previous[index] = before[1]
        total = (before[0] + weight, index)
        _enter(tree, ranks[new], total)
        if total[0] > best[0]:
            best = total
    chain = []
    index = best[1]
    while index >= 0:
        chain.append(points[index])
        index = previous[index]
    return chain[::-1]


def _best_before(tree: list[tuple[int, int]], rank: int) -> tuple[int, int]:
    best = tree[0]
    while rank:
        if tree[rank][0] > best[0]:
            best = tree[rank]
        rank &= rank - 1
    return best


def _enter(tree: list[tuple[int, int]], rank: int, total: tuple[int, int]) -> None:
    while rank < len(tree):
        if total[0] > tree[rank][0]:
            tree[rank] = total
        rank += rank & -rank
