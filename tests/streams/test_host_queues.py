"""The requests for a host wait for their turn, and those for one host hold up no other."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from aiokafka import AIOKafkaProducer, ConsumerRecord, TopicPartition
from collecting_producer import Producer

from agents.detect.url import host_and_port
from agents.discover.document import read_document
from agents.fetch.answer import Answer
from agents.fetch.client import Client
from agents.fetch.pace import GAP, SHORTEST_GAP
from agents.fetch.turns import MAX_QUEUE
from agents.schedule.price import LOWEST
from schemas import topics
from schemas.check import Check
from schemas.codec import decode, encode
from schemas.fetch_request import FetchRequest
from streams.clock import Clock
from streams.host_queues import HostQueues
from streams.tables import MemoryStore, TablePartition
from streams.transaction import Transaction

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
STORY = "https://eastmere-echo.test/2026/03/storm"
DAY = 86400.0

Says = Callable[[str], Answer]


class Jumping(Clock):
    """A clock on which whoever sleeps is awake at once, and later."""

    def __init__(self) -> None:
        super().__init__()
        object.__setattr__(self, "now_at", [NOON])

    def time(self) -> float:
        """The time."""
        return self.now_at[0]  # type: ignore[attr-defined, no-any-return]

    async def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.now_at[0] += max(0.0, seconds)  # type: ignore[attr-defined]
        await asyncio.sleep(0)


class Paper:
    """Stands for the client: it notes who asks when, how many at once, and under which rules."""

    def __init__(self, clock: Clock, says: Says, seconds: float = 0.0) -> None:
        self.asked: list[tuple[str, float]] = []
        self.at_once = self.most_at_once = 0
        self.allows: Callable[[str], bool] = lambda _: True
        self._clock, self._says, self._seconds = clock, says, seconds

    async def get(self, url: str, **options: Any) -> Answer:
        """Answer as it is wanted, after some time of the world."""
        self.asked.append((url, self._clock.time()))
        self.allows = options.get("allows", self.allows)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self._seconds)
        self.at_once -= 1
        return self._says(url)


class Noting(Producer):
    """Keeps the checks and dead letters that are written."""

    def __init__(self) -> None:
        super().__init__()
        self.checks: list[Check] = []
        self.letters = 0

    async def send(self, topic: str, value: bytes | None, **options: object) -> asyncio.Future[Any]:
        """Note a record."""
        if topic == topics.CHECK and value is not None:
            self.checks.append(decode(value, Check, "a check"))
        self.letters += topic == topics.DEAD_LETTER
        return await super().send(topic, value, **options)


class Queues:
    """The queues of a partition, their clock, the paper that they ask and what they write."""

    def __init__(self, says: Says, *, seconds: float = 0.0, at_once: int = 100) -> None:
        self.clock = Jumping()
        self.paper, self.producer = Paper(self.clock, says, seconds), Noting()
        self.crashes: list[Exception] = []
        table = TablePartition(TopicPartition("changelog", 0), MemoryStore())
        transaction = Transaction(table, group="newsdiff", producer=cast(AIOKafkaProducer, self.producer))
        transaction.ready.set()
        self.partition = HostQueues(
            TopicPartition(topics.FETCH_REQUEST, 0),
            transaction,
            client=cast(Client, self.paper),
            clock=self.clock,
            crash=self._crash,
            turns=asyncio.Semaphore(at_once),
            read=read_document,
        )
        self.partition.begin_at(0)
        self._offsets = itertools.count()

    async def ask(self, *urls: str, key: str | None = None) -> None:
        """Put requests for these URLs on the topic, and wait until they are answered."""
        await self.partition.handle([self.record(url, key) for url in urls])
        async with asyncio.timeout(20):
            while self.partition.open:  # noqa: ASYNC110 - nobody tells when they are answered
                await asyncio.sleep(0.005)
            async with self.partition.transaction.gate:  # held until what came of the last one is written
                pass
        assert self.crashes == []

    def record(self, url: str, key: str | None = None) -> ConsumerRecord:
        """A request for a URL, the next one of its topic."""
        request = FetchRequest(
            key=key or url, url=url, kind="article", due_at=datetime.fromtimestamp(NOON, UTC), worth=0.5
        )
        value, host = encode(request), host_and_port(url).encode()
        offset = next(self._offsets)
        return ConsumerRecord(
            topics.FETCH_REQUEST, 0, offset, int(NOON * 1000), 0, host, value, 0, len(host), len(value), ()
        )

    async def _crash(self, error: Exception) -> None:
        self.crashes.append(error)


def says(body: str = "<p>It.</p>", rules: str = "", **fields: Any) -> Says:
    """Answers of a paper with these rules."""

    def answer(url: str) -> Answer:
        text = rules if url.endswith("/robots.txt") else body
        return Answer(url=url, final_url=url, seconds=0.0, body=text.encode(), **{"status": 200, **fields})

    return answer


@pytest.mark.parametrize(("rules", "gap"), [("", GAP), ("User-agent: *\nCrawl-delay: 0\n", SHORTEST_GAP)])
def test_a_host_is_asked_one_thing_at_a_time(rules: str, gap: float) -> None:
    """For its rules first, then for what is wanted of it, with a gap, also where it wants none."""

    async def run() -> None:
        queues = Queues(says(rules=rules), seconds=0.001)
        await queues.ask(*(f"{STORY}-{number}" for number in range(8)))
        (first, _), *others = queues.paper.asked
        assert (first, len(others)) == ("https://eastmere-echo.test/robots.txt", 8)
        times = [at for _, at in queues.paper.asked]
        assert queues.paper.most_at_once == 1
        assert all(after - before >= gap - 1e-3 for before, after in itertools.pairwise(times))
        assert [check.outcome for check in queues.producer.checks] == ["fetched"] * 8

    asyncio.run(run())


def test_a_host_that_wants_to_be_left_alone_for_a_day_holds_up_nobody() -> None:
    """What waits for it is put off until then, so that the offset of the partition goes on for all others."""

    def busy(url: str) -> Answer:
        is_busy = "eastmere" in url and not url.endswith("/robots.txt")
        return says(**({"status": 429, "retry_after": "86400"} if is_busy else {}))(url)

    async def run() -> None:
        queues = Queues(busy)
        await queues.ask(f"{STORY}-1", f"{STORY}-2", "https://other.test/2026/03/storm")
        checks = {check.key: check for check in queues.producer.checks}
        outcomes = sorted(check.outcome for check in checks.values())
        assert outcomes == ["deferred", "failed", "fetched"]
        (put_off,) = (check for check in checks.values() if check.outcome == "deferred")
        assert put_off.retry_at is not None
        assert put_off.retry_at.timestamp() >= NOON + DAY
        assert queues.partition.handled == 3
        assert queues.clock.time() < NOON + DAY / 2

    asyncio.run(run())


def put_off(queues: Queues) -> list[float]:
    """The times until which requests were put off, in order."""
    return sorted(check.retry_at.timestamp() for check in queues.producer.checks if check.retry_at is not None)


def test_what_is_too_much_for_a_host_is_put_off_to_turns_of_its_own() -> None:
    """One after the other, after all that waits, so that none of it comes back before the host has room for it."""

    async def run() -> None:
        queues = Queues(says())
        await queues.ask(*(f"{STORY}-{number}" for number in range(100)))
        times = put_off(queues)
        assert len(times) > MAX_QUEUE
        assert all(after - before >= GAP - 1e-3 for before, after in itertools.pairwise(times))
        assert times[0] >= NOON + MAX_QUEUE * GAP

    asyncio.run(run())


def test_where_a_worker_is_slow_more_is_put_off_for_longer() -> None:
    """What comes back too soon is put off again, for ever, which takes the time that the others wait for."""

    async def run() -> None:
        queues = Queues(says(), at_once=1)
        answer = queues.paper.get

        async def slowly(url: str, **options: Any) -> Answer:
            await queues.clock.sleep(2.0)
            return await answer(url, **options)

        queues.paper.get = slowly  # type: ignore[method-assign]
        hosts = [f"https://paper-{number}.test/2026/03/storm" for number in range(20)]
        await queues.ask(*(f"{host}-{number}" for number in range(20) for host in hosts))
        assert put_off(queues) == []
        began = queues.clock.time()
        await queues.ask(*(f"{hosts[0]}-{number}" for number in range(40)))
        assert put_off(queues)[0] > began + MAX_QUEUE * 20 * 2.0 / 2

    asyncio.run(run())


@pytest.mark.parametrize(
    ("requests", "rules", "least", "most"),
    [(40, "", 1.0, 1.0), (400, "", 1.001, 1.1), (40, "User-agent: *\nCrawl-delay: 300\n", 1.2, 1.4)],
)
def test_the_price_rises_with_what_waits_and_what_is_put_off(
    requests: int, rules: str, least: float, most: float
) -> None:
    """Where a host has more that is due than it can be asked for, an edit has to be likelier."""

    async def run() -> None:
        queues = Queues(says(rules=rules))
        await queues.ask(*(f"{STORY}-{number}" for number in range(requests)))
        highest = max(check.threshold or 0.0 for check in queues.producer.checks)
        assert least * LOWEST <= highest <= most * LOWEST

    asyncio.run(run())


def test_a_host_that_stays_short_of_fetches_counts_as_crowded() -> None:
    """After some hours; and not because many requests come after a long time in which there was none."""

    async def run() -> None:
        queues = Queues(says(rules="User-agent: *\nCrawl-delay: 300\n"))
        await queues.ask(STORY)
        queues.clock.now_at[0] += 2 * DAY  # type: ignore[attr-defined]
        await queues.ask(*(f"{STORY}-{number}" for number in range(10)))
        assert queues.producer.checks[-1].threshold < 1.2 * LOWEST
        assert queues.partition.crowded_hosts == 0
        for _ in range(4):
            await queues.ask(*(f"{STORY}-{number}" for number in range(40)))
        assert queues.partition.crowded_hosts == 1
        queues.clock.now_at[0] += 2 * DAY  # type: ignore[attr-defined]
        assert queues.partition.crowded_hosts == 0

    asyncio.run(run())


def test_a_host_is_asked_again_although_the_clock_was_ahead() -> None:
    """It is left alone for no longer than its cause allows, however far ahead that clock was."""

    async def run() -> None:
        queues = Queues(says(status=503))
        await queues.ask(STORY)
        queues.clock.now_at[0] -= 30 * DAY  # type: ignore[attr-defined]
        began = queues.clock.time()
        await queues.ask(f"{STORY}-2")
        retry_at = queues.producer.checks[-1].retry_at
        assert retry_at is not None
        assert retry_at.timestamp() <= began + DAY
        queues.clock.now_at[0] = began + DAY  # type: ignore[attr-defined]
        asked = len(queues.paper.asked)
        await queues.ask(f"{STORY}-2")
        assert len(queues.paper.asked) > asked

    asyncio.run(run())


def test_a_partition_that_is_lost_ends_no_agent() -> None:
    """What is put off just then is nobody's error: whoever has the partition reads it again."""

    async def run() -> None:
        queues = Queues(says())
        records = [queues.record(f"{STORY}-{number}") for number in range(MAX_QUEUE + 1)]
        async with queues.partition.transaction.gate:
            handling = asyncio.create_task(queues.partition.handle(records))
            await asyncio.sleep(0.01)
            queues.partition.transaction.closed = True
        await handling
        assert queues.producer.checks == []

    asyncio.run(run())


