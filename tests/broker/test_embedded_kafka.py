"""The embedded Kafka is a Kafka: it keeps what it acknowledged, takes the largest records, and has transactions."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import UnknownTopicOrPartitionError

from schemas.errors import UnavailableError
from streams.embedded import EmbeddedKafka
from streams.embedded.ports import PORTS, answers
from streams.settings import Settings
from streams.topics import MAX_RECORD, MIB

pytestmark = pytest.mark.broker

CACHE = Settings.from_environment(os.environ).cache


async def create(bootstrap: str, topic: str) -> None:
    """Create a topic with one partition and nothing set."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        response = await admin.create_topics([NewTopic(topic, 1, 1)])
        assert [code for _, code, _ in response.topic_errors] == [0]
    finally:
        await admin.close()


async def write(bootstrap: str, topic: str, *values: bytes, codec: str | None = None) -> None:
    """Write values, one after the other, and wait until each is acknowledged by all replicas."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", compression_type=codec, max_request_size=MAX_RECORD + MIB
    )
    async with producer:
        for value in values:
            await producer.send_and_wait(topic, value)


async def read(bootstrap: str, topic: str, count: int, group: str | None = None) -> list[bytes]:
    """The first `count` committed values that the group, if any, has not read."""
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        group_id=group,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    )
    async with consumer, asyncio.timeout(30):
        return [(await consumer.getone()).value for _ in range(count)]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKafka]:
    """A Kafka for the tests of this file."""
    with EmbeddedKafka(tmp_path_factory.mktemp("own") / "kafka", cache=CACHE) as broker:
        yield broker


@pytest.fixture
def own(shared: EmbeddedKafka) -> EmbeddedKafka:
    """A Kafka that a test may stop and kill, running."""
    host, port = shared.bootstrap.split(":")
    if not answers(host, int(port)):
        shared.stop()
        shared.start()
    return shared


def test_stop_and_kill_keep_what_was_acknowledged(own: EmbeddedKafka) -> None:
    """What was acknowledged is there after a stop and after a kill, at the same address, with the group's offsets."""
    bootstrap, first = own.bootstrap, own.pid

    async def before() -> None:
        await create(bootstrap, "kept")
        await write(bootstrap, "kept", b"1", b"2")
        assert await read(bootstrap, "kept", 1, "readers") == [b"1"]

    asyncio.run(before())
    own.stop()
    own.start()
    assert own.pid != first
    assert own.bootstrap == bootstrap
    assert int(bootstrap.split(":")[1]) in PORTS  # no outgoing connection took it meanwhile
    asyncio.run(write(bootstrap, "kept", b"3"))
    own.kill()
    own.start()
    assert own.bootstrap == bootstrap
    assert asyncio.run(read(bootstrap, "kept", 3)) == [b"1", b"2", b"3"]
    assert asyncio.run(read(bootstrap, "kept", 2, "readers")) == [b"2", b"3"]


def test_what_is_in_use_is_refused_at_once(own: EmbeddedKafka, tmp_path: Path) -> None:
    """A directory or port that is in use is an error that names it and says what to do; the first Kafka runs on."""
    port = int(own.bootstrap.split(":")[1])
    directory = own._directory
    with pytest.raises(UnavailableError, match=rf"{directory} is in use .*process {os.getpid()}"):
        EmbeddedKafka(directory, cache=CACHE).start()
    with pytest.raises(UnavailableError, match=rf"port {port} .*Address already in use.*NEWSDIFF_BROKER_PORT"):
        EmbeddedKafka(tmp_path / "other", port=port, cache=CACHE).start()
    assert not (tmp_path / "other" / "log").exists()
    asyncio.run(create(own.bootstrap, "still-there"))


def test_death_of_kafka_is_told_with_its_last_words(own: EmbeddedKafka) -> None:
    """Whoever waits on a Kafka that ends learns how, and where its log is."""
    assert own.pid is not None
    os.kill(own.pid, 9)
    with pytest.raises(UnavailableError, match=rf"exit code -9: .* \(see {own._directory}/kafka\.log\)"):
        own.check(None)


def test_largest_records_go_through(kafka: str) -> None:
    """Records as large as is allowed come back as they were, whether they compress or not."""
    values = [os.urandom(10 * MIB), os.urandom(MAX_RECORD - 10_000), b"news" * (MAX_RECORD // 4 - 1000)]

    async def there_and_back() -> list[bytes]:
        await create(kafka, "large")
        await write(kafka, "large", *values, codec="zstd")
        return await read(kafka, "large", 3)

    assert asyncio.run(there_and_back()) == values


def test_transactions_commit_and_abort(kafka: str) -> None:
    """On one node a reader of committed records sees the committed transaction and nothing of the aborted one."""

    async def transact() -> list[bytes]:
        await create(kafka, "transacted")
        async with AIOKafkaProducer(bootstrap_servers=kafka, transactional_id="teller") as producer:
            for value, commits in ((b"1", True), (b"2", False), (b"3", True)):
                await producer.begin_transaction()
                await producer.send_and_wait("transacted", value)
                await (producer.commit_transaction() if commits else producer.abort_transaction())
        return await read(kafka, "transacted", 2)

    assert asyncio.run(transact()) == [b"1", b"3"]


def test_topics_are_not_made_by_accident(kafka: str) -> None:
    """Asking for a topic that nobody created does not create it."""

    async def ask() -> list[str]:
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
        await admin.start()
        try:
            (described,) = await admin.describe_topics(["misspelt"])
            assert described["error_code"] == UnknownTopicOrPartitionError.errno
            names: list[str] = await admin.list_topics()
            return names
        finally:
            await admin.close()

    assert "misspelt" not in asyncio.run(ask())
