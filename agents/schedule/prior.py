"""What a source's articles say of the next one: the mean of its edits, drawn to the mean of all (empirical Bayes)."""

from __future__ import annotations

from dataclasses import dataclass

from agents.schedule.estimate import MEAN
from schemas.schedule import Belief

SOURCE_WEIGHT = 38.0
"""Exposure at which a source's own figures weigh as much as the mean of all: ten articles.

If the rates of sources differ by a factor of e^.5, their variance is .28 * .286^2 = .023, so that the mean of all is
worth 1 / .023 = 43. An article followed to its end has an exposure of 3.7, and figures of a variance of
.286 / 3.7 + .286^2 / .51 = .24: it is worth 4.2, and 43 / 4.2 * 3.7 = 38.
"""

OVERALL_WEIGHT = 380.0
"""The same for the mean of all, where nothing was seen yet but what is published: a hundred articles."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What was seen of the articles of a source, or of all: exposure (see `estimate`) and edits."""

    exposure: float = 0.0
    edits: float = 0.0


def with_check(counts: Counts, before: Belief, after: Belief) -> Counts:
    """The counts after a check that turned one belief into another; those of a burst do not count."""
    return Counts(counts.exposure + after.beta - before.beta, counts.edits + after.alpha - before.alpha)


def source_mean(source: Counts, overall: Counts) -> float:
    """Edits per unit of exposure to expect of a source's next article."""
    mean = _drawn(overall, MEAN, OVERALL_WEIGHT)
    return _drawn(source, mean, SOURCE_WEIGHT)


def _drawn(counts: Counts, mean: float, weight: float) -> float:
    return (counts.edits + weight * mean) / (counts.exposure + weight)
