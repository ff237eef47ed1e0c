"""The flow, in the order in which data takes it. Read this first.

    article.fetch.v1 ──► detect ──► article.version.v1 ──► diff ──► article.change.v1
                           │                                │
                           ├──► article.outcome.v1          └──┐
                           └──────────────────────────────────►└──► article.dead-letter.v1

What is watched goes on the fetch topic by the app of `streams.watch_topology`.

Each step is a plain function of a record and its article's row (`agents.step`), run by one Faust agent, with one table
and one transaction for each partition (`streams.exactly_once`).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import faust
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.partitioner import murmur2

from agents.detect.step import Detect
from agents.diff.step import diff_step
from schemas import topics
from schemas.record import Record
from streams.connection import connection
from streams.exactly_once import STEPS_AT_ONCE, App, Beside, NewInput
from streams.kafka import METADATA_MAX_AGE_MS, record_at
from streams.metrics import measured_bytes, measured_reading
from streams.readers import Readers
from streams.settings import Settings
from streams.stage import Reader, Stage
from streams.tables import MemoryStore, RocksStore, Store, TablePartition
from streams.topics import MAX_DEAD_LETTER, MIB, changelog_name

READERS = min(os.cpu_count() or 1, STEPS_AT_ONCE)
"""Processes that read pages, of some 90 MB each; they are started when they are needed."""


def stages(settings: Settings) -> tuple[Stage, ...]:
    """The steps of the app `newsdiff`, in the order of the flow."""

    def fetch_at(partition: int, offset: int) -> Record | None:
        return asyncio.run(record_at(settings, topics.FETCH, partition, offset))  # steps run in threads of their own

    read_page = measured_reading(Readers(READERS, settings.rules))
    detect = Detect(partitioner(settings.partitions), read_page, fetch_at=fetch_at)
    return (
        Stage("detect", (topics.FETCH, topics.TAKEDOWN), detect, measured_bytes(detect.is_known)),
        Stage("diff", (topics.VERSION,), diff_step),
    )


def partitioner(partitions: int) -> Callable[[bytes], int]:
    """The partition of a key: murmur2, as Java, aiokafka and Faust have it."""
    return lambda key: (murmur2(key) & 0x7FFFFFFF) % partitions


def new_producer(settings: Settings, transactional_id: str | None = None) -> AIOKafkaProducer:
    """A producer for the topics of this service."""
    return AIOKafkaProducer(
        **connection(settings),
        client_id=settings.app_id,
        transactional_id=transactional_id,
        enable_idempotence=True,
        acks="all",
        compression_type="zstd",
        linger_ms=5,  # a request for every record would cost more than all the rest
        max_batch_size=MIB,
        max_request_size=MAX_DEAD_LETTER + MIB,
        request_timeout_ms=60_000,
    )


def new_app(settings: Settings) -> App:
    """The Faust app `newsdiff` against a Kafka, its tables in `settings.data`."""
    return app_of(settings, stages(settings), {})


def credentials(settings: Settings) -> faust.auth.Credentials | None:
    """TLS and the login of Faust's consumer, as `streams.connection` has them."""
    arguments = connection(settings)
    context = arguments.get("ssl_context")
    if settings.kafka_user is None:
        return faust.SSLCredentials(context=context) if context else None
    return faust.SASLCredentials(
        username=settings.kafka_user,
        password=settings.kafka_password,
        ssl_context=context,
        mechanism=settings.kafka_mechanism,
    )


def app_of(
    settings: Settings,
    stages: tuple[Reader, ...],
    changelogs: Mapping[str, str],
    *,
    new_input: NewInput | None = None,
    beside: Beside | None = None,
) -> App:
    """An app of some stages; `changelogs`: by stage, where it is not named after the app and the stage."""

    def open_table(stage: Reader, partition: int) -> TablePartition:
        path = settings.data / "tables" / settings.app_id / stage.name / str(partition)
        store: Store = MemoryStore() if settings.store == "memory://" else RocksStore(path)
        changelog = changelogs.get(stage.name, changelog_name(settings.app_id, stage.name))
        return TablePartition(TopicPartition(changelog, partition), store)

    return App(
        settings.app_id,
        settings=settings,
        stages=stages,
        open_table=open_table,
        new_producer=lambda transactional_id: new_producer(settings, transactional_id),
        new_input=new_input,
        beside=beside,
        broker=[f"kafka://{server}" for server in settings.bootstrap.split(",")],
        broker_credentials=credentials(settings),
        datadir=Path(settings.data) / "faust",
        topic_partitions=settings.partitions,
        topic_allow_declare=False,
        topic_disable_leader=True,
        broker_commit_interval=settings.commit_interval,
        broker_session_timeout=settings.session_timeout,
        broker_heartbeat_interval=settings.session_timeout / 10,
        broker_request_timeout=max(90.0, settings.session_timeout),
        # Two bounds for what waits in memory; the third is `streams.exactly_once.MAX_WAITING`.
        broker_max_poll_records=500,
        consumer_max_fetch_size=MIB,
        stream_buffer_maxsize=1000,
        consumer_auto_offset_reset="earliest",
        # aiokafka asks a partition's former leader for offsets until its metadata is renewed: by default 5 minutes.
        consumer_metadata_max_age_ms=METADATA_MAX_AGE_MS,
        producer_request_timeout=60.0,
        stream_recovery_delay=0.0,
        stream_wait_empty=False,  # no record is acknowledged one by one: a rebalance would wait for ever
        # There are no standbys, but this is how Faust takes its own sticky assignor, which keeps a partition where its
        # table is, and gives partition n of both topics to the same worker.
        table_standby_replicas=1,
        web_enabled=False,
        worker_redirect_stdouts=False,
    )
