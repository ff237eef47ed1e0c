"""What waits for its turn at a host, and what was put off to a later one."""

from __future__ import annotations

import heapq
from typing import Any, Generic, Protocol, TypeVar

MAX_QUEUE = 32
"""Requests that wait for a host: those that are worth least are put off, and asked for again when their turn comes."""


class Ordered(Protocol):
    """What is worth most is the least."""

    def __lt__(self, other: Any, /) -> bool:  # noqa: ANN401 - its own type
        """Whether it comes before another."""
        ...


T = TypeVar("T", bound=Ordered)


class Turns(Generic[T]):
    """The turns of one host, what is worth most first. Times in seconds; `apart`: how far two turns are apart."""

    def __init__(self) -> None:
        self.waiting: list[T] = []
        self._put_off_until: list[float] = []

    def put(self, one: T, now: float, apart: float) -> tuple[T, float] | None:
        """Add one; where there are too many, the one that is worth least, and when its own turn comes."""
        heapq.heappush(self.waiting, one)
        if len(self.waiting) <= MAX_QUEUE:
            return None
        least = max(self.waiting)
        self.waiting.remove(least)
        heapq.heapify(self.waiting)
        retry_at = now + self.backlog(now, apart)
        heapq.heappush(self._put_off_until, retry_at)
        return least, retry_at

    def take(self) -> T:
        """The one whose turn it is."""
        return heapq.heappop(self.waiting)

    def backlog(self, now: float, apart: float) -> float:
        """Seconds until there is a turn for one more, after all that waits and all that was put off."""
        while self._put_off_until and self._put_off_until[0] <= now:
            heapq.heappop(self._put_off_until)
        return (len(self.waiting) + len(self._put_off_until)) * apart
