"""Common subsequences are as long as can be within the budget, and what is beyond it is given up in bounded time."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.diff import lcs
from agents.diff.lcs import Block, matching_blocks

sequence = st.lists(st.integers(0, 4), max_size=14)


def common_tokens(blocks: list[Block]) -> int:
    """How many tokens the blocks have."""
    return sum(length for _, _, length in blocks)


def check(blocks: list[Block], old: list[int], new: list[int]) -> None:
    """Blocks are equal on both sides, in order, and apart."""
    old_stop = new_stop = -1
    for i, j, length in blocks:
        assert length > 0
        assert old[i : i + length] == new[j : j + length]
        assert i >= old_stop
        assert j >= new_stop
        assert (i, j) != (old_stop, new_stop)
        old_stop, new_stop = i + length, j + length


def longest(old: list[int], new: list[int]) -> int:
    """The length of the longest common subsequence, by the textbook."""
    row = [0] * (len(new) + 1)
    for token in old:
        above = row[:]
        for j, other in enumerate(new):
            row[j + 1] = above[j] + 1 if token == other else max(above[j + 1], row[j])
    return row[-1]


@given(sequence, sequence)
def test_blocks_are_a_longest_common_subsequence(old: list[int], new: list[int]) -> None:
    """Within the budget no longer common subsequence exists."""
    blocks = matching_blocks(old, new)
    check(blocks, old, new)
    assert common_tokens(blocks) == longest(old, new)


@pytest.mark.parametrize("cells", [0, 3, 20])
@given(old=sequence, new=sequence)
def test_beyond_the_budget_blocks_still_fit(cells: int, old: list[int], new: list[int]) -> None:
    """With too few cells for an exact answer the blocks are still equal, in order and apart."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lcs, "MAX_CELLS", cells)
        check(matching_blocks(old, new), old, new)


def test_anchors_find_the_edits_of_a_long_text() -> None:
    """In a text far beyond the budget, one changed word in a hundred leaves the other 99 matched."""
    chance = random.Random(1)
    old = [chance.randrange(20_000) for _ in range(50_000)]
    new = [20_000 if chance.random() < 0.01 else token for token in old]
    assert len(old) * len(new) > lcs.MAX_CELLS
    blocks = matching_blocks(old, new)
    check(blocks, old, new)
    assert common_tokens(blocks) == sum(token != 20_000 for token in new)


def test_anchors_that_share_words_do_not_overlap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where two runs that are there once overlap on one side, each word is matched once."""
    monkeypatch.setattr(lcs, "MAX_CELLS", 0)
    old, new = [0, 1, 2, 3, 4, 5, 6, 7, 8], [9, 1, 2, 3, 4, 4, 5, 6, 7, 10]
    assert matching_blocks(old, new) == [(1, 1, 4), (5, 6, 3)]


def test_one_word_alternating_is_given_up() -> None:
    """Where no run of words is there once on either side, what lies between the equal ends has no blocks."""
    assert common_tokens(matching_blocks([1] * 20_000, [1, 2] * 10_000)) == 1


@pytest.mark.parametrize("sides", [(400, 300), (300, 20_000)])
def test_the_cells_that_are_solved_are_bounded(sides: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """No table that is solved exactly has more than `MAX_CELLS` cells, and all together have few for each token."""
    solved: list[int] = []
    exact = lcs._exact

    def count(old: list[int], new: list[int], part: lcs._Part) -> list[Block]:
        solved.append(part.cells)
        return exact(old, new, part)

    monkeypatch.setattr(lcs, "_exact", count)
    monkeypatch.setattr(lcs, "MAX_CELLS", 2_500)
    chance = random.Random(2)
    old, new = ([chance.randrange(40) for _ in range(size)] for size in sides)
    matching_blocks(old, new)
    assert max(solved, default=0) <= 2_500
    assert sum(solved) <= (len(old) + len(new)) * 2_500
