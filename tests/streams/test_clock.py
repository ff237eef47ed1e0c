"""The watcher's clock runs as fast as it is told, and never ahead of the world's."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from streams.clock import Clock


@given(st.floats(0, 1e6), st.floats(1, 1e5))
def test_it_is_never_ahead(back: float, factor: float) -> None:
    """It begins in the past, and is the world's once it has caught up."""
    now = time.time()
    clock = Clock(now, now - back, factor)
    assert now - back - 1 <= clock.time() <= time.time()
    assert abs(Clock(now - back - 1, now - back - 1, factor).time() - time.time()) < 1


def test_it_is_the_worlds_without_a_setting() -> None:
    """A setting names its beginning, its origin and its pace."""
    assert abs(Clock.of(None).time() - time.time()) < 1
    assert Clock.of("100,50,2") == Clock(100, 50, 2)
