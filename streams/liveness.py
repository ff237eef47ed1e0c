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
from streams.kafka import admin_client, committed_consumer, committed_offsets, has_record
from streams.settings import Settings

LOOKS = 6
"""How often in a stall timeout it is looked."""

log = logging.getLogger(__name__)


class Watch(threading.Thread):
    """Looks after the partitions of this process's worker, in a thread, since the worker's event loop may hang.

    `restored`: the partitions that the worker holds; for those whose table is not restored yet, how far that is. Where
    all threads hang, because a C extension does not give up Python's lock, `faulthandler` ends the process.
    """

    def __init__(self, settings: Settings, restored: Callable[[], Mapping[TopicPartition, int | None]]) -> None:
        super().__init__(name="liveness", daemon=True)
        self._settings = settings
        self._restored = restored
        self._since: dict[TopicPartition, tuple[tuple[int, int | None], float]] = {}

    def run(self) -> None:
        """Watch until the process ends, or end it."""
        asyncio.run(self._watch())

    async def _watch(self) -> None:
        while True:
            faulthandler.dump_traceback_later(self._settings.stall_timeout, exit=True)
            await asyncio.sleep(self._settings.stall_timeout / LOOKS)
            try:
                async with asyncio.timeout(self._settings.stall_timeout / 2):
                    stalled = await self._stalled()
            except (KafkaError, OSError, TimeoutError, UnavailableError) as error:
                log.info("the broker cannot be asked how far this worker is: %r", error)
                self._since.clear()  # a broker that is away is waited for
                continue
            if stalled is not None:
                topic, partition, offset = stalled
                log.critical(
                    "%s[%d] has not moved from offset %d for %.0f s, although records wait: this worker ends",
                    topic, partition, offset, self._settings.stall_timeout,
                )  # fmt: skip
                os._exit(1)

    async def _stalled(self) -> tuple[str, int, int] | None:
        """A partition that does not move although records wait, and the offset where it stands."""
        restored = self._restored()
        async with admin_client(self._settings) as admin:
            committed = await committed_offsets(admin, self._settings.app_id)
        now = time.monotonic()
        before, self._since = self._since, {}
        for partition, rows in restored.items():
            at = max(0, committed.get(partition, 0)), rows
            known = before.get(partition)
            self._since[partition] = known if known is not None and known[0] == at else (at, now)
        late = [
            (partition, offset)
            for partition, ((offset, _), since) in self._since.items()
            if now - since >= self._settings.stall_timeout
        ]
        if late:
            async with committed_consumer(self._settings) as consumer:
                for partition, offset in late:
                    if await has_record(consumer, partition, offset):
                        return partition.topic, partition.partition, offset
        return None
