"""Press time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import SettingsError
from streams.press.clock import PressClock

NOW = datetime(2026, 5, 4, 12, 0, 0, 123456, tzinfo=UTC)


class World:
    """A world whose time is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        """The time of this world."""
        return self.now


@given(st.floats(0, 40 * 86400), st.floats(1.01, 12000), st.lists(st.floats(0, 5000), min_size=1, max_size=20))
def test_never_ahead_and_never_back(behind: float, pace: float, steps: list[float]) -> None:
    """However the world's time goes on, press time is not ahead of it, never goes back, and once caught up stays so."""
    world = World()
    clock = PressClock(NOW, NOW - timedelta(seconds=behind), pace=pace, world=world)
    times, caught_up = [clock.time()], [clock.caught_up]
    for step in steps:
        world.now += timedelta(seconds=step)
        assert clock.time() <= world.now
        times.append(clock.time())
        caught_up.append(clock.caught_up)
    assert all(before <= after for before, after in pairwise(times))
    assert caught_up == sorted(caught_up)


def test_pace() -> None:
    """A second of the world is 20 minutes of the press, until it has caught up."""
    world = World()
    clock = PressClock(NOW, NOW - timedelta(hours=1), world=world)
    world.now += timedelta(seconds=1)
    assert clock.time() == (NOW - timedelta(minutes=40)).replace(microsecond=123000)
    assert not clock.caught_up
    world.now += timedelta(seconds=3)
    assert clock.time() == world.now.replace(microsecond=123000)
    assert clock.caught_up


def test_skip() -> None:
    """A clock that skips a second of the world starts as far on as its pace goes in it, but not ahead of the world."""
    skip = timedelta(seconds=1)
    clock = PressClock(NOW, NOW - timedelta(hours=1), skip=skip, world=World())
    assert clock.time() == (NOW - timedelta(minutes=40)).replace(microsecond=123000)
    assert PressClock(NOW, NOW, skip=skip, world=World()).time() <= NOW


def test_world_set_back() -> None:
    """Where the world's clock is set back, press time is still not ahead of it."""
    world = World()
    clock = PressClock(NOW, NOW, world=world)
    world.now -= timedelta(hours=1)
    assert clock.time() <= world.now


@pytest.mark.parametrize("pace", [0, 1, -5, 12001, float("nan"), float("inf")])
def test_impossible_pace(pace: float) -> None:
    """A pace that never catches up, or that no crawler can follow, is refused with the pace and the bounds."""
    with pytest.raises(SettingsError, match=r"a press at pace .*: choose one above 1 and up to 12000"):
        PressClock(NOW, NOW, pace=pace)
