"""Moves all that a Kafka has of this service to another one, with another number of partitions.

A key's partition follows from the number of partitions, and its row, its history and the offsets of its readers are
where its partition is: so the number cannot be changed in place. Here every record is written again where it belongs:
those that its readers have handled first, so that what is committed over there is where these end.

Timestamps, keys, values and headers stay; offsets do not. So rows lose what they say of offsets: where the newest
version's fetch stands (an extractor that reads otherwise then takes the next fetch as the base) and which requests were
answered out of turn (they are made once more).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from schemas import topics
from schemas.errors import NewsdiffError
from streams.connection import connection
from streams.kafka import admin_client, committed_consumer, committed_offsets, connected
from streams.lag import count_from
from streams.settings import Settings
from streams.topics import all_topics, changelog_name, create_missing, watch_app_id
from streams.topology import new_producer, stages
from streams.watch_topology import SCHEDULE_READS

AT_ONCE = 1_000
"""Records that are on their way at a time."""

Offsets = Mapping[TopicPartition, int]
Rewrite = Callable[[bytes], bytes]


class CannotMoveError(NewsdiffError):
    """It cannot be moved now, or not there."""


async def move(source: Settings, target: Settings) -> dict[str, int]:
    """Copy every topic, and commit over there what is committed here; how many records each has.

    Raises:
        CannotMoveError: workers run, or have not handled all; or there are records over there.
        UnavailableError: a Kafka does not answer.
    """
    watch_group = watch_app_id(source)
    async with admin_client(source) as admin:
        for group in (source.app_id, watch_group):
            await _check_stopped(admin, group)
        handled = await committed_offsets(admin, source.app_id)
        watched = await committed_offsets(admin, watch_group)
    own = {topic for stage in stages(source) for topic in stage.reads}
    for name in own:
        async with committed_consumer(source, name) as consumer:
            if waiting := await count_from(consumer, handled):
                raise CannotMoveError(f"{waiting} records of {name} are not handled yet: let workers do that first")
    async with admin_client(target) as admin:
        await create_missing(admin, target)
    await _check_empty(target)
    counts = {}
    producer = new_producer(target)
    async with connected(producer.start, producer.stop, target):
        committed: dict[str, dict[TopicPartition, int]] = {source.app_id: {}, watch_group: {}}
        for topic in all_topics(source):
            copy = _Copy(source, target, producer, topic.name, _rewrites(source).get(topic.name))
            if watched and topic.name in (*SCHEDULE_READS, topics.FETCH_REQUEST):
                await copy.run(before=watched)
                committed[watch_group] |= await copy.ends()
                await copy.run(after=watched)
            else:
                await copy.run()
            if topic.name in own:
                committed[source.app_id] |= await copy.ends()
            counts[topic.name] = copy.count
    for group, offsets in committed.items():
        if offsets:  # else nobody has watched yet
            await _commit(target, group, offsets)
    return counts


class _Copy:
    """The copying of one topic; `rewrite` is what becomes of its values."""

    def __init__(
        self, source: Settings, target: Settings, producer: AIOKafkaProducer, topic: str, rewrite: Rewrite | None
    ) -> None:
        self.count = 0
        self._source, self._target, self._producer, self._topic, self._rewrite = (
            source, target, producer, topic, rewrite,
        )  # fmt: skip

    async def run(self, *, before: Offsets | None = None, after: Offsets | None = None) -> None:
        """Copy all records, or those before or after some offsets; where there is none, nothing was handled."""
        async with committed_consumer(self._source, self._topic) as consumer:
            places = sorted(consumer.assignment())
            starts, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
            for place in places:
                first = starts[place] if after is None else max(after.get(place, 0), starts[place])
                last = ends[place] if before is None else before.get(place, 0)
                if first < last:
                    consumer.seek(place, first)
                    await self._copy(consumer, place, last)

    async def _copy(self, consumer: AIOKafkaConsumer, place: TopicPartition, last: int) -> None:
        while await consumer.position(place) < last:
            found = await consumer.getmany(place, timeout_ms=500, max_records=AT_ONCE)
            sent = [await self._send(record) for record in found.get(place, ()) if record.offset < last]
            await asyncio.gather(*sent)
            self.count += len(sent)

    async def _send(self, record: ConsumerRecord) -> asyncio.Future[object]:
        value = self._rewrite(record.value) if self._rewrite and record.value else record.value
        sent: asyncio.Future[object] = await self._producer.send(
            self._topic, value, key=record.key, headers=list(record.headers), timestamp_ms=record.timestamp
        )
        return sent

    async def ends(self) -> dict[TopicPartition, int]:
        """The ends of the partitions over there."""
        async with committed_consumer(self._target, self._topic) as consumer:
            found: dict[TopicPartition, int] = await consumer.end_offsets(sorted(consumer.assignment()))
            return found


def _rewrites(settings: Settings) -> dict[str, Rewrite]:
    return {
        changelog_name(settings.app_id, "detect"): lambda row: _with(row, "offset", None),
        changelog_name(watch_app_id(settings), "fetch"): lambda row: _with(row, "answered", []),
    }


def _with(row: bytes, name: str, value: object) -> bytes:
    """A row with another value of a field that it has."""
    found = orjson.loads(row)
    return orjson.dumps({**found, name: value}) if isinstance(found, dict) and name in found else row


async def _check_stopped(admin: AIOKafkaAdminClient, group: str) -> None:
    members = (await admin.describe_consumer_groups([group]))[0].groups[0][5]
    if members:
        raise CannotMoveError(f"{len(members)} workers run in the group {group}: stop them all first")


async def _check_empty(settings: Settings) -> None:
    for topic in all_topics(settings):
        async with committed_consumer(settings, topic.name) as consumer:
            if await count_from(consumer, {}):
                raise CannotMoveError(
                    f"{topic.name} has records at {settings.bootstrap}: move to a Kafka that has none"
                )


async def _commit(settings: Settings, group: str, offsets: Offsets) -> None:
    consumer = AIOKafkaConsumer(group_id=group, enable_auto_commit=False, **connection(settings))
    async with connected(consumer.start, consumer.stop, settings):
        consumer.assign(list(offsets))
        await consumer.commit(dict(offsets))


def target_of(settings: Settings, kafka: str, partitions: int) -> Settings:
    """The settings of the Kafka that is moved to: the login and all else are the same."""
    return replace(settings, kafka=kafka, partitions=partitions)
