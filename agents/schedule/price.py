"""The price of a fetch at a host: how likely an unseen edit has to be for its article to be looked at.

A host allows so many fetches an hour. Where more are due than that, the price rises until only as many are due, which
are those where an edit is likeliest: the multiplier of a host's constraint in Kolobov et al., "Optimal freshness crawl
under politeness constraints" (SIGIR 2019), found by feeling for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

LOWEST = 0.025
"""The price where nothing is short: 44 % of the fetches of NewsDiffs, run hourly, if edits come in bursts,
and fewer if they do not (`make bench`)."""
HIGHEST = 1.0

PACE = math.log(1.1) / 3600
"""By 10 % an hour, since what was planned at an earlier price comes due for hours. A faster price swings between its
bounds, and what is looked at while it is high is not looked at again for days (`make bench`)."""

BUSY = 1.0
IDLE = 0.5
"""Between both the price stays, so that it does not swing."""


@dataclass(frozen=True, slots=True)
class Price:
    """`theta`, a chance from `LOWEST` to 1, as of `at`, in Unix seconds."""

    theta: float
    at: float


def after_interval(price: Price, load: float, now: float) -> Price:
    """The price after some time at this load: how long what is due has to wait, as a share of what it may."""
    direction = (load > BUSY) - (load < IDLE)
    # Longer than the whole way, it would only overflow.
    elapsed = min(max(0.0, now - price.at), math.log(HIGHEST / LOWEST) / PACE)
    theta = price.theta * math.exp(direction * PACE * elapsed)
    return Price(min(max(theta, LOWEST), HIGHEST), now)
