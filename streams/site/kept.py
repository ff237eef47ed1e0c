"""Keeps for a while what takes long to find out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

FRESH_FOR = 60.0
"""Seconds for which an answer is given as it is; after that it is given once more, and found out again meanwhile."""

KEPT_FOR = 600.0
"""Seconds after which whoever asks waits for a new one."""

MAX_KEPT = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was, or is being, found since a time of a clock that never goes back."""

    since: float
    found: asyncio.Future[Any]

    @property
    def is_there(self) -> bool:
        """Whether it was found."""
        return self.found.done() and not self.found.cancelled() and self.found.exception() is None

    @property
    def failed(self) -> bool:
        """Whether it cannot be had."""
        return self.found.done() and not self.is_there


class Kept:
    """Answers by their questions. Who asks while the first one is being found waits for it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._answers: dict[object, Answer] = {}
        self._coming: dict[object, Answer] = {}

    async def get(self, question: object, find: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401 - whatever was found
        """The answer to a question, which may be some minutes old."""
        now = self._clock()
        known, coming = self._answers.get(question), self._coming.get(question)
        if coming is not None and coming.found.done():
            del self._coming[question]
            if coming.is_there:
                known = self._answers[question] = coming
            coming = None
        if known is None or known.failed or now - known.since > KEPT_FOR:
            self._make_room()
            known = self._answers[question] = coming or Answer(now, asyncio.ensure_future(find()))
        elif now - known.since > FRESH_FOR and coming is None:
            self._coming[question] = Answer(now, asyncio.ensure_future(find()))
        return await asyncio.shield(known.found)

    def forget(self) -> None:
        """Find everything out again."""
        self._answers.clear()

    def _make_room(self) -> None:
        if len(self._answers) >= MAX_KEPT:
            self.forget()
