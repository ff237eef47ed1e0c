"""What two texts have in common, word by word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agents.diff.lcs import Block, matching_blocks
from agents.diff.tokens import Words

CONTEXT = 60
"""How many characters of the equal ends of two texts are read as tokens: those to which an edit's borders may move."""


@dataclass(frozen=True, slots=True)
class Common:
    """The equal tokens of two texts, in order. Outside the tokens that were read the texts are equal.

    `chars`: how many characters they have in common, in the equal ends and from end to end of each block.
    """

    old: Words
    new: Words
    blocks: list[Block]
    chars: int


Compared = Callable[[str, str], Common]
"""`common`, with a memory that lives as long as one diff."""


def common(old: str, new: str) -> Common:
    """What two texts have in common, as long as can be within the bounds of `matching_blocks`."""
    head, tail = _equal_chars(old, new)
    first = old.rfind(" ", 0, max(0, head - CONTEXT)) + 1
    stop = old.find(" ", len(old) - max(0, tail - CONTEXT))
    rest = len(old) - stop if stop >= 0 else 0
    before, after = Words.of(old, first, len(old) - rest), Words.of(new, first, len(new) - rest)
    blocks = matching_blocks(before.tokens, after.tokens)
    return Common(before, after, blocks, first + rest + sum(before.width(i, i + length) for i, _, length in blocks))


def _equal_chars(old: str, new: str) -> tuple[int, int]:
    """How many characters at the start, and how many of the others at the end, are the same."""
    shortest = min(len(old), len(new))
    head, limit = 0, shortest
    while head < limit:
        middle = (head + limit + 1) // 2
        if old[head:middle] == new[head:middle]:
            head = middle
        else:
            limit = middle - 1
    tail, limit = 0, shortest - head
    old_stop, new_stop = len(old), len(new)
    while tail < limit:
        middle = (tail + limit + 1) // 2
        if old[old_stop - middle : old_stop - tail] == new[new_stop - middle : new_stop - tail]:
            tail = middle
        else:
            limit = middle - 1
    return head, tail
