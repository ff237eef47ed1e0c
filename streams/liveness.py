"""Liveness: a worker that holds a partition whose records wait, and does not get on with them, is ended.

What counts is the broker's account: the committed offset, and whether a record stands behind it. A port that answers,
or a process that is there, says nothing. A supervisor starts the worker again, from what is committed.
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from schemas.errors import UnavailableError
from streams.kafka import admin_client, committed_consumer, committed_offsets
from streams.lag import with_records
from streams.settings import Settings

LOOKS = 6
"""How many looks there are in one stall timeout."""

log = logging.getLogger(__name__)


class Watch(threading.Thread):
    """Looks after the partitions of this process's worker, in a thread, since the worker's event loop may hang.

    `held`: the partitions that the worker holds; for those whose table is not restored yet, how far that is. Where all
    threads hang, because a C extension does not give up Python's lock, `faulthandler` ends the process.
    """

    def __init__(self, settings: Settings, held: Callable[[], Mapping[TopicPartition, int | None]]) -> None:
        super().__init__(name="liveness", daemon=True)
        self._settings = settings
        self._held = held
        self._at: dict[TopicPartition, tuple[int, int | None]] = {}
        self._waiting_since: dict[TopicPartition, float] = {}
        self._looked_at = self._answered_at = time.monotonic()
        self.lag: Mapping[TopicPartition, int] = {}
        """Records that waited at the last look, where they are many with transaction markers."""
        self.committed: Mapping[TopicPartition, int] = {}
        """How far those partitions were handled then."""

    def wrong(self) -> str | None:
        """What is wrong, in a sentence: the looks themselves have stopped, which end the worker if it stands still."""
        silent = time.monotonic() - self._looked_at
        if silent <= self._settings.stall_timeout:
            return None
        return f"nobody has looked for {silent:.0f} s whether this worker gets on"

    def unanswered(self) -> str | None:
        """What is wrong where Kafka does not answer: there is no work without it, though none stands still."""
        silent = time.monotonic() - self._answered_at
        return None if silent <= self._settings.stall_timeout else f"Kafka has not answered for {silent:.0f} s"

    def run(self) -> None:
        """Watch until the process ends, or end it."""
        asyncio.run(self._watch())

    async def _watch(self) -> None:
        while True:
            faulthandler.dump_traceback_later(self._settings.stall_timeout, exit=True)
            await asyncio.sleep(self._settings.stall_timeout / LOOKS)
            self._looked_at = time.monotonic()
            try:
                async with asyncio.timeout(self._settings.stall_timeout / 2):
                    stalled = await self._stalled()
            except (KafkaError, OSError, TimeoutError, UnavailableError) as error:
                log.info("the broker cannot be asked how far this worker is: %r", error)
                self._at.clear()  # a broker that is away is waited for
                self._waiting_since.clear()
                continue
            self._answered_at = time.monotonic()
            if stalled is not None:
                topic, partition, offset = stalled
                log.critical(
                    "%s[%d] has not moved from offset %d for %.0f s, although records wait: this worker ends",
                    topic, partition, offset, self._settings.stall_timeout,
                )  # fmt: skip
                os._exit(1)

    async def _stalled(self) -> tuple[str, int, int] | None:
        """A partition that does not move although records wait, and the offset where it stands."""
        async with admin_client(self._settings) as admin:
            committed = await committed_offsets(admin, self._settings.app_id)
        before, self._at = self._at, {tp: (max(0, committed.get(tp, 0)), at) for tp, at in self._held().items()}
        still = {tp: offset for tp, (offset, at) in self._at.items() if before.get(tp) == (offset, at)}
        now = time.monotonic()
        async with committed_consumer(self._settings) as consumer:
            ends = await consumer.end_offsets(list(self._at))
            waiting = await with_records(consumer, still) if still else set()
        self.lag = {
            tp: 0 if tp in still and tp not in waiting else max(0, ends[tp] - offset)
            for tp, (offset, _) in self._at.items()
        }
        self.committed = {tp: offset for tp, (offset, _) in self._at.items()}
        self._waiting_since = {tp: self._waiting_since.get(tp, now) for tp in waiting}
        for tp, since in self._waiting_since.items():
            if now - since >= self._settings.stall_timeout:
                return tp.topic, tp.partition, still[tp]
        return None
