"""Moves all that a Kafka has of this service to another one, with another number of partitions.

A key's partition follows from the number of partitions, and its row, its history and the offsets of its readers are
where its partition is: so the number cannot be changed in place. Here every record is written again where it belongs:
those that its readers have handled first, so that what is committed over there is where these end.

Keys, values, headers and timestamps stay (those of fetches are the broker's own, and are those of the move); offsets do
not. So rows lose what they say of offsets: where the newest version's fetch stands (an extractor that reads
otherwise then takes the next fetch as the base) and which requests were answered out of turn (they are made once more).

Rows are copied first, and offsets committed last, when nothing was written meanwhile: a move that ends between leaves
rows without offsets, with which no worker begins.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.structs import RecordMetadata

from schemas import topics
from schemas.errors import NewsdiffError
from streams.connection import connection
from streams.kafka import admin_client, committed_consumer, committed_offsets, connected, count_members
from streams.lag import count_from
from streams.settings import Settings
from streams.topics import all_topics, changelog_name, changelogs, create_missing, watch_app_id, webhook_prefix
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
        CannotMoveError: workers or webhooks run, or workers have not handled all; something was written meanwhile; or
            there are records, or topics with other partitions, over there.
        UnavailableError: a Kafka does not answer.
    """
    watch_group = watch_app_id(source)
    async with admin_client(source) as admin:
        for group in (source.app_id, watch_group):
            await _check_stopped(admin, group)
        handled = await committed_offsets(admin, source.app_id)
        watched = await committed_offsets(admin, watch_group)
        told = await _told(admin, source)
    own = {topic for stage in stages(source) for topic in stage.reads}
    await _check_handled(source, own, handled)
    async with admin_client(target) as admin:
        await create_missing(admin, target)
    await _check_empty(target)
    producer = new_producer(target)
    async with connected(producer.start, producer.stop, target):
        committed: dict[str, dict[TopicPartition, int]] = {source.app_id: {}, watch_group: {}}
        copies = []
        tables = {topics.SCHEDULE, *changelogs(source)}
        for topic in sorted(all_topics(source), key=lambda topic: topic.name not in tables):  # rows first
            readers = told if topic.name == topics.CHANGE else {}
            rewrite = _rewrites(source).get(topic.name)
            copy = _Copy(source, target, producer, topic.name, rewrite=rewrite, readers=readers)
            copies.append(copy)
            if watched and topic.name in (*SCHEDULE_READS, topics.FETCH_REQUEST):
                await copy.run(before=watched)
                committed[watch_group] |= await copy.ends()
                await copy.run(after=watched)
            else:
                await copy.run()
            if topic.name in own:
                committed[source.app_id] |= await copy.ends()
            if readers:
                ends = await copy.ends()
                committed |= {group: {**ends, **copy.unread[group]} for group in readers}
        await _check_handled(source, own, handled)
        for copy in copies:
            await copy.check_complete()
    for group, offsets in reversed(committed.items()):  # those of the workers last
        if offsets:  # else nobody has watched yet
            await _commit(target, group, offsets)
    return {copy.topic: copy.count for copy in copies}


