"""Spans without the long unchanged stretches between their marks."""

from __future__ import annotations

from schemas.change import Spans

CONTEXT = 80
"""Characters of unchanged text that are shown before and behind a mark."""


def shortened(spans: Spans) -> Spans:
    """The spans with long unchanged text cut down to what is near a mark."""
    last = len(spans) - 1
    return tuple(
        (op, _cut(text, first=place == 0, last=place == last) if op == "=" else text)
        for place, (op, text) in enumerate(spans)
    )


def _cut(text: str, *, first: bool, last: bool) -> str:
    head, tail = 0 if first and not last else CONTEXT, 0 if last else CONTEXT
    if len(text) <= head + tail + CONTEXT // 2:  # little would be saved
        return text
    start, end = text[:head], text[len(text) - tail :]
    start = start.rpartition(" ")[0] or start
    end = end.partition(" ")[2] or end
    return " ".join(part for part in (start, "…", end) if part)
