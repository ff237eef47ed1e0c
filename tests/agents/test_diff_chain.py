"""The heaviest chain is what trying all of them finds."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from agents.diff.chain import Point, heaviest_chain

points = st.dictionaries(st.tuples(st.integers(0, 5), st.integers(0, 5)), st.integers(1, 9), max_size=9).map(
    lambda weights: [(*place, weight) for place, weight in weights.items()]
)


def weigh(chain: tuple[Point, ...] | list[Point]) -> int:
    """The weight of a chain, 0 if it is none."""
    rises = all(one[0] < other[0] and one[1] < other[1] for one, other in pairwise(chain))
    return sum(point[2] for point in chain) if rises else 0


@given(points)
def test_no_chain_is_heavier(candidates: list[Point]) -> None:
    """The answer rises on both sides, and none of all subsets that do weighs more."""
    subsets = (subset for size in range(len(candidates) + 1) for subset in combinations(sorted(candidates), size))
    assert weigh(heaviest_chain(candidates)) == max(map(weigh, subsets))


def test_no_points_make_no_chain() -> None:
    """Nothing to choose from is an empty chain."""
    assert heaviest_chain([]) == []
