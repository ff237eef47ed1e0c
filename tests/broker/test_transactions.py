"""What one record causes is one transaction: read from Kafka's log on disk, not asked from a client."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import orjson
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import NewTopic
from log_segments import OFFSETS, TRANSACTIONS, Batch, committed_offset, read_log, transactional_id
from service import PATIENCE, Client, Written, fetched, page, paragraphs

from schemas import topics
from schemas.errors import TopicError
from streams.commands.topics import ensure_topics
from streams.embedded import EmbeddedKafka
from streams.kafka import admin_client
from streams.settings import Settings
from streams.supervisor import WORKER, WorkerProcesses
from streams.topics import changelog_name
from streams.topology import new_producer, partitioner

pytestmark = pytest.mark.broker

PARTITIONS = 4
DETECT_ROWS, DIFF_ROWS = changelog_name("newsdiff", "detect"), changelog_name("newsdiff", "diff")
OLD, NEW = page("Storm", *paragraphs("12")), page("Storm", *paragraphs("13"))

Transactions = dict[TopicPartition, dict[TopicPartition, int]]
"""How many records each transaction wrote to each partition, under the input whose offset it committed."""


def of(partition: int, *names: str) -> dict[TopicPartition, int]:
    """One record in this partition of each topic."""
    return {TopicPartition(name, partition): 1 for name in names}


def by_partition(batches: Iterable[Batch]) -> dict[TopicPartition, list[Batch]]:
    """The batches of each partition, in their order."""
    found: dict[TopicPartition, list[Batch]] = defaultdict(list)
    for batch in batches:
        found[batch.tp].append(batch)
    return found


def by_producer(batches: Iterable[Batch]) -> dict[int, list[Batch]]:
    """The transactional batches by the producer's id, which a transactional id keeps for ever."""
    found: dict[int, list[Batch]] = defaultdict(list)
    for batch in batches:
        if batch.transactional:
            found[batch.producer[0]].append(batch)
    return found


def has_settled(log: Sequence[Batch]) -> bool:
    """Whether every input is handled, and every transaction has ended in every partition that it wrote to."""
    written = {b.tp: b.last_offset for b in log if b.tp.topic in (topics.FETCH, topics.VERSION) and not b.marker}
    offsets = [committed_offset(record) for b in log if b.tp.topic == OFFSETS for record in b.records]
    committed = {found[1]: found[2] for found in offsets if found}
    return all(committed.get(tp, 0) > offset for tp, offset in written.items()) and all(
        there[-1].marker for batches in by_producer(log).values() for there in by_partition(batches).values()
    )


def committed_transactions(batches: Sequence[Batch]) -> Transactions:
    """The transactions in a stretch of the log where each producer has one; all must have committed everywhere."""
    found: Transactions = {}
    for own in by_producer(batches).values():
        assert len({batch.producer for batch in own}) == 1, own
        for there in by_partition(own).values():
            assert [batch.marker for batch in there] == [None] * (len(there) - 1) + ["COMMIT"], there
        (offset,) = (committed_offset(record) for b in own if b.tp.topic == OFFSETS for record in b.records)
        assert offset is not None
        group, source, position = offset
        read = [batch for batch in batches if batch.tp == source and not batch.marker]
        assert (group, position) == ("newsdiff", read[-1].last_offset + 1)
        assert source not in found
        found[source] = {
            tp: sum(len(batch.records) for batch in there)
            for tp, there in by_partition(own).items()
            if tp.topic != OFFSETS
        }
    return found


