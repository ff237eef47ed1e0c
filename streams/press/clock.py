"""Press time: it starts in the past, runs faster than the world, and is never ahead of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from schemas.errors import SettingsError

PACE = 1200.0
"""20 minutes a second."""


def world_time() -> datetime:
    """The time of the world."""
    return datetime.now(UTC)


class PressClock:
    """Maps the time of the world to that of the press.

    `origin`: when the press printed its first story. `started`: press time now, but for `skip`, a span of the world's
    time that it skips. `pace`: seconds of the press in one of the world, until press time has caught up.

    Raises:
        SettingsError: the pace is too slow to catch up, or faster than pages can be fetched.
    """

    def __init__(
        self,
        origin: datetime,
        started: datetime,
        *,
        pace: float = PACE,
        skip: timedelta = timedelta(),
        world: Callable[[], datetime] = world_time,
    ) -> None:
        if not 1 < pace <= 10 * PACE:
            raise SettingsError(f"a press at pace {pace:g}: choose one above 1 and up to {10 * PACE:g}")
        self.origin = origin
        self.pace = pace
        self._started = started
        self._world = world
        self._since = world() - skip

    def time(self) -> datetime:
        """Press time in whole milliseconds, which is what a Kafka timestamp can hold: a fetch is never from later."""
        now = self._world()
        time = min(self._unbounded(now), now)
        return time.replace(microsecond=time.microsecond // 1000 * 1000)

    @property
    def caught_up(self) -> bool:
        """Whether press time is the time of the world by now."""
        now = self._world()
        return self._unbounded(now) >= now

    def _unbounded(self, now: datetime) -> datetime:
        return self._started + max(now - self._since, timedelta(0)) * self.pace
