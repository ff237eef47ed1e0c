"""The belief about an article: when to look again, and when no more."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import astuple, replace
from itertools import pairwise

import orjson
import pytest
from beliefs import ELAPSED, MEANS, NOW, THETAS, after, beliefs
from hypothesis import assume, given
from hypothesis import strategies as st

from agents.schedule.estimate import (
    DAY,
    DECAY,
    GIVEN_UP_AFTER,
    HOUR,
    LARGEST_SHARE,
    LONGEST,
    MEAN,
    SHORTEST,
    chance_unseen,
    exposure,
    first_belief,
    given_up_at,
    next_check,
    seen_changed,
    seen_unchanged,
)
from schemas.schedule import Belief

Check = Callable[[Belief, float], Belief]
CHECKS = st.sampled_from([seen_changed, seen_unchanged])

SECOND = 1.0
"""As far as the time of a check is computed."""


def planned(belief: Belief, theta: float) -> float:
    """The next check of an article that is not given up, planned at its last one."""
    at = next_check(belief, belief.last_check, theta)
    assert at is not None
    return at


def is_watched(belief: Belief) -> bool:
    """Whether the article is not given up at its last check."""
    return belief.last_check < given_up_at(belief)


@given(beliefs(), THETAS)
def test_the_next_check_keeps_its_bounds(belief: Belief, theta: float) -> None:
    """It is after now, 15 minutes to 7 days from the last, within twice the age, and not after the end."""
    assume(is_watched(belief))
    now, at = belief.last_check, planned(belief, theta)
    cap = max(SHORTEST, min(LONGEST, LARGEST_SHARE * (now - belief.published + HOUR)))
    assert now < at <= min(given_up_at(belief), now + cap) + 1e-6
    assert at - now >= SHORTEST or at == given_up_at(belief)


@given(beliefs(), THETAS, st.floats(0, 100 * DAY))
def test_a_plan_made_later_never_lies_in_the_past(belief: Belief, theta: float, later: float) -> None:
    """What is overdue is due now; what is planned stays planned; what is given up has no next check."""
    now = belief.last_check + later
    at = next_check(belief, now, theta)
    if at is None:
        assert now >= given_up_at(belief)
    else:
        assert at == max(now, planned(belief, theta))


@given(beliefs(), THETAS)
def test_it_is_when_the_chance_reaches_the_threshold(belief: Belief, theta: float) -> None:
    """Where no bound is in the way, the chance of an unseen edit is theta then, and theta within a second."""
    assume(is_watched(belief))
    at = planned(belief, theta)
    if chance_unseen(belief, belief.last_check + SHORTEST) >= theta:
        assert at - belief.last_check <= SHORTEST + SECOND
    else:
        assert chance_unseen(belief, at) <= theta + 1e-9
        cap = min(LONGEST, LARGEST_SHARE * (belief.last_check - belief.published + HOUR))
        bounded = at == given_up_at(belief) or at - belief.last_check >= cap - 1e-6
        assert bounded or chance_unseen(belief, at + SECOND) >= theta - 1e-9


@given(beliefs(), ELAPSED, THETAS)
def test_a_change_never_delays_the_next_check(belief: Belief, elapsed: float, theta: float) -> None:
    """After a check that showed a change the next comes no later than after one that showed none."""
    now = belief.last_check + elapsed
    changed, unchanged = seen_changed(belief, now), seen_unchanged(belief, now)
    assume(is_watched(unchanged))
    usual = planned(unchanged, theta)
    if usual < given_up_at(unchanged):  # else it would have been the last one
        assert planned(changed, theta) <= usual + SECOND


@given(beliefs(), ELAPSED, ELAPSED, THETAS)
def test_what_is_unchanged_for_longer_is_looked_at_less_often(
    belief: Belief, one: float, other: float, theta: float
) -> None:
    """After an unchanged check the interval is no shorter than it would have been before."""
    shorter, longer = sorted((one, other))
    first = seen_unchanged(belief, belief.last_check + shorter)
    second = seen_unchanged(first, belief.last_check + longer)
    assume(is_watched(second))
    early, late = planned(first, theta) - first.last_check, planned(second, theta) - second.last_check
    if planned(second, theta) < given_up_at(second):
        assert late >= early - SECOND


@given(beliefs(), THETAS, THETAS)
def test_a_higher_threshold_never_leads_to_an_earlier_check(belief: Belief, one: float, other: float) -> None:
    """Where fetches are dear, there are fewer."""
    assume(is_watched(belief))
    low, high = sorted((one, other))
    assert planned(belief, low) <= planned(belief, high) + SECOND


@given(st.floats(0, 400 * DAY), st.lists(st.tuples(st.floats(1, 50 * DAY), st.booleans(), st.booleans()), max_size=20))
def test_an_article_is_given_up_40_days_after_its_newest_interesting_change(
    age: float, checks: list[tuple[float, bool, bool]]
) -> None:
    """Exactly 40 days, from first sight if there is none; neither checks nor dull changes count."""
    at = newest = NOW
    belief = first_belief(MEAN, at, at - age)
    for elapsed, changed, interesting in checks:
        at += elapsed
        newest = at if changed and interesting else newest
        belief = seen_changed(belief, at, interesting=interesting) if changed else seen_unchanged(belief, at)
    end = newest + 40 * DAY
    assert given_up_at(belief) == end
    assert next_check(belief, end, 0.02) is None
    assert next_check(belief, math.nextafter(end, 0), 0.02) == pytest.approx(end)


@given(MEANS, THETAS)
def test_an_article_that_never_changes_has_its_last_check_on_the_day_it_is_given_up(mean: float, theta: float) -> None:
    """A next check can always be named until then, and the number of checks is bounded."""
    belief = first_belief(mean, NOW)
    checks = 0
    while (at := next_check(belief, belief.last_check, theta)) is not None:
        belief = seen_unchanged(belief, at)
        checks += 1
        assert checks <= 40 * 96
    assert belief.last_check == NOW + GIVEN_UP_AFTER


@given(beliefs(), st.floats(-100 * DAY, 0), CHECKS, THETAS)
def test_a_clock_that_is_set_back_is_harmless(belief: Belief, back: float, seen: Check, theta: float) -> None:
    """A check at or before the last one teaches nothing about edits, and there is a next one all the same."""
    now = belief.last_check + back
    again = seen(belief, now)
    assert (again.alpha, again.beta, again.burst) == (belief.alpha, belief.beta, belief.burst)
    assert chance_unseen(belief, now) == 0
    at = next_check(belief, now, theta)
    if now < given_up_at(belief):
        assert at is not None
        assert now < at <= now + LONGEST


@given(beliefs(), CHECKS)
def test_the_same_check_twice_counts_once(belief: Belief, seen: Check) -> None:
    """A record that is read again makes no other belief."""
    once = seen(belief, belief.last_check + HOUR)
    assert seen(once, once.last_check) == once


@given(
    MEANS,
    st.floats(-1e15, 1e15),
    st.none() | st.floats(-1e15, 1e15),
    st.lists(st.tuples(st.floats(-1e15, 1e15), st.booleans()), max_size=20),
    st.floats(0, 1),
)
def test_no_time_leads_to_what_is_no_number(
    mean: float, seen: float, published: float | None, checks: list[tuple[float, bool]], theta: float
) -> None:
    """However far the times lie apart, and in whichever order, everything stays finite and positive."""
    belief = first_belief(mean, seen, published)
    for now, changed in checks:
        assert 0 <= chance_unseen(belief, now) <= 1
        belief = after(belief, now, changed=changed)
        assert all(map(math.isfinite, astuple(belief)))
        assert belief.alpha > 0
        assert belief.beta > 0
        assert belief.burst >= 0
        at = next_check(belief, now, theta)
        assert at is None or now <= at <= now + LONGEST


def test_an_article_that_changes_at_every_check_stays_believable() -> None:
    """A live blog is looked at as often as may be, and what is believed of it does not grow without bound."""
    belief = first_belief(MEAN, NOW)
    for _ in range(5000):
        belief = seen_changed(belief, planned(belief, 0.02))
    assert belief.burst < 10
    assert planned(belief, 0.02) == pytest.approx(belief.last_check + SHORTEST)


@given(beliefs())
def test_a_belief_passes_through_json(belief: Belief) -> None:
    """What is stored is what was believed."""
    assert Belief(**orjson.loads(orjson.dumps(belief))) == belief


@given(st.floats(0, 400 * DAY), st.floats(0, 100 * DAY))
def test_exposure_is_the_integral_of_the_hazard(age: float, elapsed: float) -> None:
    """The closed form agrees with a sum over small steps."""
    belief = replace(first_belief(MEAN, NOW, NOW - age), last_check=NOW)
    steps = 4000
    edges = [math.log(age / HOUR + 1) + math.log1p(elapsed / (age + HOUR)) * step / steps for step in range(steps + 1)]
    total = sum(math.exp((low + high) / 2 * (1 - DECAY)) * (high - low) for low, high in pairwise(edges))
    assert exposure(belief, elapsed) == pytest.approx(total, rel=1e-4, abs=1e-9)


@given(st.floats(0.01, 5), st.floats(0.05, 3), st.floats(0.01, 30))
def test_a_change_leads_to_the_exact_posterior_mean(alpha: float, beta: float, hours: float) -> None:
    """The mean of the Gamma distribution, given that there was an edit, agrees with a numeric integral."""
    belief = Belief(alpha, beta, 0.0, NOW, NOW, NOW)
    seen = seen_changed(belief, NOW + hours * HOUR)
    gained = exposure(belief, hours * HOUR)
    # In the logarithm of the rate, where the density is smooth.
    rates = [math.exp(-40 + 0.02 * step) for step in range(2400)]
    weights = [math.exp(alpha * math.log(rate) - beta * rate) * -math.expm1(-rate * gained) for rate in rates]
    mean = sum(weight * rate for weight, rate in zip(weights, rates, strict=True)) / sum(weights)
    assert seen.alpha / seen.beta == pytest.approx(mean, rel=1e-3)


def test_a_later_date_of_publication_than_first_sight_is_not_believed() -> None:
    """A page cannot make itself younger than it is, only older."""
    assert first_belief(MEAN, NOW, NOW + DAY) == first_belief(MEAN, NOW)
    assert first_belief(MEAN, NOW, NOW - DAY).published == NOW - DAY