class Service:
    """A service with a Kafka of its own, whose log can be read."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.client = Client(settings)

    def log(self) -> list[Batch]:
        """All batches."""
        return read_log(self.settings.data / "kafka" / "log")

    def wait_until(self, holds: Callable[[list[Batch]], bool]) -> None:
        """Wait until something holds of the log."""
        deadline = time.monotonic() + PATIENCE
        while not holds(log := self.log()):
            assert time.monotonic() < deadline, log
            time.sleep(0.05)

    def write(self, record: Written, topic: str = topics.FETCH, partition: int | None = None) -> None:
        """Write one record, by default where its key belongs."""

        async def send() -> None:
            key, value, headers = record
            async with new_producer(self.settings) as producer:
                await producer.send_and_wait(topic, value, key=key, headers=list(headers), partition=partition)

        asyncio.run(send())

    def run(self, command: Sequence[str] = WORKER) -> None:
        """Run a worker until everything is handled."""
        with WorkerProcesses(self.settings, 1, command):
            self.wait_until(has_settled)

    def handle(
        self,
        record: Written,
        topic: str = topics.FETCH,
        partitions: Sequence[int | None] = (None,),
        command: Sequence[str] = WORKER,
    ) -> Transactions:
        """Write one record, to several partitions where they are given, and run a worker; what comes of it."""
        before = self.log()
        for partition in partitions:
            self.write(record, topic, partition)
        self.run(command)
        new = [batch for batch in self.log() if batch not in before]
        kafkas_own = (OFFSETS, TRANSACTIONS)
        beside = [batch for batch in new if not batch.transactional and batch.tp.topic not in kafkas_own]
        # Beside the record itself, everything is in a transaction.
        assert [len(batch.records) for batch in beside] == [1] * len(partitions)
        # Each start of a worker has its own epochs, so all that these producers ever wrote is looked at.
        assert not {b.producer for b in before if b.transactional} & {b.producer for b in new if b.transactional}
        return committed_transactions(new)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that has topics, and no worker."""
    data = tmp_path_factory.mktemp("transactions")
    cache = Settings.from_environment(os.environ).cache
    with EmbeddedKafka(data / "kafka", cache=cache) as kafka:
        settings = Settings(kafka=kafka.bootstrap, data=data, partitions=PARTITIONS, session_timeout=6)
        asyncio.run(ensure_topics(settings))
        yield Service(settings)


@pytest.fixture
def url(service: Service) -> str:
    """The URL of an article that is not known."""
    return service.client.url()


@pytest.fixture(scope="module")
def articles(service: Service) -> list[str]:
    """URLs of articles that one worker has handled the first fetch of: a worker takes seconds to start."""
    urls = [service.client.url() for _ in range(6)]
    service.client.write([fetched(url, OLD) for url in urls])
    service.run()
    return urls


@pytest.fixture
def known(articles: list[str]) -> str:
    """The URL of an article that has one version, and is no other test's."""
    return articles.pop()


def home(url: str) -> int:
    """The partition where an article belongs."""
    return partitioner(PARTITIONS)(url.encode())


@pytest.mark.usefixtures("articles")
def test_the_log_on_disk_is_what_kafka_serves(service: Service) -> None:
    """Of every partition, the log reader finds the same records at the same offsets as a consumer of all of them."""
    log = by_partition(batch for batch in service.log() if not batch.marker)
    assert {tp.topic for tp in log} >= {topics.FETCH, topics.VERSION, DETECT_ROWS, DIFF_ROWS, OFFSETS}

    async def served(tp: TopicPartition) -> list[tuple[int, bytes | None, bytes | None]]:
        async with AIOKafkaConsumer(bootstrap_servers=service.settings.bootstrap) as consumer:
            consumer.assign([tp])
            await consumer.seek_to_beginning(tp)
            end, found = (await consumer.end_offsets([tp]))[tp], []
            while await consumer.position(tp) < end:
                found += [(r.offset, r.key, r.value) for r in (await consumer.getmany(timeout_ms=200)).get(tp, [])]
            return found

    for tp, batches in log.items():
        records = [
            (offset, *record)
            for batch in batches
            for offset, record in zip(range(batch.base_offset, batch.last_offset + 1), batch.records, strict=True)
        ]
        assert asyncio.run(served(tp)) == records


def test_a_new_article(service: Service, url: str) -> None:
    """A version, its row and the fetch's offset are one transaction; so are the diff's row and the version's offset."""
    assert service.handle(fetched(url, OLD)) == {
        TopicPartition(topics.FETCH, home(url)): of(home(url), topics.VERSION, DETECT_ROWS),
        TopicPartition(topics.VERSION, home(url)): of(home(url), DIFF_ROWS),
    }


def test_an_edit(service: Service, known: str) -> None:
    """A change, its row and the version's offset are one transaction."""
    assert service.handle(fetched(known, NEW, minutes=5)) == {
        TopicPartition(topics.FETCH, home(known)): of(home(known), topics.VERSION, DETECT_ROWS),
        TopicPartition(topics.VERSION, home(known)): of(home(known), topics.CHANGE, DIFF_ROWS),
    }


