"""How much waits to be handled, by the broker's account."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.kafka import admin_client, committed_consumer, committed_offsets, records_until_end
from streams.settings import Settings

FEW = 200
"""Offsets of which is looked how many are records; transaction markers take offsets too."""


async def lag(settings: Settings, topic: str) -> int:
    """How many records of a topic the workers have not handled yet; where they are many, with transaction markers.

    Raises:
        UnavailableError: no broker answers, or there is no such topic.
    """
    async with admin_client(settings) as admin:
        committed = await committed_offsets(admin, settings.app_id)
    async with committed_consumer(settings, topic) as consumer:
        return await count_from(consumer, committed)


async def count_from(consumer: AIOKafkaConsumer, offsets: Mapping[TopicPartition, int]) -> int:
    """How many records a consumer's partitions have from these offsets on, or from the beginning where none is told."""
    partitions = sorted(consumer.assignment())
    starts, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
    first = {partition: max(starts[partition], offsets.get(partition, 0)) for partition in partitions}
    count: int = sum(max(0, ends[partition] - first[partition]) for partition in partitions)
    if not 0 < count <= FEW:
        return count
    for partition, offset in first.items():
        consumer.seek(partition, offset)
    async with contextlib.aclosing(records_until_end(consumer)) as records:
        return sum([1 async for _ in records])


async def with_records(consumer: AIOKafkaConsumer, offsets: Mapping[TopicPartition, int]) -> set[TopicPartition]:
    """The partitions that have a record at or after these offsets; transaction markers take offsets too."""
    consumer.assign(list(offsets))
    starts, ends = await consumer.beginning_offsets(list(offsets)), await consumer.end_offsets(list(offsets))
    for tp, offset in offsets.items():
        consumer.seek(tp, max(offset, starts[tp]))
    found: set[TopicPartition] = set()
    while unread := [tp for tp in offsets if tp not in found and await consumer.position(tp) < ends[tp]]:
        found |= (await consumer.getmany(*unread, timeout_ms=200)).keys()
    return found
