"""Matches as the rows of a diff, in the order of the new text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from agents.diff.align import Match
from agents.diff.spans import word_spans
from agents.diff.tokens import Lexicon
from schemas.change import Row, RowKind, Spans


def rows(old: tuple[str, ...], new: tuple[str, ...], matches: list[Match], lexicon: Lexicon) -> tuple[Row, ...]:
    """Every paragraph of both texts in one row; a deleted one after the row that its predecessor stands in."""
    match_of = {match.new[0]: match for match in matches}
    inner_new = {j for match in matches for j in match.new[1:]}
    kept_old = {i for match in matches for i in match.old}

    def deleted_from(number: int) -> Iterator[Row]:
        while number < len(old) and number not in kept_old:
            yield Row("deleted", (number,), (), _whole("-", old[number]))
            number += 1

    def in_order() -> Iterator[Row]:
        yield from deleted_from(0)
        for number, text in enumerate(new):
            if number in match_of:
                match = match_of[number]
                yield _matched(match, old, new, lexicon)
                for i in match.old:
                    yield from deleted_from(i + 1)
            elif number not in inner_new:
                yield Row("inserted", (), (number,), _whole("+", text))

    return tuple(in_order())


def _matched(match: Match, old: tuple[str, ...], new: tuple[str, ...], lexicon: Lexicon) -> Row:
    before = "\n".join(old[i] for i in match.old)
    after = "\n".join(new[j] for j in match.new)
    return Row(_kind(match, same=before == after), match.old, match.new, word_spans(before, after, lexicon))


def _kind(match: Match, *, same: bool) -> RowKind:
    if len(match.new) > 1:
        return "split"
    if len(match.old) > 1:
        return "merged"
    if match.moved:
        return "moved"
    return "equal" if same else "edited"


def _whole(op: Literal["-", "+"], text: str) -> Spans:
    return ((op, text),) if text else ()