def test_a_bad_record(service: Service, url: str) -> None:
    """A dead letter and the offset of the record that could not be used are one transaction."""
    assert service.handle((url.encode(), b"not an event", ())) == {
        TopicPartition(topics.FETCH, home(url)): of(home(url), topics.DEAD_LETTER)
    }


def test_a_bad_record_without_a_key(service: Service) -> None:
    """Its dead letter, without a key too, is in its transaction, whichever partition it stands in."""
    partitions = range(PARTITIONS)
    assert service.handle((None, b"not an event", ()), partitions=partitions) == {
        TopicPartition(topics.FETCH, partition): of(partition, topics.DEAD_LETTER) for partition in partitions
    }


def test_a_bad_record_in_another_partition_than_its_output(service: Service, url: str) -> None:
    """A transaction is the input's: its output's partition, where no worker may be, is in it all the same."""
    partition = (home(url) + 1) % PARTITIONS
    assert service.handle((url.encode(), b"not an event", ()), partitions=[partition]) == {
        TopicPartition(topics.FETCH, partition): of(home(url), topics.DEAD_LETTER)
    }


def test_a_bad_version(service: Service, url: str) -> None:
    """A dead letter of the second step is in a transaction with the offset of the version."""
    assert service.handle((url.encode(), b"{}", ()), topics.VERSION) == {
        TopicPartition(topics.VERSION, home(url)): of(home(url), topics.DEAD_LETTER)
    }


def test_a_record_under_another_key(service: Service, url: str) -> None:
    """A fetch that is sent on, what says so, and the offset are one transaction; the rest comes of what was sent on."""
    partition = (home(url) + 1) % PARTITIONS
    _, value, headers = fetched(url, OLD)
    assert service.handle((b"another", value, headers), partitions=[partition]) == {
        TopicPartition(topics.FETCH, partition): of(home(url), topics.FETCH, topics.OUTCOME),
        TopicPartition(topics.FETCH, home(url)): of(home(url), topics.VERSION, DETECT_ROWS),
        TopicPartition(topics.VERSION, home(url)): of(home(url), DIFF_ROWS),
    }


def test_an_error_page(service: Service, url: str) -> None:
    """An outcome and the offset of the fetch are one transaction."""
    assert service.handle(fetched(url, b"oops", status=500)) == {
        TopicPartition(topics.FETCH, home(url)): of(home(url), topics.OUTCOME)
    }


def test_the_same_page_again(service: Service, known: str) -> None:
    """A fetch that changes nothing commits its offset alone."""
    assert service.handle(fetched(known, OLD, minutes=5)) == {TopicPartition(topics.FETCH, home(known)): {}}


def second_version(service: Service, url: str) -> Written:
    """A version that follows the first one of an article, as detect would write it."""
    (first,) = (record for record in service.client.read(topics.VERSION) if record.key == url.encode())
    event = orjson.loads(first.value or b"")
    previous = {"version": event["version"], "hash": event["hash"]}
    value = orjson.dumps(event | {"version": 2, "kind": "edited", "hash": "0" * 32, "previous": previous})
    return first.key, value, first.headers


@pytest.mark.parametrize(
    ("source", "fault", "outputs"),
    [
        (topics.FETCH, "before_commit", (topics.VERSION, DETECT_ROWS)),
        (topics.VERSION, "before_commit_of_diff", (topics.CHANGE, DIFF_ROWS)),
    ],
)
def test_what_a_killed_worker_wrote_is_aborted_and_written_again(
    service: Service, known: str, source: str, fault: str, outputs: tuple[str, ...]
) -> None:
    """A worker that is killed before its commit leaves records that the next one aborts, everywhere, and repeats."""
    read_before = {topic: service.client.read(topic) for topic in outputs}
    before = service.log()
    service.write(fetched(known, NEW, minutes=5) if source == topics.FETCH else second_version(service, known), source)
    with WorkerProcesses(
        service.settings, 1, (sys.executable, str(MUTANT), str(service.settings.data / fault), fault, "worker")
    ) as processes:
        wanted = of(home(known), *outputs)
        service.wait_until(lambda log: {b.tp for b in log if b.transactional and b not in before} >= wanted.keys())
        processes.kill(0)
    left = [batch for batch in service.log() if batch not in before and batch.transactional]
    assert {tp: len(batches) for tp, batches in by_partition(left).items()} == wanted
    assert [batch.marker for batch in left] == [None] * len(left)
    ((producer, epoch),) = {batch.producer for batch in left}

    service.run()
    after = by_partition(by_producer(service.log())[producer])
    for batch in left:
        aborted = after[batch.tp][after[batch.tp].index(batch) + 1 :]
        assert [found.marker for found in aborted] == ["ABORT", None, "COMMIT"]
        assert all(found.producer[1] > epoch for found in aborted)  # the killed one could not have committed any more
    for topic in outputs:
        (new,) = (record for record in service.client.read(topic) if record not in read_before[topic])
        assert (new.key, new.partition) == (known.encode(), home(known))


