"""Tells those who follow the live stream of new changes, by asking the database for what came since."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from agents.archive.queries import Archive

LOOK_EVERY = 1.0
"""Seconds between two looks, unless the archive in the same process says that there is something new."""

AT_ONCE = 500

MAX_FOLLOWERS = 1_000
MAX_OF_ONE = 20
"""Of one visitor: the others shall find room."""

MAX_WAITING = 1_000
"""Changes that wait for one follower: who reads slower than that is let go, and may resume."""

log = logging.getLogger(__name__)


@dataclass(eq=False)
class Follower:
    """Somebody who follows: the changes that wait, None when there will be no more."""

    waiting: asyncio.Queue[Any] = field(default_factory=lambda: asyncio.Queue(MAX_WAITING + 1))


class Broadcast:
    """One look for all followers. `places`: the last offset that was told, by partition of the change topic."""

    def __init__(self, archive: Archive) -> None:
        self.places: dict[int, int] = {}
        self._archive = archive
        self._followers: set[Follower] = set()
        self._visitors: Counter[str | None] = Counter()
        self._news = asyncio.Event()

    def stored(self) -> None:
        """Look at once."""
        self._news.set()

    async def run(self) -> None:
        """Look until cancelled: for what comes after this began, however long the database does not answer."""
        look = self._begin
        while True:
            try:
                await look()
                look = self._look
            except (SQLAlchemyError, OSError) as error:
                log.warning("the archive's database does not answer: %s", type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), LOOK_EVERY)
            self._news.clear()

    async def _begin(self) -> None:
        self.places = await self._archive.ends()

    async def _look(self) -> None:
        while found := await self._archive.after(self.places, AT_ONCE):
            for change in found:
                self.places[change.partition] = change.offset
                for follower in list(self._followers):
                    self._tell(follower, change)

    def _tell(self, follower: Follower, what: Any) -> None:  # noqa: ANN401 - a row
        if follower.waiting.qsize() >= MAX_WAITING:
            self._followers.discard(follower)
            what = None
        follower.waiting.put_nowait(what)

    @contextlib.asynccontextmanager
    async def following(self, visitor: str | None) -> AsyncIterator[Follower | None]:
        """A context in which somebody follows; None where too many do. `visitor`: None is not counted."""
        is_full = len(self._followers) >= MAX_FOLLOWERS
        if is_full or (visitor is not None and self._visitors[visitor] >= MAX_OF_ONE):
            yield None
            return
        follower = Follower()
        self._followers.add(follower)
        self._visitors[visitor] += 1
        try:
            yield follower
        finally:
            self._followers.discard(follower)
            self._visitors[visitor] -= 1
            if not self._visitors[visitor]:
                del self._visitors[visitor]
