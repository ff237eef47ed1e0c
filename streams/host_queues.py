"""Requests in a queue for each host, which is asked for one after the other, at its pace.

A host's requests all stand in one partition, so that one worker has the host. Before a host is asked, its row says so
and is committed: a worker that lost the partition without knowing it is fenced there, and whoever has it next keeps
the pace. What is answered is committed with its answer; the partition's offset stays before the first request that is
not answered, so that none gets lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import ClassVar
from urllib.parse import urlsplit

from aiokafka import ConsumerRecord, TopicPartition

from agents.detect.url import canonical_url, host_and_port
from agents.discover.document import ReadDocument
from agents.fetch import pace
from agents.fetch.answer import Answer
from agents.fetch.client import Client
from agents.fetch.host import Host, decode_host, encode_host
from agents.fetch.robots import BELIEVED_FOR, Robots
from agents.fetch.told import Asked, put_off, refused, told, told_failure
from agents.fetch.turns import Turns
from agents.schedule.price import LOWEST, Price, after_interval
from agents.step import Result
from schemas import topics
from schemas.codec import decode
from schemas.errors import BadRecordError, Reason, shown
from schemas.fetch_request import FetchRequest
from schemas.record import Output
from streams.clock import Clock
from streams.handled import tell_handled
from streams.kafka import as_record
from streams.metrics import REQUESTS
from streams.stage import bury
from streams.tracing import Tracer
from streams.transaction import Input, Transaction

SMOOTHING = 0.2
"""The weight of a host's last turn in how far its turns are apart."""

LONGEST_TURN = 60.0
"""Seconds, of the world's clock, by which turns count as apart at most: a machine may have slept meanwhile."""

MAX_HOSTS = 2_000
"""Hosts that are kept in memory with their rules, as far as nothing waits for them."""

AT_ONCE = 100
"""Hosts that a worker asks at once: each takes a socket, a thread while its name is looked up, and 20 MiB at worst."""

MAX_WAIT = 600.0
"""Seconds of requests that may wait for a host before its price rises; and for which they wait here, where the host
wants to be left alone."""

CROWDED = 2 * LOWEST
"""The price above which a host counts as crowded."""

IN_FLIGHT_FOR = 60.0
"""Seconds, of the world's clock, for which a request that nobody told the end of may still be going on."""

READERS = min(os.cpu_count() or 1, 4)
"""Documents that are read at once, each in a process of its own."""

_READERS = ThreadPoolExecutor(READERS, thread_name_prefix="read")
"""Threads that wait for them. Not the event loop's own, which may all wait for name servers that do not answer."""

log = logging.getLogger(__name__)


class PartitionLostError(Exception):
    """The partition was taken away: its requests are made by whoever has it next."""


@dataclass(order=True, slots=True)
class Waiting:
    """A request in its queue, what is worth most first; since when, in Unix seconds."""

    cost: float
    offset: int
    request: FetchRequest = field(compare=False)
    since: float = field(compare=False)

    @property
    def key(self) -> str:
        """The URL that is watched."""
        return self.request.key


def _told(asked: Asked, answer: Answer, read: ReadDocument) -> tuple[Output, ...]:
    """The records for an answer; one that this program fails on must not end the worker, which would ask again."""
    try:
        return told(asked, answer, read)
    except Exception as error:
        log.exception("what %s answered cannot be read", asked.request.url)
        return (put_off(asked, asked.at, f"it cannot be read: {type(error).__name__}"),)


@dataclass(frozen=True, slots=True)
class Requests:
    """The place of the queues in the flow."""

    name: ClassVar[str] = "fetch"
    reads: ClassVar[tuple[str, ...]] = (topics.FETCH_REQUEST,)


