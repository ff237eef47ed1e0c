"""The watcher's clock runs as fast as it is told, and never ahead of the world's."""

from __future__ import annotations

import time
from itertools import pairwise
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from streams.clock import Clock

NOW = 1_777_777_777.123456


@given(st.floats(0, 40 * 86400), st.floats(1.01, 12000), st.lists(st.floats(0, 5000), min_size=1, max_size=20))
def test_it_is_never_ahead_and_never_goes_back(behind: float, factor: float, steps: list[float]) -> None:
    """However the world's time goes on, it is not ahead of it, never goes back, and once caught up stays so."""
    with patch("streams.clock.time.time", return_value=NOW) as world:
        clock = Clock(NOW, NOW - behind, factor)
        times, caught_up = [clock.time()], [clock.caught_up]
        for step in steps:
            world.return_value += step
            assert clock.time() <= world.return_value
            times.append(clock.time())
            caught_up.append(clock.caught_up)
    assert all(before <= after for before, after in pairwise(times))
    assert caught_up == sorted(caught_up)


def test_its_pace() -> None:
    """A second of the world is as many of the clock as it is told, until it has caught up."""
    with patch("streams.clock.time.time", return_value=NOW + 1):
        assert Clock(NOW, NOW - 3600, 1200).time() == NOW - 2400
        assert Clock(NOW, NOW - 3600, 1200).pace == 1200
    with patch("streams.clock.time.time", return_value=NOW + 4):
        assert Clock(NOW, NOW - 3600, 1200).time() == NOW + 4
        assert Clock(NOW, NOW - 3600, 1200).pace == 1


def test_the_world_set_back() -> None:
    """Where the world's clock is set back, this one is not ahead of it, and not before its own beginning."""
    with patch("streams.clock.time.time", return_value=NOW - 3600):
        assert Clock(NOW, NOW, 1200).time() == NOW - 3600
        assert Clock(NOW, NOW - 7200, 1200).time() == NOW - 7200


def test_it_is_the_worlds_without_a_setting() -> None:
    """A setting names its beginning, its origin and its pace."""
    assert abs(Clock.of(None).time() - time.time()) < 1
    clock = Clock(NOW, NOW - 0.1, 1200.0)
    assert Clock.of(clock.setting) == clock
