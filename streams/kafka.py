"""Clients for Kafka beside the workers: for commands, and for programs that consume the topics."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    CoordinatorLoadInProgressError,
    GroupCoordinatorNotAvailableError,
    KafkaError,
    NotCoordinatorForGroupError,
)

from schemas.errors import UnavailableError
from schemas.record import Record
from streams.connection import connection, why_refused
from streams.header_names import read_any_header_name
from streams.settings import Settings

read_any_header_name()

IDLE_FETCH_MS = 200

METADATA_MAX_AGE_MS = 5_000
"""How long a consumer believes that a broker leads a partition."""

LAST_INSTANT = 253_402_300_799_000
"""The end of the year 9999, in milliseconds."""

COORDINATOR_ATTEMPTS = 40
"""Half seconds that a group's coordinator has to be found."""

T = TypeVar("T")


@contextlib.asynccontextmanager
async def connected(
    connect: Callable[[], Awaitable[object]], close: Callable[[], Awaitable[object]], settings: Settings
) -> AsyncIterator[None]:
    """A context in which a client is connected.

    Raises:
        UnavailableError: no broker answers, or lets us in.
    """
    try:
        try:
            await asyncio.wait_for(connect(), timeout=30)
        except (KafkaError, OSError, TimeoutError) as error:
            if (refused := await why_refused(settings)) is not None:
                raise UnavailableError(f"Kafka cannot be used: {refused}") from error
            raise UnavailableError(
                f"no Kafka answers at {settings.bootstrap} ({type(error).__name__}): start one with `newsdiff up`, "
                "or name yours in NEWSDIFF_KAFKA"
            ) from error
        yield
    finally:
        await close()


@contextlib.asynccontextmanager
async def admin_client(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    """An admin client.

    Raises:
        UnavailableError: no broker answers.
    """
    client = AIOKafkaAdminClient(**connection(settings), request_timeout_ms=30_000)
    async with connected(client.start, client.close, settings):
        yield client


@contextlib.asynccontextmanager
async def committed_consumer(settings: Settings, *topics: str) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer that sees what is committed, without a group: of all partitions of some topics, or of none yet.

    Raises:
        UnavailableError: no broker answers, or there is no such topic.
    """
    consumer = AIOKafkaConsumer(
        **connection(settings),
        group_id=None,
        enable_auto_commit=False,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        metadata_max_age_ms=METADATA_MAX_AGE_MS,
    )
    async with connected(consumer.start, consumer.stop, settings):
        places = [place for topic in topics for place in await places_of(consumer, topic)]
        if places:
            consumer.assign(places)
        yield consumer


async def places_of(consumer: AIOKafkaConsumer, topic: str) -> list[TopicPartition]:
    """The partitions of a topic.

    Raises:
        UnavailableError: there is no such topic.
    """
    partitions = (await consumer._client._wait_on_metadata(topic)) if topic in await consumer.topics() else ()  # noqa: SLF001 - aiokafka has no public call that waits for a topic's partitions
    if not partitions:
        raise UnavailableError(f"there is no topic {topic}: run `newsdiff topics`")
    return [TopicPartition(topic, partition) for partition in sorted(partitions)]


async def committed_offsets(admin: AIOKafkaAdminClient, group: str) -> dict[TopicPartition, int]:
    """The committed offsets of a consumer group.

    Raises:
        UnavailableError: its coordinator does not answer.
    """
    found = await _of_coordinator(group, lambda: admin.list_consumer_group_offsets(group))
    return {partition: offset.offset for partition, offset in found.items()}


async def count_members(admin: AIOKafkaAdminClient, group: str) -> int:
    """How many processes are in a consumer group.

    Raises:
        UnavailableError: its coordinator does not answer.
    """
    described = await _of_coordinator(group, lambda: admin.describe_consumer_groups([group]))
    return len(described[0].groups[0][5])


async def _of_coordinator(group: str, ask: Callable[[], Awaitable[T]]) -> T:
    """What a group's coordinator says; a new Kafka makes the topic of the offsets when it is first asked for it."""
    for _ in range(COORDINATOR_ATTEMPTS):
        try:
            return await ask()
        except (GroupCoordinatorNotAvailableError, CoordinatorLoadInProgressError, NotCoordinatorForGroupError):
            await asyncio.sleep(0.5)
    raise UnavailableError(f"the coordinator of the group {group} does not answer: look at Kafka's log")


async def records_until_end(consumer: AIOKafkaConsumer) -> AsyncGenerator[Record, None]:
    """The records from the consumer's position to the present end of its partitions, each partition in order."""
    assigned: Sequence[TopicPartition] = sorted(consumer.assignment())
    ends = await consumer.end_offsets(assigned)
    while any([await consumer.position(partition) < ends[partition] for partition in assigned]):
        for records in (await consumer.getmany(timeout_ms=IDLE_FETCH_MS)).values():
            for found in records:
                yield as_record(found)


async def record_at(settings: Settings, topic: str, partition: int, offset: int) -> Record | None:
    """The committed record at an offset; None where there is none, or none any more.

    Raises:
        UnavailableError: no broker answers.
    """
    place = TopicPartition(topic, partition)
    async with committed_consumer(settings) as consumer:
        consumer.assign([place])
        starts, ends = await consumer.beginning_offsets([place]), await consumer.end_offsets([place])
        if not starts[place] <= offset < ends[place]:
            return None
        consumer.seek(place, offset)
        async with contextlib.aclosing(records_until_end(consumer)) as records:
            async for record in records:
                return record if record.offset == offset else None
    return None


def instant(milliseconds: int) -> datetime:
    """A Kafka timestamp as a time; one that no calendar has, from a hostile producer, is the nearest that it has."""
    return datetime.fromtimestamp(min(max(milliseconds, 0), LAST_INSTANT) / 1000, UTC)


def as_record(found: object) -> Record:
    """An aiokafka record as a `Record`."""
    return Record(
        topic=found.topic,  # type: ignore[attr-defined]
        partition=found.partition,  # type: ignore[attr-defined]
        offset=found.offset,  # type: ignore[attr-defined]
        timestamp=instant(found.timestamp),  # type: ignore[attr-defined]
        key=found.key,  # type: ignore[attr-defined]
        value=found.value,  # type: ignore[attr-defined]
        headers=tuple(found.headers),  # type: ignore[attr-defined]
    )
