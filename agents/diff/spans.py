"""What changed inside a text, word by word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal

from agents.diff.common import Common, Compared
from agents.diff.lcs import Block
from agents.diff.polish import polish
from agents.diff.tokens import MAX_COMPARED_CHARS, Words
from schemas.change import Span, Spans

_Op = Literal["=", "-", "+"]
_INVERSE: Final[dict[str, _Op]] = {"=": "=", "-": "+", "+": "-"}


def word_spans(old: str, new: str, compared: Compared) -> Spans:
    """The spans that lead from one text to the other.

    They make up both texts exactly. No span is empty, neighbours never do the same, and a deletion stands before the
    insertion that replaces it. Swapping the texts swaps deletions and insertions.
    """
    if old == new:
        return whole("=", old)
    if not old or not new or len(old) + len(new) > MAX_COMPARED_CHARS:
        return whole("-", old) + whole("+", new)
    if old > new:  # ties are broken in one direction only, so that both directions give the same marks
        spans = _spans(compared(new, old))
        turned: list[Span] = [(_INVERSE[op], text) for op, text in spans]
        for place in range(len(turned) - 1):
            if turned[place][0] == "+" and turned[place + 1][0] == "-":
                turned[place : place + 2] = turned[place + 1], turned[place]
        return tuple(turned)
    return tuple(_spans(compared(old, new)))


def whole(op: _Op, text: str) -> Spans:
    """The spans of a text that was kept, deleted or inserted as a whole."""
    return ((op, text),) if text else ()


def _spans(found: Common) -> list[Span]:
    old, new = found.old, found.new
    spans: list[Span] = []
    kept = old.text[: old.first]
    old_end, new_end = old.first, new.first
    for i, j, length in [*_evenly_spaced(polish(found.blocks, old, new), old, new), (len(old), len(new), 0)]:
        gone, come = old.text[old_end : old.start(i)], new.text[new_end : new.start(j)]
        head, tail = _shared_space(gone, come)
        removed, added = gone[head : len(gone) - tail], come[head : len(come) - tail]
        kept += gone[:head]
        if removed or added:
            spans += [*whole("=", kept), *whole("-", removed), *whole("+", added)]
            kept = ""
        kept += gone[len(gone) - tail :] + old.slice(i, i + length)
        if length:
            old_end, new_end = old.end(i + length - 1), new.end(j + length - 1)
    return [*spans, *whole("=", kept + old.text[old.stop :])]


def _evenly_spaced(blocks: Iterable[Block], old: Words, new: Words) -> Iterator[Block]:
    """The blocks; one with other white space between its tokens on the other side in single tokens."""
    for i, j, length in blocks:
        if old.slice(i, i + length) == new.slice(j, j + length):
            yield i, j, length
        else:
            yield from ((i + step, j + step, 1) for step in range(length))


def _shared_space(old: str, new: str) -> tuple[int, int]:
    """How much white space two texts share at their starts, and how much of the rest at their ends."""
    if old == new:
        return len(old), 0
    shortest = min(len(old), len(new))
    head = 0
    while head < shortest and old[head] == new[head] and old[head].isspace():
        head += 1
    tail = 0
    while tail < shortest - head and old[-1 - tail] == new[-1 - tail] and old[-1 - tail].isspace():
        tail += 1
    return head, tail
