"""Jitter: spread, and the same each time."""

from __future__ import annotations

from statistics import mean

from beliefs import NOW
from hypothesis import given
from hypothesis import strategies as st

from agents.schedule.jitter import SPREAD, jittered

KEY = b"https://example.com/a"


@given(st.floats(0, 7 * 86400), st.floats(0, 7 * 86400), st.binary(), st.integers(0, 2**64 - 1))
def test_a_check_moves_by_a_tenth_of_its_interval_at_most(wait: float, left: float, key: bytes, number: int) -> None:
    """It stays within a tenth, and never comes after the end."""
    end = NOW + max(wait, left)
    at = jittered(NOW + wait, NOW, end, key, number)
    assert abs(at - NOW - wait) <= SPREAD * wait + 1e-6
    assert at <= end


def test_the_same_check_is_always_spread_in_the_same_way() -> None:
    """A replay makes the same schedule: this figure holds on every machine."""
    assert jittered(1000.0, 0.0, 9999.0, KEY, 1) == jittered(1000.0, 0.0, 9999.0, KEY, 1)
    assert round(jittered(1000.0, 0.0, 9999.0, KEY, 1), 3) == 932.974


def test_checks_are_spread_evenly() -> None:
    """Articles, and the checks of one, have nothing in common."""
    for checks in (
        [jittered(1000.0, 0.0, 9999.0, b"%d" % number, 1) for number in range(2000)],
        [jittered(1000.0, 0.0, 9999.0, KEY, number) for number in range(2000)],
    ):
        assert 995 < mean(checks) < 1005
        assert min(checks) < 910
        assert max(checks) > 1090