class HostQueues(Input):
    """The requests of one partition, and the queues of the hosts that they are for.

    `crash` ends the worker where something cannot be written. `turns`: of the hosts of all partitions that are asked at
    once.
    """

    may_stall = True

    def __init__(
        self,
        tp: TopicPartition,
        transaction: Transaction,
        *,
        client: Client,
        clock: Clock,
        crash: Callable[[Exception], Awaitable[None]],
        turns: asyncio.Semaphore,
        read: ReadDocument,
        tracer: Tracer | None = None,
    ) -> None:
        super().__init__(tp, transaction)
        self.turns = turns
        self.read = read
        self.crash = crash
        self.client = client
        self.clock = clock
        self.tracer = tracer
        self.open: set[int] = set()
        self._queues: dict[str, HostQueue] = {}

    @property
    def handled(self) -> int | None:
        """The offset of the first request that is not answered yet."""
        return min(self.open) if self.open else self.position

    @property
    def waiting_requests(self) -> int:
        """How many requests wait for their hosts."""
        return sum(len(queue.waiting) for queue in list(self._queues.values()))

    @property
    def paused_hosts(self) -> int:
        """How many hosts are left alone, since they failed."""
        return sum(queue.host.pace.is_paused for queue in list(self._queues.values()))

    @property
    def crowded_hosts(self) -> int:
        """How many hosts have more to look at than they may be asked for: what is looked at there is chosen."""
        return sum(queue.is_crowded for queue in list(self._queues.values()))

    async def handle(self, records: Sequence[ConsumerRecord]) -> None:
        """Put requests into the queues of their hosts."""
        async for found in self.next_records(records):
            record = as_record(found)
            try:
                request = decode(record.value, FetchRequest, record.place)
                host = _host(record.key, request, record.place)
            except BadRecordError as error:
                letter = bury(Requests.name, record, error.reason, str(error))
                tell_handled(Requests.name, record, letter, 0.0, self.tracer)
                async with self.transaction.gate:
                    await self.transaction.write(letter, None)
            else:
                queue = self._queue(host)
                if found.offset not in queue.host.answered:
                    self.open.add(found.offset)
                    with contextlib.suppress(PartitionLostError):
                        await queue.put(Waiting(-request.worth, found.offset, request, self.clock.time()))
            self.position = found.offset + 1

    async def close(self) -> None:
        """End all requests; whoever has the partition next makes them again."""
        await asyncio.gather(*(queue.close() for queue in self._queues.values()))

    def _queue(self, host: str) -> HostQueue:
        queue = self._queues.get(host)
        if queue is None:
            if len(self._queues) >= MAX_HOSTS:  # but for their rules and what they put off, they are in their rows
                self._queues = {name: one for name, one in self._queues.items() if not one.is_idle}
            queue = self._queues[host] = HostQueue(host, self)
        return queue