class _Copy:
    """The copying of one topic; `rewrite` is what becomes of its values.

    `readers`: how far groups have read it; where they go on over there is in `unread`, for partitions in which there is
    something left for them.
    """

    def __init__(
        self,
        source: Settings,
        target: Settings,
        producer: AIOKafkaProducer,
        topic: str,
        *,
        rewrite: Rewrite | None,
        readers: Mapping[str, Offsets],
    ) -> None:
        self.topic, self.count = topic, 0
        self.unread: dict[str, dict[TopicPartition, int]] = {group: {} for group in readers}
        self._until: Offsets = {}
        self._source, self._target, self._producer, self._rewrite, self._readers = (
            source, target, producer, rewrite, readers,
        )  # fmt: skip

    async def run(self, *, before: Offsets | None = None, after: Offsets | None = None) -> None:
        """Copy all records, or those before or after some offsets; where there is none, nothing was handled."""
        async with committed_consumer(self._source, self.topic) as consumer:
            places = sorted(consumer.assignment())
            starts, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
            self._until = ends
            for place in places:
                first = starts[place] if after is None else max(after.get(place, 0), starts[place])
                last = ends[place] if before is None else before.get(place, 0)
                if first < last:
                    consumer.seek(place, first)
                    await self._copy(consumer, place, last)

    async def _copy(self, consumer: AIOKafkaConsumer, place: TopicPartition, last: int) -> None:
        while await consumer.position(place) < last:
            found = await consumer.getmany(place, timeout_ms=500, max_records=AT_ONCE)
            records = [record for record in found.get(place, ()) if record.offset < last]
            written = await asyncio.gather(*[await self._send(record) for record in records])
            self.count += len(written)
            for group, offsets in self._readers.items():
                for record, there in zip(records, written, strict=True):
                    if record.offset >= offsets.get(place, 0):
                        tp, unread = there.topic_partition, self.unread[group]
                        unread[tp] = min(there.offset, unread.get(tp, there.offset))

    async def check_complete(self) -> None:
        """See that nothing was written while it was copied.

        Raises:
            CannotMoveError: something was.
        """
        async with committed_consumer(self._source, self.topic) as consumer:
            if await consumer.end_offsets(sorted(consumer.assignment())) != self._until:
                raise CannotMoveError(
                    f"{self.topic} was written to meanwhile: stop what writes there, and move again to an empty Kafka"
                )

    async def _send(self, record: ConsumerRecord) -> asyncio.Future[RecordMetadata]:
        value = self._rewrite(record.value) if self._rewrite and record.value else record.value
        sent: asyncio.Future[RecordMetadata] = await self._producer.send(
            self.topic, value, key=record.key, headers=list(record.headers), timestamp_ms=record.timestamp
        )
        return sent

    async def ends(self) -> dict[TopicPartition, int]:
        """The ends of the partitions over there."""
        async with committed_consumer(self._target, self.topic) as consumer:
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
    if members := await count_members(admin, group):
        raise CannotMoveError(f"{members} processes run in the group {group}: stop them all first")


async def _check_handled(settings: Settings, names: Iterable[str], handled: Offsets) -> None:
    for name in names:
        async with committed_consumer(settings, name) as consumer:
            if waiting := await count_from(consumer, handled):
                raise CannotMoveError(f"{waiting} records of {name} are not handled yet: let workers do that first")


async def _told(admin: AIOKafkaAdminClient, settings: Settings) -> dict[str, Offsets]:
    """How far each webhook was told, by its group; none of them runs."""
    told: dict[str, Offsets] = {}
    for group, *_ in await admin.list_consumer_groups():
        if group.startswith(webhook_prefix(settings)):
            await _check_stopped(admin, group)
            told[group] = await committed_offsets(admin, group)
    return told


async def _check_empty(settings: Settings) -> None:
    for topic in all_topics(settings):
        async with committed_consumer(settings, topic.name) as consumer:
            if (found := len(consumer.assignment())) != settings.partitions:
                raise CannotMoveError(f"{topic.name} has {found} partitions at {settings.bootstrap}: delete it there")
            if await count_from(consumer, {}):
                raise CannotMoveError(
                    f"{topic.name} has records at {settings.bootstrap}: move to a Kafka that has none, and after a "
                    "move that ended early delete the topics there first"
                )


async def _commit(settings: Settings, group: str, offsets: Offsets) -> None:
    consumer = AIOKafkaConsumer(group_id=group, enable_auto_commit=False, **connection(settings))
    async with connected(consumer.start, consumer.stop, settings):
        consumer.assign(list(offsets))
        await consumer.commit(dict(offsets))


def target_of(settings: Settings, kafka: str, partitions: int) -> Settings:
    """The settings of the Kafka that is moved to: the login and all else are the same."""
    return replace(settings, kafka=kafka, partitions=partitions)
