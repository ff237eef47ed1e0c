"""Words of certainty or doubt: allegedly, may, confirmed."""

from __future__ import annotations

from agents.diff.labels.passages import Passage, Side
from agents.diff.labels.wording import Wording


def changed_hedges(passage: Passage, wording: Wording) -> list[tuple[str, str]]:
    """The words that went and those that came, for each edit in which they are not the same."""
    pairs = []
    for edit in passage.of_kind("words"):
        old, new = _hedges(passage.old, edit.old, wording), _hedges(passage.new, edit.new, wording)
        if old != new:
            pairs.append((", ".join(old), ", ".join(new)))
    return pairs


def _hedges(side: Side, place: tuple[int, int], wording: Wording) -> list[str]:
    found = wording.hedges.find(side.folded, *place)
    return sorted({side.between(start, stop).lower() for start, stop, _ in found if side.tokens[start] != "May"})
