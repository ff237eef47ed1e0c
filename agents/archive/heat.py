"""How often each paragraph of an article was rewritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.change import Change


@dataclass(frozen=True, slots=True)
class Heat:
    """A paragraph of the newest version: how often it was rewritten, and how it begins."""

    edits: int
    start: str


MAX_START = 80


def heat(changes: Sequence[Change]) -> list[Heat]:
    """The paragraphs of the newest version; `changes`: all of an article, or its newest, in their order.

    A paragraph that was split hands its edits on to each part; one that was merged has the most of those before it.
    """
    counts: dict[int, int] = {}
    starts: dict[int, str] = {}
    for change in changes:
        after: dict[int, int] = {}
        starts = {}
        for row in change.diff.rows:
            is_edited = any(op != "=" for op, _ in row.spans)
            edits = max((counts.get(number, 0) for number in row.old), default=0) + is_edited
            texts = "".join(text for op, text in row.spans if op != "-").split("\n")
            for number, text in zip(row.new, texts, strict=False):
                after[number] = edits
                starts[number] = text[:MAX_START]
        counts = after
    return [Heat(counts[number], starts[number]) for number in sorted(counts)]
