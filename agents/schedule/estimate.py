"""What is believed of one article: how likely it has an edit that nobody has seen, and so when to look again.

Edits come as a Poisson process whose rate falls with the article's age; how lively an article is, is Gamma distributed
over the articles of a source, and learned from each check. An edit makes others likely for some hours (a burst).
A check shows that there was an edit or none, not how many: Cho and Garcia-Molina, "Estimating frequency of change"
(2003). The posterior mean under that observation is exact here, for checks at any times.
"""

from __future__ import annotations

import math
from dataclasses import replace

from schemas.schedule import Belief

HOUR = 3600.0
DAY = 24 * HOUR

GIVEN_UP_AFTER = 40 * DAY
"""The promise: seconds without an interesting change, as of News Sniffer."""

DECAY = 1.2
"""The hazard of an edit is (age + 1 h)^-1.2: 74 % of the edits of a week fall into its first day.

GDELT's Global Difference Graph has 82 %, which -1.35 would give. But where that is true, this costs nothing, and where
edits come more evenly it catches more of them (`make bench`).
"""

SHAPE = 0.51
"""Of the Gamma distribution of articles: 35 % are edited within 24 hours, 1.94 times each (Timmerman et al., 291,666
articles of six papers)."""

MEAN = 0.286
"""Edits per unit of exposure over all articles, from the same figures: .68 edits an article in 24 hours."""

FOLLOWING = 0.35
"""Edits that one edit makes follow."""

BURST = 2 * HOUR
"""Seconds after which 1/e of a burst is left."""

SHORTEST = HOUR / 4
LONGEST = 7 * DAY
LARGEST_SHARE = 2.0
"""Of (age + 1 h), which bounds an interval where the belief is wrong about an article.

A share of .5 catches no more, but asks for some 18 fetches of each article at any price, which a host that is short of
fetches does not have.
"""

_STEPS = 20
"""At most, to find an interval to the second; 3 are usual."""


def first_belief(mean: float, first_seen: float, published: float | None = None) -> Belief:
    """The belief about an article at first sight, of whose source this mean is known (see `prior`)."""
    born = first_seen if published is None else min(published, first_seen)
    return Belief(SHAPE, SHAPE / mean, 0.0, born, first_seen, first_seen)


def seen_unchanged(belief: Belief, now: float) -> Belief:
    """The belief after a check that showed no edit."""
    elapsed = max(0.0, now - belief.last_check)
    return replace(
        belief,
        beta=belief.beta + exposure(belief, elapsed),
        burst=belief.burst * math.exp(-elapsed / BURST),
        last_check=now,
    )


def seen_changed(belief: Belief, now: float, *, interesting: bool = True) -> Belief:
    """The belief after a check that showed one edit or several; an interesting one starts the 40 days afresh.

    A check less than a second after the one before counts no edit: it is that one again, or a clock was set back.
    """
    elapsed = max(0.0, now - belief.last_check)
    after = seen_unchanged(belief, now)
    if elapsed >= 1:
        chance = _chance(belief, elapsed)
        gained = exposure(belief, elapsed)
        usual = belief.alpha / belief.beta * gained
        edits = (usual + belief.burst - after.burst) / chance
        # An edit fell anywhere into the time between the checks.
        left = BURST / elapsed * -math.expm1(-elapsed / BURST)
        after = replace(after, alpha=belief.alpha + usual / chance, burst=after.burst + FOLLOWING * edits * left)
    return replace(after, last_change=now) if interesting else after


def chance_unseen(belief: Belief, now: float) -> float:
    """The chance, from 0 to 1, that the article was edited since its last check."""
    return _chance(belief, max(0.0, now - belief.last_check))


def next_check(belief: Belief, now: float, theta: float) -> float | None:
    """When the chance of an unseen edit reaches `theta`: not before `now`; None once the article is given up.

    It is 15 minutes after the last check at least, and at most 7 days and twice (age + 1 h). The last one is at
    the moment at which the article is given up.
    """
    end = given_up_at(belief)
    if now >= end:
        return None
    last = min(belief.last_check, now)
    at = last + _interval(belief, theta)
    return min(max(at, now), end)


def given_up_at(belief: Belief) -> float:
    """When the article is given up unless a change is seen before: after 40 days without an interesting one."""
    return belief.last_change + GIVEN_UP_AFTER


def exposure(belief: Belief, elapsed: float) -> float:
    """The integral of the hazard over so many seconds since the last check; it is 5 from birth to eternity."""
    began = 1 + _age(belief) / HOUR
    power = 1 - DECAY
    return math.pow(began, power) * math.expm1(power * math.log1p(elapsed / HOUR / began)) / power


def _age(belief: Belief) -> float:
    return max(0.0, belief.last_check - belief.published)


def _chance(belief: Belief, elapsed: float) -> float:
    return -math.expm1(-_depth(belief, elapsed))


def _depth(belief: Belief, elapsed: float) -> float:
    """-log of the chance of no edit within so many seconds since the last check."""
    usual = belief.alpha * math.log1p(exposure(belief, elapsed) / belief.beta)
    return usual - belief.burst * math.expm1(-elapsed / BURST)


def _slope(belief: Belief, elapsed: float) -> float:
    """The derivative of `_depth`, which falls as time passes."""
    hazard = math.pow(1 + (_age(belief) + elapsed) / HOUR, -DECAY) / HOUR
    usual = belief.alpha * hazard / (belief.beta + exposure(belief, elapsed))
    return usual + belief.burst * math.exp(-elapsed / BURST) / BURST


def _interval(belief: Belief, theta: float) -> float:
    """Seconds from a check to the next."""
    interval = SHORTEST
    longest = max(SHORTEST, min(LONGEST, LARGEST_SHARE * (_age(belief) + HOUR)))
    wanted = math.inf if theta >= 1 else -math.log1p(-theta)
    if _depth(belief, longest) <= wanted:
        return longest
    # Newton's method: since the slope falls, each step ends before what is sought, and none can miss it.
    for _ in range(_STEPS):
        step = (wanted - _depth(belief, interval)) / _slope(belief, interval)
        if step < 1:
            break
        interval += step
    return interval
