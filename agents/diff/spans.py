"""What changed inside a text, word by word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal

from agents.diff.common import Common, Compared
from agents.diff.polish import polish
from agents.diff.tokens import MAX_COMPARED_CHARS
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
        return _joined((_INVERSE[op], text) for op, text in _pieces(compared(new, old)))
    return _joined(_pieces(compared(old, new)))


def whole(op: _Op, text: str) -> Spans:
    """The spans of a text that was kept, deleted or inserted as a whole."""
    return ((op, text),) if text else ()


def _joined(pieces: Iterable[Span]) -> Spans:
    """Pieces as spans: empty ones left out, neighbours of one kind joined, deletions before insertions."""
    spans: list[Span] = []
    kept = removed = added = ""
    for op, text in pieces:
        if not text:
            continue
        if op == "=":
            if removed:
                spans.append(("-", removed))
            if added:
                spans.append(("+", added))
            removed = added = ""
            kept += text
        else:
            if kept:
                spans.append(("=", kept))
                kept = ""
            if op == "-":
                removed += text
            else:
                added += text
    return (*spans, *whole("=", kept), *whole("-", removed), *whole("+", added))


def _pieces(found: Common) -> Iterator[Span]:
    old, new = found.old, found.new
    yield "=", old.text[: old.first]
    old_end, new_end = old.first, new.first
    for i, j, length in [*polish(found.blocks, old, new), (len(old), len(new), 0)]:
        yield from _edit(old.text[old_end : old.start(i)], new.text[new_end : new.start(j)])
        if length:
            kept = old.slice(i, i + length)
            if kept == new.slice(j, j + length):
                yield "=", kept
            else:  # white space differs between two of the tokens
                yield from _spaced(found, i, j, length)
            old_end, new_end = old.end(i + length - 1), new.end(j + length - 1)
    yield "=", old.text[old.stop :]


def _spaced(found: Common, i: int, j: int, length: int) -> Iterator[Span]:
    """Equal tokens, and what differs between them."""
    old, new = found.old, found.new
    for step in range(length):
        if step:
            yield from _edit(
                old.text[old.end(i + step - 1) : old.start(i + step)],
                new.text[new.end(j + step - 1) : new.start(j + step)],
            )
        yield "=", old.tokens[i + step]


def _edit(old: str, new: str) -> Iterator[Span]:
    """What was replaced between two blocks; the white space that both have at their ends stays."""
    if old == new:
        yield "=", old
        return
    shortest = min(len(old), len(new))
    head = 0
    while head < shortest and old[head] == new[head] and old[head].isspace():
        head += 1
    tail = 0
    while tail < shortest - head and old[-1 - tail] == new[-1 - tail] and old[-1 - tail].isspace():
        tail += 1
    yield "=", old[:head]
    yield "-", old[head : len(old) - tail]
    yield "+", new[head : len(new) - tail]
    yield "=", old[len(old) - tail :]