def test_not_all_hosts_are_asked_at_once() -> None:
    """After a standstill all are due: without a bound a worker has no sockets left, and takes that for their outage."""

    async def run() -> None:
        queues = Queues(says(), seconds=0.01, at_once=3)
        await queues.ask(*(f"https://paper-{number}.test/2026/03/storm" for number in range(20)))
        assert queues.paper.most_at_once == 3
        assert len(queues.paper.asked) == 40

    asyncio.run(run())


def test_names_that_nobody_knows_hold_up_no_reading() -> None:
    """Their look-ups may take all threads of the loop for a minute; answers are read in others."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        released = threading.Event()
        for _ in range(64):
            loop.run_in_executor(None, released.wait, 60)
        try:
            await Queues(says()).ask(STORY)
        finally:
            released.set()

    asyncio.run(run())


def test_the_rules_of_a_host_count_where_it_leads() -> None:
    """The client is told them, since it follows redirects by itself."""

    async def run() -> None:
        queues = Queues(says(rules="User-agent: *\nDisallow: /private\n"))
        await queues.ask(STORY)
        assert queues.paper.allows(STORY)
        assert not queues.paper.allows("https://eastmere-echo.test/private")

    asyncio.run(run())


@pytest.mark.parametrize("key", ["no URL", f"{STORY}?utm_source=x", f"https://a.test/{'x' * 2_000_000}"])
def test_a_request_for_what_is_no_key_is_a_dead_letter(key: str) -> None:
    """Its check would be keyed by it, and might be larger than its topic takes."""

    async def run() -> None:
        queues = Queues(says())
        await queues.ask(STORY, key=key)
        assert (queues.paper.asked, queues.producer.letters, queues.partition.handled) == ([], 1, 1)

    asyncio.run(run())
