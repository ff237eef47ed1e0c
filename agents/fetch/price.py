"""What a look at a host has to promise, so that its budget of requests goes where an edit is likeliest.

Where a host is asked for more than it can be, its threshold rises; where it has time to spare, it falls. It is a
multiplicative price, the Lagrange multiplier of the host's constraint (Kolobov and others, "Optimal Freshness Crawl
Under Politeness Constraints", 2019).
"""

from __future__ import annotations

from dataclasses import dataclass

LEAST, MOST = 0.02, 1.0
"""Expected edits: of a host with time to spare, and of one that is asked for its surest news only."""

STEP = 1.1
"""By how much it rises or falls in a minute."""

MAX_WAIT = 600.0
"""Seconds of requests that may wait for a host before its threshold rises."""

_MAX_MINUTES = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A host's threshold, as it was at a time in seconds since 1970."""

    threshold: float = LEAST
    at: float = 0.0


def moved(price: Price, wait: float, now: float) -> Price:
    """The price now that requests wait for a host that take so many seconds in all."""
    minutes = min(max(0.0, now - price.at) / 60, _MAX_MINUTES) if price.at else 0.0
    factor = STEP**minutes if wait > MAX_WAIT else STEP**-minutes
    return Price(threshold=min(MOST, max(LEAST, price.threshold * factor)), at=now)
