"""Writes records now and then, for commands and processes that seldom have any."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas.errors import WriteError
from schemas.record import Headers
from streams.kafka import connected
from streams.settings import Settings
from streams.topology import new_producer

START_TIMEOUT = 10.0
"""Seconds until a broker has to answer."""


class Writer:
    """A context with a producer that is connected when it is first needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._producer is not None:
            await self._producer.stop()

    async def write(self, topic: str, key: bytes, value: bytes, headers: Headers = ()) -> None:
        """Put a record on its topic.

        Raises:
            WriteError: Kafka did not take it.
        """
        try:
            producer = await self._connected()
            await producer.send_and_wait(topic, value, key=key, headers=list(headers))
        except (KafkaError, OSError, TimeoutError) as error:
            raise WriteError(f"Kafka did not take what was to be written on {topic}: {error!r}") from error

    async def _connected(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                producer = new_producer(self._settings)
                try:
                    await asyncio.wait_for(producer.start(), START_TIMEOUT)
                except BaseException:
                    await producer.stop()
                    raise
                self._producer = producer
            return self._producer


async def write_all(settings: Settings, topic: str, values: Mapping[str, bytes | None]) -> None:
    """Put values under their keys, or tombstones, on a topic.

    Raises:
        WriteError: Kafka did not take one.
    """
    producer = new_producer(settings)
    async with connected(producer.start, producer.stop, settings):
        try:
            sent = [await producer.send(topic, value, key=key.encode()) for key, value in values.items()]
            await asyncio.gather(*sent)
        except KafkaError as error:
            raise WriteError(f"Kafka did not take what was to be written on {topic}: {error!r}") from error
