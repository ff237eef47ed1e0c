"""How far a hint that an article was edited brings its check forward: as far as such hints were right before."""

from __future__ import annotations

from dataclasses import dataclass

from agents.schedule.estimate import Belief, next_check

AT_ONCE = 0.5
"""Precision above which a signal is acted on at once, even right after a check."""

REMEMBERED = 200
"""Signals whose outcome counts: what came before fades, since sites change their ways."""


@dataclass(frozen=True, slots=True)
class Precision:
    """How often a kind of signal (a feed's entry updated, a sitemap's lastmod, a ping) was right at a source.

    A Beta distribution that begins at one of each: nothing is known, and the mean is a half.
    """

    right: float = 1.0
    wrong: float = 1.0

    @property
    def mean(self) -> float:
        """The chance that the next signal of the kind is right."""
        return self.right / (self.right + self.wrong)


def after_check(precision: Precision, *, changed: bool) -> Precision:
    """The precision after the first check that followed a signal."""
    kept = min(1.0, REMEMBERED / (precision.right + precision.wrong))
    return Precision(kept * precision.right + changed, kept * precision.wrong + (not changed))


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
