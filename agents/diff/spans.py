"""What changed inside a text, word by word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal

from agents.diff.lcs import Block, matching_blocks
from agents.diff.polish import polish
from agents.diff.tokens import MAX_COMPARED_CHARS, Lexicon, Words
from schemas.change import Span, Spans

_INVERSE: Final[dict[str, Literal["=", "-", "+"]]] = {"=": "=", "-": "+", "+": "-"}


def word_spans(old: str, new: str, lexicon: Lexicon) -> Spans:
    """The spans that lead from one text to the other.

    They make up both texts exactly. No span is empty, neighbours never do the same, and a deletion stands before the
    insertion that replaces it. Swapping the texts swaps deletions and insertions.
    """
    if old == new:
        return _joined([("=", old)])
    if len(old) + len(new) > MAX_COMPARED_CHARS:
        return _joined([("-", old), ("+", new)])
    if old > new:  # ties are broken in one direction only, so that both directions give the same marks
        return _joined((_INVERSE[op], text) for op, text in word_spans(new, old, lexicon))
    before, after = lexicon.words(old), lexicon.words(new)
    blocks = polish(matching_blocks(before.exact, after.exact), before, after)
    return _joined(_pieces(blocks, before, after))


def _joined(pieces: Iterable[Span]) -> Spans:
    """Pieces as spans: empty ones left out, neighbours of one kind joined, deletions before insertions."""
    spans: list[Span] = []
    waiting: dict[str, list[str]] = {"=": [], "-": [], "+": []}

    def release(*ops: Literal["=", "-", "+"]) -> None:
        for op in ops:
            if waiting[op]:
                spans.append((op, "".join(waiting[op])))
                waiting[op].clear()

    for op, text in pieces:
        if text:
            if op == "=":
                release("-", "+")
            else:
                release("=")
            waiting[op].append(text)
    release("=", "-", "+")
    return tuple(spans)


def _pieces(blocks: list[Block], old: Words, new: Words) -> Iterator[Span]:
    old_end = new_end = 0
    for i, j, length in [*blocks, (len(old), len(new), 0)]:
        yield from _edit(old.text[old_end : old.start(i)], new.text[new_end : new.start(j)])
        if old.slice(i, i + length) == new.slice(j, j + length):
            yield "=", old.slice(i, i + length)
        else:  # white space differs between two of the tokens
            for step in range(length):
                if step:
                    yield from _edit(
                        old.text[old.end(i + step - 1) : old.start(i + step)],
                        new.text[new.end(j + step - 1) : new.start(j + step)],
                    )
                yield "=", old.tokens[i + step]
        old_end, new_end = old.end(i + length - 1), new.end(j + length - 1)


def _edit(old: str, new: str) -> Iterator[Span]:
    """What was replaced between two blocks; the white space that both have at their ends stays."""
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