class HostQueue:
    """The requests for one host."""

    def __init__(self, name: str, partition: HostQueues) -> None:
        self.name = name
        self._turns: Turns[Waiting] = Turns()
        self._partition = partition
        self._transaction = partition.transaction
        self._clock = partition.clock
        self.host = self._known()
        if self.host.is_asked:  # by a worker that may be stopped, and go on
            until = self.host.pace.last_at + IN_FLIGHT_FOR * self._clock.pace
            self.host = replace(self.host, pace=replace(self.host.pace, until=max(self.host.pace.until, until)))
        self._turn_at = 0.0
        self._turns_apart = 0.0
        self._robots: Robots | None = None
        self._robots_at = 0.0
        self._task: asyncio.Task[None] | None = None

    def _known(self) -> Host:
        row = self._transaction.table.get(self.name.encode())
        try:
            return decode_host(row, f"the row of {self.name}") if row else Host()
        except BadRecordError:
            log.exception("what is known of a host is forgotten")
            return Host()

    @property
    def waiting(self) -> Sequence[Waiting]:
        """The requests that wait, the one whose turn comes next first."""
        return self._turns.waiting

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits for the host, and it is not being asked."""
        return not self.waiting and (self._task is None or self._task.done())

    @property
    def is_crowded(self) -> bool:
        """Whether its price is high; where nothing waits any more, it falls."""
        price = self.host.price
        return (after_interval(price, 0.0, self._clock.time()) if self.is_idle else price).theta > CROWDED

    async def put(self, waiting: Waiting) -> None:
        """Add a request; what is too much is put off, each to its own turn."""
        now = self._clock.time()
        if self.is_idle:
            self._turn_at = now
            self._price(now)  # what passed while nothing waited is no load
        if (too_many := self._turns.put(waiting, now, self._apart)) is not None:
            least, retry_at = too_many
            await self._finish(least, put_off(self._asked(least, now), retry_at))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    @property
    def _apart(self) -> float:
        """Seconds between its turns: more than its gap where a worker has too much to do."""
        return max(self.host.pace.gap, self._turns_apart)

    def _since_turn(self, now: float) -> float:
        """Seconds for which the host has waited to be asked, since it was asked last or there was anything to ask."""
        return min(now - self._turn_at, LONGEST_TURN * self._clock.pace)

    async def close(self) -> None:
        """End what is going on."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await self._task

    async def _run(self) -> None:
        try:
            while self.waiting and not self._transaction.closed:
                self.host = replace(self.host, pace=pace.bounded(self.host.pace, self._clock.time()))
                wait = self.host.pace.wait(self._clock.time())
                if wait > MAX_WAIT:  # the offset of the partition would wait with it
                    await self._put_all_off(None)
                else:
                    await self._clock.sleep(wait)
                    async with self._partition.turns:
                        now = self._clock.time()
                        self._turns_apart += SMOOTHING * (self._since_turn(now) - self._turns_apart)
                        self._turn_at = now
                        await self._serve(now)
                await self._transaction.commit()
        except Exception as error:  # noqa: BLE001 - a write failed: nothing of it may be committed
            if not self._transaction.closed:
                await self._partition.crash(error)

    async def _serve(self, now: float) -> None:
        """Ask for what is worth most, or for the rules of the host first."""
        if self._robots is None or not 0 <= now - self._robots_at <= BELIEVED_FOR:  # also where a clock went back
            await self._learn_rules(now)
            return
        waiting = self._turns.take()
        request, asked = waiting.request, self._asked(waiting, now)
        if not self._robots.allows(request.url):
            await self._finish(waiting, refused(asked, "robots.txt does not allow it"))
            return
        get = partial(self._partition.client.get, request.url, etag=request.etag, last_modified=request.last_modified)
        answer, seconds = await self._ask(now, partial(get, allows=self._robots.allows))
        asked = replace(asked, seconds=seconds)
        outputs = await asyncio.get_running_loop().run_in_executor(_READERS, _told, asked, answer, self._partition.read)
        if self._partition.tracer is not None:
            outputs = self._partition.tracer.fetched(request.url, _outcome(answer), seconds, outputs)
        await self._finish(waiting, *outputs)
        if self.host.pace.is_paused:
            await self._put_all_off(None)

    async def _learn_rules(self, now: float) -> None:
        scheme = urlsplit(self.waiting[0].request.url).scheme
        url = f"{scheme}://{self.name}/robots.txt"
        answer, _ = await self._ask(now, partial(self._partition.client.get, url, any_host=True))
        robots = Robots(answer)
        self.host = replace(self.host, pace=replace(self.host.pace, crawl_delay=robots.crawl_delay))
        if robots.is_known:
            self._robots, self._robots_at = robots, now
        else:
            await self._put_all_off(f"robots.txt cannot be had: {told_failure(answer)}")

    async def _put_all_off(self, why: str | None) -> None:
        """Answer everything that waits: the host cannot be asked for some time."""
        now = self._clock.time()
        while self.waiting:
            waiting = self._turns.take()
            await self._finish(waiting, put_off(self._asked(waiting, now), self.host.pace.next_at, why))

    async def _ask(self, now: float, get: Callable[[], Awaitable[Answer]]) -> tuple[Answer, float]:
        """Ask, once it is committed that the host is asked; the answer, and the seconds of the clock that it took."""
        async with self._transaction.gate:
            self.host = replace(self.host, pace=pace.asked(self.host.pace, now), is_asked=True)
            await self._write()
        await self._transaction.commit()
        if self._transaction.closed:
            raise PartitionLostError  # nothing was committed: the host is another worker's
        began = self._clock.time()
        answer = await get()
        REQUESTS.labels(_outcome(answer)).inc()
        ended = self._clock.time()
        seconds = max(0.0, ended - began)
        self.host = replace(self.host, pace=pace.answered(self.host.pace, answer, seconds, ended), is_asked=False)
        return answer, seconds

    async def _finish(self, waiting: Waiting, *outputs: Output) -> None:
        """Write what came of a request, and that it is answered."""
        async with self._transaction.gate:
            self._partition.open.discard(waiting.offset)
            first = min(self._partition.open, default=waiting.offset + 1)
            answered = {*self.host.answered, waiting.offset}
            self.host = replace(self.host, answered=tuple(sorted(each for each in answered if each > first)))
            await self._write(*outputs)

    async def _write(self, *outputs: Output) -> None:
        """Write outputs and the row, while the gate is held."""
        if self._transaction.closed:
            raise PartitionLostError
        result = Result("asked", outputs, encode_host(self.host))
        await self._transaction.write(result, self.name.encode())

    def _asked(self, waiting: Waiting, now: float) -> Asked:
        sitemaps = self._robots.news_sitemaps if self._robots is not None else ()
        return Asked(request=waiting.request, at=now, threshold=self._price(now).theta, sitemaps=sitemaps)

    def _price(self, now: float) -> Price:
        """The price now; it moves with the requests that wait, here or put off."""
        price = self.host.price if self.host.price.at else Price(LOWEST, now)
        price = after_interval(price, self._turns.backlog(now, self._apart) / MAX_WAIT, now)
        self.host = replace(self.host, price=price)
        return price


def _outcome(answer: Answer) -> str:
    """What came of a request, in a word: the kind of its failure, or of its status."""
    return answer.failure or f"{(answer.status or 0) // 100}xx"


def _host(key: bytes | None, request: FetchRequest, place: str) -> str:
    """The host that a request is for: its key, so that no other worker asks that host."""
    if canonical_url(request.key) != request.key:  # the check is keyed by it
        raise BadRecordError(Reason.BAD_FIELD, f"{place}: {shown(request.key)} is no canonical URL")
    host = host_and_port(request.url)
    if key != host.encode():
        message = f"{place}: the key is {shown(key)}: requests are keyed by their host, here {shown(host)}"
        raise BadRecordError(Reason.BAD_FIELD, message)
    return host
