"""A clock that may run faster than the world's, for the demo's press and its watchers, and for tests."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds since 1970, which pass `factor` times as fast as the world's since `begun`, when it was `origin` here.

    It never goes ahead of the world's: when it has caught up, it is the world's.
    """

    begun: float = 0.0
    origin: float = 0.0
    factor: float = 1.0

    @classmethod
    def of(cls, text: str | None) -> Clock:
        """The clock that a setting names; the world's without one."""
        return cls(*map(float, text.split(","))) if text else cls()

    @property
    def setting(self) -> str:
        """The setting that names this clock: BEGUN,ORIGIN,FACTOR."""
        return f"{self.begun!r},{self.origin!r},{self.factor!r}"

    def time(self) -> float:
        """The time."""
        now = time.time()
        return min(now, self._unbounded(now))

    def now(self) -> datetime:
        """The time, as events have it."""
        return datetime.fromtimestamp(self.time(), UTC)

    @property
    def caught_up(self) -> bool:
        """Whether it is the world's by now."""
        now = time.time()
        return self._unbounded(now) >= now

    @property
    def pace(self) -> float:
        """Seconds of this clock in one of the world."""
        return 1.0 if self.caught_up else self.factor

    async def sleep(self, seconds: float) -> None:
        """Sleep for seconds of this clock."""
        await asyncio.sleep(max(0.0, seconds) / self.pace)

    def _unbounded(self, now: float) -> float:
        return self.origin + max(0.0, now - self.begun) * self.factor
