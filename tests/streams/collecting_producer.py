"""A producer that writes nowhere."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from aiokafka import TopicPartition


class Producer:
    """Stands for aiokafka's: it notes what it is told, in order."""

    def __init__(self) -> None:
        self.told: list[object] = []

    async def send(self, topic: str, value: bytes | None, **_: object) -> asyncio.Future[Any]:
        """Note the topic; the record is written at once."""
        self.told.append(topic)
        await asyncio.sleep(0)
        written: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        written.set_result(SimpleNamespace(offset=len(self.told)))
        return written

    async def send_offsets_to_transaction(self, offsets: dict[TopicPartition, int], group: str) -> None:
        """Note the offset."""
        self.told.extend(offsets.values())
        await asyncio.sleep(0)

    async def commit_transaction(self) -> None:
        """Note it."""
        self.told.append("commit")

    async def begin_transaction(self) -> None:
        """Nothing to note."""
