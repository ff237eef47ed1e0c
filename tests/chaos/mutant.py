"""A worker that dies at a chosen moment, with a cure switched off: `mutant.py FLAG FAULT [CURE] worker`.

It dies once: it touches FLAG before, and lives on where FLAG is there. The cures are those of `streams.exactly_once`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from schemas import topics
from schemas.record import Output
from streams import topology
from streams.cli import main
from streams.settings import Settings
from streams.tables import TablePartition
from streams.transaction import Input, Transaction

flag = Path(sys.argv[1])
committed_after = flag.with_suffix(".committed")
begun_at: dict[TopicPartition, int] = {}
handled: dict[TopicPartition, list[int]] = defaultdict(list)
"""The offset where this worker began, and those that it handled, by partition."""
switched_off: set[str] = set()


def struck() -> bool:
    """Whether the fault has been."""
    return flag.exists()


def strike(how: signal.Signals = signal.SIGKILL) -> None:
    """Kill or stop this process, if that has not been done yet."""
    with contextlib.suppress(FileExistsError):
        flag.touch(exist_ok=False)
        os.kill(os.getpid(), how)


# The faults, each at the moment that matters.


def before_commit(topic: str = topics.FETCH, how: signal.Signals = signal.SIGKILL) -> None:
    """All of a transaction is written, outputs among it, and it is not committed."""
    send_offsets = AIOKafkaProducer.send_offsets_to_transaction

    async def send(self: AIOKafkaProducer, offsets: Mapping[TopicPartition, int], group: str) -> None:
        if any(partition.topic == topic for partition in offsets):
            strike(how)
        await send_offsets(self, offsets, group)

    AIOKafkaProducer.send_offsets_to_transaction = send


def before_commit_of_diff() -> None:
    """The same, in the second step."""
    before_commit(topics.VERSION)


def paused_before_commit() -> None:
    """The same, but the worker is not dead: it goes on after others have taken its partitions."""
    before_commit(how=signal.SIGSTOP)
    commit = AIOKafkaProducer.commit_transaction

    async def tell(self: AIOKafkaProducer) -> None:
        await commit(self)
        if struck():
            committed_after.touch()

    AIOKafkaProducer.commit_transaction = tell


def between_pieces() -> None:
    """An output is written, its row is not, records before it wait for a commit, and the commit's timer fires."""
    send_row = Transaction._send_row

    async def send(self: Transaction, key: bytes, row: bytes | None) -> Any:
        if any(one.position != (one.committed or 0) for one in self.inputs) and not struck():
            if "gate" in switched_off:
                self.gate.release()
                await self.commit()
            strike()
        return await send_row(self, key, row)

    Transaction._send_row = send  # type: ignore[method-assign]


def after_commit() -> None:
    """A transaction is committed whose records have a gap between them, where a transaction marker stands."""
    send_offsets, commit = AIOKafkaProducer.send_offsets_to_transaction, AIOKafkaProducer.commit_transaction
    with_gap: set[AIOKafkaProducer] = set()

    async def send(self: AIOKafkaProducer, offsets: Mapping[TopicPartition, int], group: str) -> None:
        if any(contiguous(partition) < offset for partition, offset in offsets.items()):
            with_gap.add(self)
        await send_offsets(self, offsets, group)

    async def commit_and_strike(self: AIOKafkaProducer) -> None:
        await commit(self)
        if self in with_gap:
            strike()

    AIOKafkaProducer.send_offsets_to_transaction = send
    AIOKafkaProducer.commit_transaction = commit_and_strike


def contiguous(partition: TopicPartition) -> int:
    """The offset before which every offset, from the one where this worker began, was that of a handled record."""
    end = begun_at[partition]
    for offset in handled[partition]:
        if offset > end:
            break
        end = offset + 1
    return end


def note_handled() -> None:
    """Keep these lists."""
    begin_at, check_order = Input.begin_at, Input._check_order

    def begin(self: Input, offset: int) -> None:
        begin_at(self, offset)
        begun_at[self.tp] = offset

    def check(self: Input, offset: int) -> None:
        check_order(self, offset)
        handled[self.tp].append(offset)

    Input.begin_at = begin  # type: ignore[method-assign]
    Input._check_order = check  # type: ignore[method-assign]


# The cures, each switched off.


def outputs_leave_the_transaction() -> None:
    """Outputs go out through a producer of their own (cure 1)."""
    plain: list[AIOKafkaProducer] = []

    async def send(self: Transaction, output: Output) -> Any:
        if not plain:
            plain.append(topology.new_producer(Settings.from_environment(os.environ)))
            await plain[0].start()
        return await plain[0].send(output.topic, output.value, key=output.key, headers=list(output.headers))

    Transaction._send = send  # type: ignore[method-assign]


def no_gate() -> None:
    """The gate is given up between the pieces of a record, and a commit goes through it (cure 2)."""
    switched_off.add("gate")


def rows_stored_at_once() -> None:
    """A row reaches the store before its transaction is committed (cure 3)."""
    stage = TablePartition.stage

    def store(self: TablePartition, key: bytes, row: bytes | None, *, purge: bool = False) -> None:
        stage(self, key, row, purge=purge)
        self.store.write({key: row}, self.store.next_offset)

    TablePartition.stage = store  # type: ignore[method-assign]


def cached_ends() -> None:
    """Recovery believes the end of a changelog that the consumer has in its cache: none yet (cure 4)."""

    async def end_offsets(self: AIOKafkaConsumer, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, 0)

    AIOKafkaConsumer.end_offsets = end_offsets


def gaps_in_acknowledged_offsets() -> None:
    """The offset that is committed stands before the first gap in what was handled (cure 5)."""
    send_offsets = AIOKafkaProducer.send_offsets_to_transaction

    async def send(self: AIOKafkaProducer, offsets: Mapping[TopicPartition, int], group: str) -> None:
        await send_offsets(self, {partition: contiguous(partition) for partition in offsets}, group)

    AIOKafkaProducer.send_offsets_to_transaction = send


def ids_of_their_own() -> None:
    """Each worker has transactional ids that no other has, so that nobody fences it."""
    new_producer = topology.new_producer

    def own(settings: Settings, transactional_id: str | None = None) -> AIOKafkaProducer:
        made = new_producer(settings, transactional_id and f"{transactional_id}-{os.getpid()}")
        if transactional_id is not None:  # on a slow machine Kafka would abort what a paused worker has begun
            made._txn_manager.transaction_timeout_ms = 600_000
        return made

    topology.new_producer = own


FAULTS: dict[str, Callable[[], None]] = {
    function.__name__: function
    for function in (before_commit, before_commit_of_diff, paused_before_commit, between_pieces, after_commit)
}
CURES: dict[str, Callable[[], None]] = {
    function.__name__: function
    for function in (
        outputs_leave_the_transaction,
        no_gate,
        rows_stored_at_once,
        cached_ends,
        gaps_in_acknowledged_offsets,
        ids_of_their_own,
    )
}

if __name__ == "__main__":
    note_handled()
    *changes, command = sys.argv[2:]
    for name in reversed(changes):  # a cure first: the fault is around it
        (CURES | FAULTS)[name]()
    main([command])