MUTANT = Path(__file__).parents[1] / "chaos" / "mutant.py"

ANOTHER_SUBSCRIPTION = """
import os
from agents.step import Result
from streams import topology
from streams.commands.worker import run
from streams.settings import Settings
from streams.stage import Stage

usual = topology.stages
topology.stages = lambda partitions: (
    Stage("another", ("a.topic.that.sorts.first",), lambda record, row: Result("seen")), *usual(partitions)
)
run(Settings.from_environment(os.environ))
"""


def transactional_ids(log: Iterable[Batch]) -> dict[str, int]:
    """The transactional ids that Kafka knows, with the ids of their producers."""
    return dict(transactional_id(record) for b in log if b.tp.topic == TRANSACTIONS for record in b.records)


def test_transactional_ids_depend_on_nothing_else_that_is_read(service: Service, known: str) -> None:
    """They are app id, topic and partition, so a worker that reads more fences those from before it."""
    first = transactional_ids(service.log())
    numbers = range(PARTITIONS)
    assert first.keys() == {f"newsdiff-{topic}-{n}" for topic in (topics.FETCH, topics.VERSION) for n in numbers}

    async def create() -> None:
        async with admin_client(service.settings) as admin:
            names = ("a.topic.that.sorts.first", changelog_name("newsdiff", "another"))
            await admin.create_topics([NewTopic(name, PARTITIONS, 1) for name in names])

    asyncio.run(create())
    service.write(fetched(known, NEW, minutes=5))
    service.write((b"key", b"value", ()), "a.topic.that.sorts.first")
    with WorkerProcesses(service.settings, 1, (sys.executable, "-c", ANOTHER_SUBSCRIPTION)):
        service.client.wait_until_left("a.topic.that.sorts.first", 0)
        service.wait_until(has_settled)
    added = {f"newsdiff-a.topic.that.sorts.first-{n}" for n in numbers}
    second = transactional_ids(service.log())
    assert second.keys() == first.keys() | added
    assert {name: producer for name, producer in second.items() if name not in added} == first


@pytest.fixture
def fewer_partitions(service: Service) -> Iterator[None]:
    """Dead letters have fewer partitions than fetches."""

    async def delete() -> None:
        async with admin_client(service.settings) as admin:
            await admin.delete_topics([topics.DEAD_LETTER])
            while topics.DEAD_LETTER in await admin.list_topics():  # noqa: ASYNC110 - there is no event
                await asyncio.sleep(0.05)

    async def create() -> None:
        async with admin_client(service.settings) as admin:
            await admin.create_topics([NewTopic(topics.DEAD_LETTER, PARTITIONS - 1, 1)])
            while topics.DEAD_LETTER not in await admin.list_topics():  # noqa: ASYNC110 - there is no event
                await asyncio.sleep(0.05)

    asyncio.run(delete())
    asyncio.run(create())
    yield
    asyncio.run(delete())
    asyncio.run(ensure_topics(service.settings))


UNCHECKED = """
import os
from streams.commands.worker import run
from streams.settings import Settings

run(Settings.from_environment(os.environ))
"""


@pytest.mark.usefixtures("articles", "fewer_partitions")
def test_an_output_topic_with_fewer_partitions(service: Service) -> None:
    """It is refused at the start; what is written to it all the same is in the transaction of its input."""
    with pytest.raises(TopicError, match=rf"all need as many partitions, .*{topics.DEAD_LETTER} 3"):
        asyncio.run(ensure_topics(service.settings))
    last = PARTITIONS - 1
    command = (sys.executable, "-c", UNCHECKED)
    assert service.handle((None, b"not an event", ()), partitions=[last], command=command) == {
        TopicPartition(topics.FETCH, last): of(0, topics.DEAD_LETTER)
    }
