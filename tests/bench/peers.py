"""`python -m tests.bench.peers NAME BOOTSTRAP DIRECTORY`: other ways to see which values are new for their key.

Each hashes every value (xxh3_64), keeps the hash by key, and writes one small record for each that is new or changed.
None reads the page: they are the limit of their client, with what it promises, and no more. NAME is the group too.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import Any, Literal

import xxhash
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from schemas import topics

COMMIT_INTERVAL = 0.25
"""Seconds, as long as this project's by default."""

SESSION_MS = 300_000
"""They stand still while others are measured: neither may the broker give them up, nor they what they asked for."""

LIBRDKAFKA_PRODUCER = {"linger.ms": 5, "compression.type": "zstd"}
LIBRDKAFKA_CONSUMER = {
    "session.timeout.ms": SESSION_MS,
    "max.poll.interval.ms": 2 * SESSION_MS,
    "socket.timeout.ms": SESSION_MS,
}

LOOP_AIOKAFKA, LOOP_CONFLUENT = "loop-aiokafka", "loop-confluent"
QUIX_EXACTLY_ONCE, QUIX_AT_LEAST_ONCE = "quix-exactly-once", "quix-at-least-once"


def output_topic(name: str) -> str:
    """The topic that one of them writes."""
    return f"bench.{name}"


async def loop_aiokafka(bootstrap: str) -> None:
    """A plain loop: a dictionary, an idempotent producer, offsets committed after what they stand for is written."""
    consumer = AIOKafkaConsumer(
        topics.FETCH,
        bootstrap_servers=bootstrap,
        group_id=LOOP_AIOKAFKA,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=SESSION_MS,
        request_timeout_ms=SESSION_MS,
        max_poll_interval_ms=2 * SESSION_MS,
    )
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        enable_idempotence=True,
        linger_ms=5,
        compression_type="zstd",
        request_timeout_ms=SESSION_MS,
    )
    known: dict[bytes, int] = {}
    async with consumer, producer:
        commit_at = time.monotonic() + COMMIT_INTERVAL
        while True:
            for records in (await consumer.getmany(timeout_ms=100, max_records=500)).values():
                for record in records:
                    seen = xxhash.xxh3_64_intdigest(record.value)
                    if known.get(record.key) != seen:
                        known[record.key] = seen
                        await producer.send(output_topic(LOOP_AIOKAFKA), seen.to_bytes(8, "big"), key=record.key)
            if time.monotonic() >= commit_at:
                await producer.flush()
                await consumer.commit()
                commit_at = time.monotonic() + COMMIT_INTERVAL


def loop_confluent(bootstrap: str) -> None:
    """The same with librdkafka."""
    from confluent_kafka import Consumer, KafkaException, Producer

    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": LOOP_CONFLUENT,
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            **LIBRDKAFKA_CONSUMER,
        }
    )
    producer = Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True, **LIBRDKAFKA_PRODUCER})
    consumer.subscribe([topics.FETCH])
    known: dict[bytes, int] = {}
    commit_at, moved = time.monotonic() + COMMIT_INTERVAL, False
    while True:
        for record in consumer.consume(500, timeout=0.1):
            if error := record.error():
                raise KafkaException(error)
            moved = True
            key, seen = record.key(), xxhash.xxh3_64_intdigest(record.value())
            if known.get(key) != seen:
                known[key] = seen
                producer.produce(output_topic(LOOP_CONFLUENT), seen.to_bytes(8, "big"), key=key)
        producer.poll(0)
        if moved and time.monotonic() >= commit_at:
            producer.flush()
            consumer.commit(asynchronous=False)
            commit_at, moved = time.monotonic() + COMMIT_INTERVAL, False


def quix(name: str, bootstrap: str, directory: Path, guarantee: Literal["exactly-once", "at-least-once"]) -> None:
    """Quix Streams with its state: RocksDB and a changelog topic."""
    from quixstreams import Application

    app = Application(
        broker_address=bootstrap,
        consumer_group=name,
        auto_offset_reset="earliest",
        commit_interval=COMMIT_INTERVAL,
        consumer_poll_timeout=0.1,  # it commits when it does not wait
        state_dir=directory / name,
        processing_guarantee=guarantee,
        loglevel="ERROR",
        consumer_extra_config=LIBRDKAFKA_CONSUMER,
        producer_extra_config=LIBRDKAFKA_PRODUCER,
    )

    def judge(value: bytes, state: Any) -> bytes | None:
        seen = xxhash.xxh3_64_intdigest(value)
        if state.get("seen") == seen:
            return None
        state.set("seen", seen)
        return seen.to_bytes(8, "big")

    fetches = app.topic(topics.FETCH, key_deserializer="bytes", value_deserializer="bytes")
    output = app.topic(output_topic(name), key_serializer="bytes", value_serializer="bytes")
    stream = app.dataframe(fetches).apply(judge, stateful=True)
    stream.filter(lambda seen: seen is not None).to_topic(output)
    app.run()


def main(name: str, bootstrap: str, directory: Path) -> None:
    """Run one of them until it is killed."""
    if name == LOOP_AIOKAFKA:
        asyncio.run(loop_aiokafka(bootstrap))
    elif name == LOOP_CONFLUENT:
        loop_confluent(bootstrap)
    else:
        quix(name, bootstrap, directory, "exactly-once" if name == QUIX_EXACTLY_ONCE else "at-least-once")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
