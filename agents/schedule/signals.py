"""How far a source's word that an article was edited brings its check forward: as far as it proved right before."""

from __future__ import annotations

from dataclasses import dataclass

from agents.schedule.estimate import next_check
from schemas.schedule import Belief

AT_ONCE = 0.5
"""Precision above which a signal is acted on at once, even right after a check."""

REMEMBERED = 200
"""Signals whose outcome counts: what came before fades, since sites change their ways."""


@dataclass(frozen=True, slots=True)
class Precision:
    """How often the signals of a source (a feed's entry updated, a sitemap's lastmod) were right.

    A Beta distribution that begins at one of each: nothing is known, and the mean is a half.
    """

    right: float = 1.0
    wrong: float = 1.0

    @property
    def mean(self) -> float:
        """The chance that the next signal is right."""
        return self.right / (self.right + self.wrong)


def unconfirmed(precision: Precision) -> Precision:
    """The precision after a check that followed a signal, as long as no edit was seen in it."""
    kept = min(1.0, REMEMBERED / (precision.right + precision.wrong))
    return Precision(kept * precision.right, kept * precision.wrong + 1)


def confirmed(precision: Precision) -> Precision:
    """The precision once an edit was seen in a check that counted as wrong."""
    return Precision(precision.right + 1, max(1.0, precision.wrong - 1))


def raised(chance: float, precision: Precision) -> float:
    """The chance of an unseen edit after a signal, where it was `chance` before: for the order of what is due."""
    return 1 - (1 - chance) * (1 - precision.mean)


def check_after_signal(belief: Belief, now: float, theta: float, precision: Precision) -> float | None:
    """When to check after a signal at `now`: see `next_check`, which is never earlier.

    At once if such signals are right more often than not; else when the chance that they raise reaches `theta`, which
    may be as soon as 15 minutes are over since the last check.
    """
    planned = next_check(belief, now, theta)
    if planned is None:
        return None
    if precision.mean > AT_ONCE:
        return now
    return next_check(belief, now, max(0.0, 1 - (1 - theta) / (1 - precision.mean)))
