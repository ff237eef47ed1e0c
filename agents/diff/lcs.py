"""The longest common subsequence of two token sequences, in bounded time and memory."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import LCSseq

from agents.diff.chain import heaviest_chain

Block = tuple[int, int, int]
"""A run of equal tokens: where it starts on the old side and on the new side, and its length."""

MAX_CELLS = 32_000_000
"""The largest table (old tokens times new tokens) that is solved exactly. rapidfuzz keeps a bit for each cell: 4 MB,
and a few milliseconds. Without a limit a megabyte in one paragraph takes 3.5 GB."""

MAX_SPLITS = 4
"""How often a table that is too large is split at anchors before what is left counts as rewritten."""

MAX_ANCHORED = 300_000
"""The longest side in tokens (about 1.5 MB of English) that is searched for anchors, for the memory of their index:
some 100 MB. What is longer counts as rewritten between its equal ends."""

ANCHOR_TOKENS = 4
"""An anchor is a run of so many tokens that occurs once on either side; one word that does may do so by chance, and is
taken only where there is no such run."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of both sequences, from start to before stop."""

    old_start: int
    old_stop: int
    new_start: int
    new_stop: int

    @property
    def cells(self) -> int:
        return (self.old_stop - self.old_start) * (self.new_stop - self.new_start)

    @property
    def longest(self) -> int:
        return max(self.old_stop - self.old_start, self.new_stop - self.new_start)


def matching_blocks(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Block]:
    """The runs of a longest common subsequence, in order.

    Exact up to `MAX_CELLS`. Beyond, both sides are split at anchors, and a part that stays too large is given up: it
    has no blocks. For n tokens in all that is at most n sqrt(MAX_CELLS) bit operations and `MAX_SPLITS` sorts of n.
    """
    found: list[Block] = []
    parts = [(_Part(0, len(old), 0, len(new)), MAX_SPLITS)]
    while parts:
        part, splits = parts.pop()
        ends, part = _equal_ends(old, new, part)
        found += ends
        if not part.cells:
            continue
        if part.cells <= MAX_CELLS:
            found += _exact(old, new, part)
        elif splits and part.longest <= MAX_ANCHORED:
            anchors = _anchors(old, new, part, ANCHOR_TOKENS) or _anchors(old, new, part, 1)
            found += anchors
            if anchors:
                parts += [(gap, splits - 1) for gap in _gaps(part, anchors)]
    return _merged(sorted(found))


def _merged(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with those that follow each other on both sides joined."""
    merged: list[Block] = []
    for i, j, length in blocks:
        if merged and merged[-1][0] + merged[-1][2] == i and merged[-1][1] + merged[-1][2] == j:
            merged[-1] = (*merged[-1][:2], merged[-1][2] + length)
        else:
            merged.append((i, j, length))
    return merged


def _equal_ends(old: Sequence[Hashable], new: Sequence[Hashable], part: _Part) -> tuple[list[Block], _Part]:
    """The equal tokens at both ends, and what lies between."""
    shortest = min(part.old_stop - part.old_start, part.new_stop - part.new_start)
    head = 0
    while head < shortest and old[part.old_start + head] == new[part.new_start + head]:
        head += 1
    tail = 0
    while tail < shortest - head and old[part.old_stop - 1 - tail] == new[part.new_stop - 1 - tail]:
        tail += 1
    blocks = [(part.old_start, part.new_start, head), (part.old_stop - tail, part.new_stop - tail, tail)]
    inner = _Part(part.old_start + head, part.old_stop - tail, part.new_start + head, part.new_stop - tail)
    return [block for block in blocks if block[2]], inner


def _exact(old: Sequence[Hashable], new: Sequence[Hashable], part: _Part) -> list[Block]:
    first, second = old[part.old_start : part.old_stop], new[part.new_start : part.new_stop]
    # Strings are read faster than lists. A character for each token that both have suffices: less than 2 ** 13.
    letters = {token: chr(number) for number, token in enumerate(set(first) & set(second), 2)}
    blocks = LCSseq.editops(
        "".join([letters.get(token, "\0") for token in first]), "".join([letters.get(token, "\1") for token in second])
    ).as_matching_blocks()
    return [(block.a + part.old_start, block.b + part.new_start, block.size) for block in blocks if block.size]


def _anchors(old: Sequence[Hashable], new: Sequence[Hashable], part: _Part, length: int) -> list[Block]:
    """Runs that are equal and occur once on either side, as many in order as possible, not overlapping."""
    places: dict[tuple[Hashable, ...], int] = {}
    for i, run in enumerate(_runs(old, part.old_start, part.old_stop, length), part.old_start):
        places[run] = -1 if run in places else i
    found: dict[tuple[Hashable, ...], int] = {}
    for j, run in enumerate(_runs(new, part.new_start, part.new_stop, length), part.new_start):
        if places.get(run, -1) >= 0:
            found[run] = -1 if run in found else j
    runs = _merged([(places[run], j, 1) for run, j in found.items() if j >= 0])  # in the order of the new side
    blocks: list[Block] = []
    old_stop, new_stop = part.old_start, part.new_start
    for i, j, count in heaviest_chain(runs):
        overlap = max(0, old_stop - i, new_stop - j)
        size = count + length - 1 - overlap
        if size > 0:
            blocks.append((i + overlap, j + overlap, size))
            old_stop, new_stop = i + overlap + size, j + overlap + size
    return blocks


def _runs(tokens: Sequence[Hashable], start: int, stop: int, length: int) -> Iterator[tuple[Hashable, ...]]:
    """Each run of so many tokens, from left to right."""
    return zip(*[tokens[start + offset : stop] for offset in range(length)], strict=False)


def _gaps(part: _Part, blocks: Sequence[Block]) -> list[_Part]:
    gaps = []
    for i, j, length in blocks:
        gaps.append(replace(part, old_stop=i, new_stop=j))
        part = replace(part, old_start=i + length, new_start=j + length)
    return [gap for gap in (*gaps, part) if gap.cells]
