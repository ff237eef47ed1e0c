"""Stores what the topics tell in the archive's database: the consumer beside the workers.

The database keeps how far each partition is stored, in the transaction that stores it. So whatever kills this, it goes
on where the rows end. One process stores at a time; what reads the database need not know of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError, StatementError

from agents.archive.batch import TOPICS, batch_of
from agents.archive.store import Store
from schemas import topics
from schemas.errors import UnavailableError, shown
from schemas.record import Record
from streams.kafka import IDLE_FETCH_MS, admin_client, as_record, committed_consumer, records_until_end
from streams.metrics import ARCHIVE_LOOKED, ARCHIVED, ARCHIVED_AFTER
from streams.settings import Settings

AT_ONCE = 5_000
"""Records that are stored in one transaction, at most: the more, the fewer pages of the database are written twice."""

FIRST_PAUSE, LAST_PAUSE = 0.5, 30.0
"""Seconds until a database that did not answer is asked again."""

NEVER_HELD = ("22", "23", "54")
"""Classes of SQLSTATE: data that is none of its column, that breaks a rule, and that is more than the server can."""

log = logging.getLogger(__name__)


async def archive(settings: Settings, store: Store, stored: Callable[[], None]) -> None:
    """Store until cancelled; `stored` is called after each transaction.

    Raises:
        UnavailableError: no broker answers, there are no such topics, or the archive is that of another Kafka.
    """
    async with admin_client(settings) as admin:
        cluster = (await admin.describe_cluster())["cluster_id"]
    if cluster and (known := await store.claim(cluster)) != cluster:
        raise UnavailableError(
            f"the archive holds what the Kafka cluster {known} told, and {settings.bootstrap} is {cluster}: name "
            "another database in NEWSDIFF_DATABASE_URL"
        )
    await store.complete()
    async with committed_consumer(settings, topics.TAKEDOWN) as consumer:  # nothing of them may be shown in between
        _seek(consumer, await store.progress())
        await _write(store, [record async for record in records_until_end(consumer)])
    async with committed_consumer(settings, *TOPICS) as consumer:
        _seek(consumer, await store.progress())
        while True:
            found = await consumer.getmany(timeout_ms=IDLE_FETCH_MS, max_records=AT_ONCE)
            records = [as_record(each) for part in found.values() for each in part]
            if records:
                await _write(store, records)
                stored()
                _measure(records)
            ARCHIVE_LOOKED.set_to_current_time()


def _measure(records: Sequence[Record]) -> None:
    for record in records:
        ARCHIVED.labels(record.topic).inc()
    age = datetime.now(UTC) - min(record.timestamp for record in records)
    ARCHIVED_AFTER.observe(max(0.0, age.total_seconds()))


def _seek(consumer: AIOKafkaConsumer, progress: Mapping[tuple[str, int], int]) -> None:
    for place in consumer.assignment():
        consumer.seek(place, progress.get((place.topic, place.partition), 0))


async def _write(store: Store, records: Sequence[Record]) -> None:
    """Store records, however long the database does not answer; one that it cannot hold is left out."""
    pause = FIRST_PAUSE
    while True:
        try:
            batch = await asyncio.to_thread(batch_of, records)
            await store.write(batch)
        except (SQLAlchemyError, OSError, OverflowError) as error:
            if _is_of_a_record(error):
                await _write_each(store, records, error)
                return
            log.warning("the archive's database does not take what shall be stored: %s", type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LAST_PAUSE)
        else:
            for bad in batch.bad:
                log.error("left out of the archive: %s", bad)
            return


async def _write_each(store: Store, records: Sequence[Record], error: Exception) -> None:
    """Store records by halves, but for those that the database cannot hold."""
    if len(records) == 1:
        what = getattr(error, "orig", None) or error
        log.error("%s cannot be stored and is left out: %s", records[0].place, shown(str(what)))
        return
    half = len(records) // 2
    for part in (records[:half], records[half:]):
        await _write(store, part)


def _is_of_a_record(error: Exception) -> bool:
    """Whether a database will never take what it was given; else it does not take anything now."""
    if isinstance(error, DataError | IntegrityError | OverflowError):
        return True
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        return state[:2] in NEVER_HELD or isinstance(getattr(error.orig, "__cause__", None), ValueError)
    return isinstance(error, StatementError)  # a value that cannot be one of its column
