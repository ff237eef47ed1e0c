"""What waits for its turn at a host, and what was put off to a later one."""

from __future__ import annotations

import heapq
from typing import Any, Generic, Protocol, TypeVar

MAX_QUEUE = 32
"""Requests that wait for a host: those that are worth least are put off, and asked for again when their turn comes."""

LONGEST_WAIT = 3600.0
"""Seconds after which others come first no longer: what has waited so long is put off, and is worth more after that."""


class Wanted(Protocol):
    """A request for what `key` names, which waits since a time in seconds; what is worth most is the least."""

    @property
    def key(self) -> Any:  # noqa: ANN401 - of any type, the same for all
        """What is to be looked at."""
        ...

    @property
    def since(self) -> float:
        """When it came."""
        ...

    def __lt__(self, other: Any, /) -> bool:  # noqa: ANN401 - its own type
        """Whether it comes before another."""
        ...


T = TypeVar("T", bound=Wanted)


class Turns(Generic[T]):
    """The turns of one host, what is worth most first. Times in seconds; `apart`: how far two turns are apart."""

    def __init__(self) -> None:
        self.waiting: list[T] = []
        self._put_off: dict[Any, float] = {}
        self._ends: list[tuple[float, Any]] = []

    def put(self, one: T, now: float, apart: float) -> tuple[T, float] | None:
        """Add one; where there are too many, or one has waited too long, what is put off, and when its turn comes."""
        self._put_off.pop(one.key, None)  # it may come again before its turn, brought forward by news
        heapq.heappush(self.waiting, one)
        old = [each for each in self.waiting if each.since < now - LONGEST_WAIT]
        if not old and len(self.waiting) <= MAX_QUEUE:
            return None
        least = max(old or self.waiting)
        self.waiting.remove(least)
        heapq.heapify(self.waiting)
        retry_at = now + self.backlog(now, apart)
        self._put_off[least.key] = retry_at
        heapq.heappush(self._ends, (retry_at, least.key))
        return least, retry_at

    def take(self) -> T:
        """The one whose turn it is."""
        return heapq.heappop(self.waiting)

    def backlog(self, now: float, apart: float) -> float:
        """Seconds until there is a turn for one more, after all that waits and all that was put off."""
        while self._ends and self._ends[0][0] <= now:
            retry_at, key = heapq.heappop(self._ends)
            if self._put_off.get(key) == retry_at:
                del self._put_off[key]
        return (len(self.waiting) + len(self._put_off)) * apart
