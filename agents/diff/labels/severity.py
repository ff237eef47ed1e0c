"""How much an edit weighs, from 0 to 1, by its labels and its size."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from schemas.change import Label, Severity, Stats

WEIGHTS: Final = {
    "quotes": 0.5,
    "numbers": 0.4,
    "rewrite": 0.4,
    "correction": 0.4,
    "attribution": 0.35,
    "hedging": 0.35,
    "names": 0.3,
    "headline": 0.3,
    "silent": 0.3,
    "lede": 0.2,
    "trim": 0.2,
    "update": 0.1,
    "byline": 0.1,
    "dateline": 0.05,
    "moved": 0.05,
    "typo": 0.02,
    "punctuation": 0.01,
}
"""What each label weighs by itself."""

SIZE = 0.3
"""What it weighs by itself that not a word is the same."""

REMOVED = Severity(0.8, ("removed 0.80",))
"""An article that is gone."""


def severity(labels: Iterable[Label], stats: Stats) -> Severity:
    """One less the product of what each reason leaves: 1 - (1 - w1) (1 - w2) ..., in two digits.

    The reasons are the labels, each with its weight, and the size: `SIZE` times the share of words that are not the
    same. They stand in the order of their weight. Spelling and punctuation alone have no size.
    """
    names = {label.name for label in labels}
    reasons = {name: weight for name, weight in WEIGHTS.items() if name in names}
    if "minor" not in names and (size := round(SIZE * (1 - stats.similarity), 2)):
        reasons["size"] = size
    left = 1.0
    for weight in reasons.values():
        left *= 1 - weight
    ranked = sorted(reasons.items(), key=lambda reason: -reason[1])
    return Severity(round(1 - left, 2), tuple(f"{name} {weight:.2f}" for name, weight in ranked))
