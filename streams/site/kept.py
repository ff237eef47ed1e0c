"""Keeps for a while what takes long to find out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

KEPT_FOR = 60.0
"""Seconds."""

MAX_KEPT = 200


class Kept:
    """Answers by their questions. Who asks while an answer is being found waits for that one."""

    def __init__(self) -> None:
        self._answers: dict[object, tuple[float, asyncio.Future[Any]]] = {}

    async def get(self, question: object, find: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401 - whatever was found
        """The answer to a question, which may be up to a minute old."""
        now = time.monotonic()
        known = self._answers.get(question)
        if known is None or now - known[0] > KEPT_FOR or (known[1].done() and known[1].exception()):
            if len(self._answers) >= MAX_KEPT:
                self.forget()
            known = self._answers[question] = (now, asyncio.ensure_future(find()))
        return await asyncio.shield(known[1])

    def forget(self) -> None:
        """Find everything out again."""
        self._answers.clear()
