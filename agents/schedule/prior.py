"""What a source's articles say of the next one: the mean of its edits, drawn to the mean of all (empirical Bayes)."""

from __future__ import annotations

from dataclasses import dataclass

from agents.schedule.estimate import MEAN, Belief

SOURCE_WEIGHT = 30.0
"""Exposure at which a source's own figures weigh as much as the mean of all: ten articles.

The rates of sources differ by a factor of e^.5, a variance of .035, so that the mean of all is worth 1 / .035 = 29.
An article followed to its end has an exposure of 2.8, and figures of a variance of .35 / 2.8 + .35^2 / .51 = .37:
it is worth 2.7, and 29 / 2.7 * 2.8 = 30.
"""

OVERALL_WEIGHT = 300.0
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
