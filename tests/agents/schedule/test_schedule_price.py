"""The price of a fetch: it rises while a host is short of them, and falls again."""

from __future__ import annotations

import pytest
from beliefs import NOW
from hypothesis import given
from hypothesis import strategies as st

from agents.schedule.price import HIGHEST, LOWEST, Price, after_interval

PRICES = st.builds(Price, st.floats(LOWEST, HIGHEST), st.just(NOW))
LOADS = st.floats(0, 1e9)


def test_it_rises_by_a_tenth_an_hour_while_too_much_is_due() -> None:
    """And falls by as much while little is."""
    assert after_interval(Price(0.1, NOW), 2, NOW + 3600).theta == pytest.approx(0.11)
    assert after_interval(Price(0.11, NOW), 0, NOW + 3600).theta == pytest.approx(0.1)
    assert after_interval(Price(0.1, NOW), 0.7, NOW + 3600).theta == pytest.approx(0.1)


@given(PRICES, LOADS, st.floats(-1e12, 1e12))
def test_it_keeps_its_bounds(price: Price, load: float, elapsed: float) -> None:
    """Whatever the load and the clock do, it is a chance that can be reached, and not below the lowest."""
    after = after_interval(price, load, NOW + elapsed)
    assert LOWEST <= after.theta <= HIGHEST
    assert after.at == NOW + elapsed


@given(PRICES, LOADS, LOADS, st.floats(0, 1e5))
def test_more_load_never_lowers_it(price: Price, one: float, other: float, elapsed: float) -> None:
    """Of two loads, the larger has no lower price."""
    low, high = sorted((one, other))
    assert after_interval(price, low, NOW + elapsed).theta <= after_interval(price, high, NOW + elapsed).theta


@given(PRICES, LOADS, st.lists(st.floats(0, 36000), max_size=10))
def test_it_does_not_matter_how_often_it_is_asked(price: Price, load: float, intervals: list[float]) -> None:
    """Many short intervals at a load do what one long one does."""
    steps, now = price, NOW
    for interval in intervals:
        now += interval
        steps = after_interval(steps, load, now)
    assert steps.theta == pytest.approx(after_interval(price, load, now).theta)
