"""Writes the load: a trickle all the time, and bursts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas import topics
from streams.settings import Settings

from .load import Load
from .raw_names import raw_names_written
from .records import Written

TRICKLE, EVERY = 20, 0.2
"""So many records, every so many seconds."""

MAX_REQUEST = 16 * 1024 * 1024


class Writer:
    """One producer for all.

    A record that Kafka did not take counts in `refused`, and nowhere else: what stands in the topic has to be handled.
    """

    def __init__(self, settings: Settings, load: Load) -> None:
        self._settings = settings
        self.load = load
        self.refused = 0
        self._producer: AIOKafkaProducer | None = None
        self._trickle: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()
        self._names = raw_names_written()

    async def __aenter__(self) -> Self:
        self._names.__enter__()
        self._trickle = asyncio.create_task(self._trickling())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        self._names.__exit__(None, None, None)

    async def stop(self) -> None:
        """Write no more."""
        if self._trickle is not None:
            self._trickle.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._trickle
        if self._producer is not None:
            await self._producer.stop()
        self._producer = self._trickle = None

    async def write(self, records: Sequence[Written]) -> None:
        """Write records in their order, and wait until Kafka has them."""
        async with self._lock:  # one after the other, so that each article keeps its order
            try:
                producer = self._producer or await self._started()
                sent = [
                    await producer.send(
                        topics.FETCH, one.value, key=one.key, partition=one.partition, headers=list(one.headers)
                    )
                    for one in records
                ]
                results = await asyncio.gather(*sent, return_exceptions=True)
            except (KafkaError, OSError) as error:
                results = [error]
            refused = sum(isinstance(result, BaseException) for result in results)
            self.refused += refused
            if refused:
                with contextlib.suppress(KafkaError, OSError):
                    await self._producer.stop() if self._producer else None
                self._producer = None

    async def _started(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._settings.bootstrap,
            enable_idempotence=True,
            acks="all",
            compression_type="zstd",
            linger_ms=20,
            max_request_size=MAX_REQUEST,
            request_timeout_ms=180_000,  # it outlasts a broker that is away
        )
        await producer.start()
        self._producer = producer
        return producer

    async def _trickling(self) -> None:
        while True:
            await self.write(self.load.take(TRICKLE))
            await asyncio.sleep(EVERY)
