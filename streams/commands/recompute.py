"""`newsdiff recompute`: all changes anew from the versions, as today's diff makes them, onto a topic of their own."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import click
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from agents.diff.step import diff_step
from agents.step import Keep
from schemas import topics
from schemas.errors import BadRecordError, TopicError
from schemas.record import Output, Record
from streams.kafka import admin_client, committed_consumer, connected, records_until_end
from streams.lag import count_from
from streams.settings import Settings
from streams.tables import RocksStore, Store
from streams.topics import TOPICS, all_topics, create
from streams.topology import new_producer

AT_ONCE = 500
"""Changes that are on their way at a time."""


@click.command("recompute")
@click.argument("topic")
@click.pass_obj
def command(settings: Settings, topic: str) -> None:
    """Make all changes anew from the versions, and write them to TOPIC, which is created.

    For when diff or labels have become better. The events have the ids that they had; article.change.v1 and the workers
    are left alone, and what was forgotten stays so. What is interrupted is begun anew, on a topic in which there is
    nothing.
    """
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,200}", topic) or topic in {one.name for one in all_topics(settings)}:
        raise click.BadParameter(f"{topic!r} cannot be the topic: name a new one", param_hint="TOPIC")
    settings.data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.data, prefix="recompute-") as directory:
        store = RocksStore(Path(directory) / "rows")
        try:
            versions, changes = asyncio.run(_recompute(settings, topic, store))
        finally:
            store.close()
    click.echo(f"{versions} versions read, {changes} changes written to {topic}", err=True)


async def _recompute(settings: Settings, topic: str, store: Store) -> tuple[int, int]:
    versions = changes = 0
    async with admin_client(settings) as admin:
        await _create(admin, settings, topic)
    async with committed_consumer(settings, topic) as consumer:
        if await count_from(consumer, {}):
            raise TopicError(f"the topic {topic} has records already: name a new one, or delete it first")
    producer = new_producer(settings)
    async with (
        connected(producer.start, producer.stop, settings),
        committed_consumer(settings, topics.VERSION) as consumer,
    ):
        batch: list[Output] = []
        # What stands before a tombstone was forgotten, and is not published again.
        forgotten = {each.key: each.offset async for each in records_until_end(consumer) if each.value is None}
        await consumer.seek_to_beginning()
        async for record in records_until_end(consumer):
            if record.offset < forgotten.get(record.key, 0):
                continue
            versions += 1
            batch += (replace(output, topic=topic) for output in _changes(record, store))
            if len(batch) >= AT_ONCE:
                changes += await _write(producer, batch)
        changes += await _write(producer, batch)
    return versions, changes


async def _create(admin: AIOKafkaAdminClient, settings: Settings, name: str) -> None:
    """Create the topic as that of the changes is, if it is not there."""
    if name not in await admin.list_topics():
        (like,) = (one for one in TOPICS if one.name == topics.CHANGE)
        await create(admin, settings, [replace(like, name=name)])


def _changes(record: Record, store: Store) -> Iterable[Output]:
    """The changes that a version makes; one that cannot be used was a dead letter before, and is told."""
    key = record.key or b""
    try:
        result = diff_step(record, store.get(key))
    except BadRecordError as error:
        click.echo(f"newsdiff: {error}", err=True)
        return ()
    if not isinstance(result.row, Keep):
        store.write({key: result.row}, record.offset)
    return result.outputs


async def _write(producer: AIOKafkaProducer, batch: list[Output]) -> int:
    """Write what there is, and leave nothing; how many there were."""
    count = len(batch)
    sent = [await producer.send(one.topic, one.value, key=one.key, headers=list(one.headers)) for one in batch]
    await asyncio.gather(*sent)
    batch.clear()
    return count
