"""Words of certainty or doubt: allegedly, may, confirmed."""

from __future__ import annotations

from collections.abc import Sequence

from agents.diff.labels.passages import Passage
from agents.diff.labels.sides import Side
from agents.diff.labels.wording import CONDITIONAL, Wording

STEM = 4
"""Letters that the forms of a verb have in common."""


def changed_hedges(passage: Passage, wording: Wording) -> list[tuple[str, str]]:
    """The words that went and those that came, for each edit in which they are not the same."""
    pairs = []
    for edit in passage.of_kind("words"):
        old, new = (_hedges(passage, *place, wording) for place in ((passage.old, edit.old), (passage.new, edit.new)))
        before, after = passage.old.folded[slice(*edit.old)], passage.new.folded[slice(*edit.new)]
        old, new = sorted({*old, *_conditionals(before, after)}), sorted({*new, *_conditionals(after, before)})
        if old != new:
            pairs.append((", ".join(old), ", ".join(new)))
    return pairs


def _conditionals(tokens: Sequence[str], others: Sequence[str]) -> list[str]:
    """The verbs that say what would be, where another form of the same verb stands on the other side."""
    sure = {token[:STEM] for token in others if len(token) > STEM and not token.endswith(CONDITIONAL)}
    return [token for token in tokens if token.endswith(CONDITIONAL) and token[:STEM] in sure]


def _hedges(passage: Passage, side: Side, place: tuple[int, int], wording: Wording) -> list[str]:
    found = [(start, stop) for start, stop, _ in wording.hedges.find(side.folded, *place)]
    return sorted(
        {
            side.between(start, stop).lower()
            for start, stop in found
            if side.tokens[start] != "May" and passage.is_in_kept_sentence(side, start, stop)
        }
    )
