"""The client for consumers of the change topic: each change once, from where the last run ended.

    from streams.client import changes

    with changes("127.0.0.1:9092", group="my-desk") as found:
        for change in found:
            print(change.interval.words, change.article.url)

A change counts as handled when the next one is asked for, and when the context ends without an error. What was handled
since the last commit, a second ago at most, comes again after a crash: a change has an id, `change.meta.id`. So does
the one that is being handled while another process joins the group or leaves it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from schemas import topics
from schemas.change import Change
from schemas.codec import decode
from schemas.errors import BadRecordError
from schemas.record import Record
from streams.kafka import as_record, connected, places_of
from streams.settings import Settings

COMMIT_EVERY = 1.0
"""Seconds, at most, between what is handled and what is committed."""

REMEMBERED = 100_000
"""Changes that are known by their ids, should they come again after a rebalance."""

log = logging.getLogger(__name__)

T = TypeVar("T")
Wanted = Callable[[Change], bool]
Start = Literal["earliest", "latest"]


@contextlib.contextmanager
def changes(
    kafka: str, *, group: str, start: Start = "earliest", wanted: Wanted = lambda _change: True, **options: object
) -> Iterator[Iterator[Change]]:
    """A context with the changes of a Kafka, as they come, for ever.

    `group`: a name of your own, under which Kafka keeps how far you are; processes of one name share the changes.
    `start`: where a new group begins. `wanted`: which of them. What is no change event is passed over, and logged.
    While Kafka is away, the context waits for it, also at its end, for what was handled is committed then.
    `options`: further ones of aiokafka's consumer, for TLS (`security_protocol`, `ssl_context`) and a login
    (`sasl_...`).

    Raises:
        UnavailableError: no broker answers.
    """
    with _LoopThread() as loop:
        context = changes_async(kafka, group=group, start=start, wanted=wanted, **options)
        found = loop.run(context.__aenter__())
        try:
            yield _each(loop, found)
        except BaseException as error:
            loop.run(context.__aexit__(type(error), error, error.__traceback__))
            raise
        loop.run(context.__aexit__(None, None, None))


@contextlib.asynccontextmanager
async def changes_async(
    kafka: str, *, group: str, start: Start = "earliest", wanted: Wanted = lambda _change: True, **options: object
) -> AsyncIterator[Changes]:
    """The same as `changes`, in an event loop."""
    settings = Settings(kafka=kafka)

    def new_consumer(*names: str) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(
            *names,
            bootstrap_servers=kafka,
            group_id=group,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            **options,
        )

    if start == "latest":
        beginner = new_consumer()
        async with connected(beginner.start, beginner.stop, settings):
            await _begin_at_end(beginner)
    consumer = new_consumer()
    found = Changes(consumer, wanted)
    consumer.subscribe([topics.CHANGE], listener=_Revoked(found))
    async with connected(consumer.start, consumer.stop, settings):
        yield found
        found.handle_last()
        await found.commit()


async def _begin_at_end(consumer: AIOKafkaConsumer) -> None:
    """Have a group that knows no offset yet begin with what comes from now on, also when it dies before its first."""
    places = await places_of(consumer, topics.CHANGE)
    consumer.assign(places)
    new = [place for place in places if await consumer.committed(place) is None]
    if new:
        with contextlib.suppress(KafkaError):  # another member of the group has begun it meanwhile
            await consumer.commit(await consumer.end_offsets(new))


class _Revoked(ConsumerRebalanceListener):  # type: ignore[misc]
    """Gives up what waits when the group's members share the partitions out anew."""

    def __init__(self, found: Changes) -> None:
        self._found = found

    async def on_partitions_revoked(self, _revoked: object) -> None:
        """Before partitions may be another member's."""
        await self._found.give_up()

    async def on_partitions_assigned(self, _assigned: object) -> None:
        """Begin at what is committed."""


class Changes(AsyncIterator[Change]):
    """The changes of a consumer, each of them handled when the next one is asked for."""

    def __init__(self, consumer: AIOKafkaConsumer, wanted: Wanted) -> None:
        self._consumer = consumer
        self._wanted = wanted
        self._waiting: deque[ConsumerRecord] = deque()
        self._last: ConsumerRecord | None = None
        self._handled: dict[TopicPartition, int] = {}
        self._committed_at = time.monotonic()
        self._seen: OrderedDict[str, None] = OrderedDict()

    @property
    def record(self) -> Record:
        """The record of the last change.

        Raises:
            ValueError: there was none yet, or it is handled.
        """
        if self._last is None:
            raise ValueError("no change is being handled")
        return as_record(self._last)

    async def __anext__(self) -> Change:
        while True:
            self.handle_last()
            if time.monotonic() - self._committed_at >= COMMIT_EVERY:
                await self.commit()
            if not self._waiting:
                found = await self._consumer.getmany(timeout_ms=int(COMMIT_EVERY * 1000))
                self._waiting.extend(record for records in found.values() for record in records)
                continue
            self._last = self._waiting.popleft()
            change = _change(self._last)
            if change is not None and change.meta.id not in self._seen and self._wanted(change):
                self._seen[change.meta.id] = None
                if len(self._seen) > REMEMBERED:
                    self._seen.popitem(last=False)
                return change

    def handle_last(self) -> None:
        """Note that the last change was handled."""
        if self._last is not None:
            place = TopicPartition(self._last.topic, self._last.partition)
            self._handled[place] = self._last.offset + 1
            self._last = None

    async def give_up(self) -> None:
        """Commit what was handled, and forget what was fetched and not handed out: whoever reads there has it anew."""
        self._waiting.clear()
        await self.commit()
        self._handled.clear()

    async def commit(self) -> None:
        """Commit what was handled; of partitions that are another member's by now, that one decides.

        What Kafka does not take now is committed the next time.
        """
        self._committed_at = time.monotonic()
        handled, self._handled = self._handled, {}
        held = {place: offset for place, offset in handled.items() if place in self._consumer.assignment()}
        if not held:
            return
        try:
            await self._consumer.commit(held)
        except KafkaError:
            self._handled = {**held, **self._handled}


def _change(record: ConsumerRecord) -> Change | None:
    known = as_record(record)
    try:
        return decode(known.value, Change, known.place)
    except BadRecordError as error:
        log.warning("passed over: %s", error)
        return None


def _each(loop: _LoopThread, found: AsyncIterator[Change]) -> Iterator[Change]:
    async def following() -> Change:
        return await anext(found)

    while True:
        yield loop.run(following())


class _LoopThread:
    """A context with an event loop in a thread, which keeps a consumer in its group while its changes are handled."""

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="newsdiff-client", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What comes of some work there; it is ended where who waits for it is interrupted."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise
