"""The clock of the watcher: the world's, or one that runs faster, for the demo and for tests."""

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
        """The clock that a setting names: BEGUN,ORIGIN,FACTOR; the world's without one."""
        return cls(*map(float, text.split(","))) if text else cls()

    def time(self) -> float:
        """The time."""
        now = time.time()
        return min(now, self.origin + (now - self.begun) * self.factor)

    def now(self) -> datetime:
        """The time, as events have it."""
        return datetime.fromtimestamp(self.time(), UTC)

    @property
    def pace(self) -> float:
        """Seconds of this clock in one of the world."""
        return self.factor if self.time() < time.time() else 1.0

    async def sleep(self, seconds: float) -> None:
        """Sleep for seconds of this clock."""
        await asyncio.sleep(max(0.0, seconds) / self.pace)
