"""Blocks of equal tokens, made to read as a person would mark the edits between them."""

from __future__ import annotations

from agents.diff.lcs import Block
from agents.diff.signs import CLAUSE_ENDS, SENTENCE_ENDS, sign_before
from agents.diff.tokens import Words

MAX_SWALLOWED_TOKENS = 4
MAX_SWALLOWED_CHARS = 20
"""What stays between two rewritten stretches is marked as rewritten too where it is no longer than this, nor than
either of them: chance words ("of the") that would tear one edit into many. The second condition is that of
diff-match-patch's semantic clean-up; alone it swallows phrases that a reader wants to see kept."""


def polish(blocks: list[Block], old: Words, new: Words) -> list[Block]:
    """The blocks without small chance equalities, and with insertions and deletions moved to where sentences end."""
    return _slid(_without_small(blocks, old, new), old, new)


def _without_small(blocks: list[Block], old: Words, new: Words) -> list[Block]:
    kept: list[Block] = [(0, 0, 0)]
    for block in [*blocks, (len(old), len(new), 0)]:
        # Without the last block, the edit behind the one before it is longer: that one is looked at again.
        while len(kept) > 1 and _is_small(kept[-2], kept[-1], block, old, new):
            kept.pop()
        kept.append(block)
    return kept[1:-1]


def _is_small(before: Block, block: Block, after: Block, old: Words, new: Words) -> bool:
    i, j, length = block
    if length > MAX_SWALLOWED_TOKENS:
        return False
    chars = old.width(i, i + length)
    removed = old.width(before[0] + before[2], i), old.width(i + length, after[0])
    added = new.width(before[1] + before[2], j), new.width(j + length, after[1])
    return (
        chars <= MAX_SWALLOWED_CHARS
        and chars <= max(removed[0], added[0])
        and chars <= max(removed[1], added[1])
        and any(removed)  # words between two insertions were not rewritten,
        and any(added)  # nor were those between two deletions
    )


def _slid(blocks: list[Block], old: Words, new: Words) -> list[Block]:
    """Where the same words begin (or follow) an insertion and follow (or begin) it, it can stand at several places."""
    slid: list[Block] = [(0, 0, 0)]
    for i, j, length in [*blocks, (len(old), len(new), 0)]:
        before_i, before_j, before_length = slid[-1]
        old_gap, new_gap = i - before_i - before_length, j - before_j - before_length
        shift = 0
        if new_gap and not old_gap:
            shift = _best_shift(new, j - new_gap, j, before_length, length)
        elif old_gap and not new_gap:
            shift = _best_shift(old, i - old_gap, i, before_length, length)
        slid[-1] = before_i, before_j, before_length + shift
        slid.append((i + shift, j + shift, length - shift))
    return [block for block in slid if block[2]]


def _best_shift(words: Words, start: int, stop: int, most_left: int, most_right: int) -> int:
    """By how many tokens the edit [start, stop) moves: up to `most_left` to the left, `most_right` to the right."""
    tokens = words.tokens
    can_go_left = most_left and tokens[start - 1] == tokens[stop - 1]
    can_go_right = most_right and tokens[start] == tokens[stop]
    if not can_go_left and not can_go_right:
        return 0
    best = (_border(words, start) + _border(words, stop), 0)
    left = 0
    while left < most_left and tokens[start - left - 1] == tokens[stop - left - 1]:
        left += 1
        best = max(best, (_border(words, start - left) + _border(words, stop - left), -left))
    right = 0
    while right < most_right and tokens[start + right] == tokens[stop + right]:
        right += 1
        best = max(best, (_border(words, start + right) + _border(words, stop + right), right))
    return best[1]


def _border(words: Words, index: int) -> int:
    """How natural it is that an edit starts or ends before a token: 4 between paragraphs, 0 inside a word group."""
    if index == 0:
        return 1 if words.first else 4
    tokens, bounds = words.tokens, words.bounds
    if index < len(tokens):
        space = words.text[bounds[2 * index - 1] : bounds[2 * index]]
    elif words.stop == len(words.text):
        return 4
    else:
        space = " "
    if "\n" in space:
        return 4
    if not space and tokens[index - 1] not in SENTENCE_ENDS:  # scripts without spaces have full stops, too
        return 0
    sign = sign_before(tokens, index)
    if sign in SENTENCE_ENDS:
        return 3
    return 2 if sign in CLAUSE_ENDS else 1
