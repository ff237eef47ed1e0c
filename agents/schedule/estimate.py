"""How likely an article has an edit that nobody has seen, and when to look again.

Edits are a Poisson process whose rate is the article's own, times a hazard that falls with its age, plus a burst after
each edit, since edits come in groups. What is known of the rate is a Gamma distribution. Whether an article changed is
all that a look tells, not how often: the update is that of Cho and Garcia-Molina's binary observations ("Estimating
frequency of change", 2003), in its Bayesian form.

Times are seconds since 1970; `born` is when the article was published or first seen.
"""

from __future__ import annotations

import math
from dataclasses import replace

from schemas.schedule import Belief

HOUR = 3600.0
DAY = 24 * HOUR

FADE = 1.35
"""How fast the hazard falls: (age + 1 h) to the power of -1.35 has 81 % of a week's edits in the first day, which is
what the GDELT Global Difference Graph has seen (82 % of changed bodies)."""

SHAPE = 0.51
"""Of the Gamma prior: few articles have most of the edits (35 % are edited in a day, and those 1.94 times: Timmerman,
Bronselaer and Van Leuven on 291,666 articles)."""

MEAN = 0.35
"""Edits for each unit of the hazard's integral, which is 1.9 for the first day."""

BURST = 0.35
BURST_FADE = 2 * HOUR
"""How many more edits an edit brings, and how fast they come."""

SOONEST = HOUR / 4
LATEST = 7 * DAY
MAX_SHARE_OF_AGE = 0.5
"""The next look is never before a quarter of an hour, and never after a week, or half the age and half an hour."""

GIVEN_UP_AFTER = 40 * DAY
"""How long an article is watched that does not change."""

_STEPS = 24
"""Halvings of a week to less than a second."""


def new_belief(born: float, at: float) -> Belief:
    """What is known of any article."""
    return Belief(born=born, at=at, edits=SHAPE, exposure=SHAPE / MEAN)


def hazard(born: float, start: float, stop: float) -> float:
    """The integral of the hazard over a time; nothing where time goes back."""
    first, last = (max(0.0, moment - born) / HOUR + 1 for moment in (start, stop))
    return max(0.0, (math.pow(first, 1 - FADE) - math.pow(last, 1 - FADE)) / (FADE - 1))


def unseen(belief: Belief, until: float) -> float:
    """How many edits are expected since the last look."""
    return _own(belief, until) + _of_burst(belief, until)


def _own(belief: Belief, until: float) -> float:
    return belief.edits / belief.exposure * hazard(belief.born, belief.at, until)


def _of_burst(belief: Belief, until: float) -> float:
    return belief.burst * -math.expm1(-max(0.0, until - belief.at) / BURST_FADE)


def looked(belief: Belief, now: float) -> Belief:
    """The belief after a look, as if it had shown no edit. Where time goes back, nothing was seen."""
    now = max(now, belief.at)
    own, by_burst = _own(belief, now), _of_burst(belief, now)
    exposure = belief.exposure + hazard(belief.born, belief.at, now)
    return replace(belief, at=now, exposure=exposure, burst=belief.burst - by_burst, own=own, by_burst=by_burst)


def edited(belief: Belief) -> Belief:
    """The belief once the last look has turned out to show an edit, one at least."""
    expected = max(belief.own + belief.by_burst, 1e-9)
    happened = expected / -math.expm1(-expected)
    share = belief.own / expected if belief.own else 1.0
    return replace(belief, edits=belief.edits + share * happened, burst=belief.burst + BURST)


def next_look(belief: Belief, threshold: float) -> float:
    """When the expected number of unseen edits reaches a threshold, within the bounds."""
    age = max(0.0, belief.at - belief.born)
    soonest = belief.at + SOONEST
    latest = belief.at + max(SOONEST, min(LATEST, MAX_SHARE_OF_AGE * (age + HOUR)))
    if unseen(belief, soonest) >= threshold:
        return soonest
    if unseen(belief, latest) < threshold:
        return latest
    for _ in range(_STEPS):
        middle = (soonest + latest) / 2
        if unseen(belief, middle) < threshold:
            soonest = middle
        else:
            latest = middle
    return latest
