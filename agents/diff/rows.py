"""Matches as the rows of a diff, in the order of the new text."""

from __future__ import annotations

from collections.abc import Iterator

from agents.diff.align import Match, align
from agents.diff.anchors import equal_ends
from agents.diff.common import Compared
from agents.diff.spans import whole, word_spans
from schemas.change import Row, RowKind


def rows(old: tuple[str, ...], new: tuple[str, ...], compared: Compared) -> tuple[Row, ...]:
    """Every paragraph of both texts in one row; a deleted one after the row that its predecessor stands in."""
    head, tail = equal_ends(old, new)
    old_stop, new_stop = len(old) - tail, len(new) - tail
    return (
        *[Row("equal", (n,), (n,), whole("=", text)) for n, text in enumerate(old[:head])],
        *_between(old[head:old_stop], new[head:new_stop], head, compared),
        *[Row("equal", (old_stop + n,), (new_stop + n,), whole("=", text)) for n, text in enumerate(old[old_stop:])],
    )


def _between(old: tuple[str, ...], new: tuple[str, ...], head: int, compared: Compared) -> Iterator[Row]:
    """The rows of paragraphs behind the `head` first ones."""
    matches = align(old, new, compared)
    match_of = {match.new[0]: match for match in matches}
    kept_old = {i for match in matches for i in match.old}
    kept_new = {j for match in matches for j in match.new}

    def deleted_from(number: int) -> Iterator[Row]:
        while number < len(old) and number not in kept_old:
            yield Row("deleted", (head + number,), (), whole("-", old[number]))
            number += 1

    yield from deleted_from(0)
    for number, text in enumerate(new):
        if match := match_of.get(number):
            before, after = "\n".join([old[i] for i in match.old]), "\n".join([new[j] for j in match.new])
            old_numbers, new_numbers = (tuple([head + n for n in side]) for side in (match.old, match.new))
            yield Row(_kind(match, same=before == after), old_numbers, new_numbers, word_spans(before, after, compared))
            for i in match.old:
                if i + 1 not in kept_old:
                    yield from deleted_from(i + 1)
        elif number not in kept_new:
            yield Row("inserted", (), (head + number,), whole("+", text))


def _kind(match: Match, *, same: bool) -> RowKind:
    if len(match.new) > 1:
        return "split"
    if len(match.old) > 1:
        return "merged"
    if match.moved:
        return "moved"
    return "equal" if same else "edited"
