"""A worker that is told committed offsets before its predecessor is fenced: `early_seek_worker.py worker`.

Faust seeks to the committed offsets also in the middle of a rebalance, whenever a fetch comes back while it goes on.
Here that always falls before a partition's transaction is opened, and the predecessor's last transaction, which commits
one more record, ends after it.
"""

from __future__ import annotations

import os
from typing import Any

from aiokafka import TopicPartition

from schemas import topics
from streams import topology
from streams.cli import main
from streams.exactly_once import Transactions
from streams.settings import Settings
from streams.transaction import Transaction

SETTINGS = Settings.from_environment(os.environ)

open_, on_rebalance = Transaction.open, Transactions.on_rebalance
consumers: list[Any] = []


async def note_consumer(self: Transactions, *args: Any) -> None:
    """Keep the consumer for `seek_and_open`."""
    consumers.append(self.consumer)
    await on_rebalance(self, *args)


async def seek_and_open(self: Transaction) -> None:
    """Seek as Faust does; then let the predecessor commit one record more; only then open the transaction."""
    await consumers[-1].perform_seek()
    for one in self.inputs:
        if one.tp.topic == topics.FETCH:
            await end_predecessor(one.tp)
    await open_(self)


async def end_predecessor(tp: TopicPartition) -> None:
    """Commit the offset after the first record, as whoever had the partition before."""
    predecessor = topology.new_producer(SETTINGS, f"{SETTINGS.app_id}-{tp.topic}-{tp.partition}")
    await predecessor.start()
    await predecessor.begin_transaction()
    await predecessor.send_offsets_to_transaction({tp: 1}, SETTINGS.app_id)
    await predecessor.commit_transaction()
    await predecessor.stop()


if __name__ == "__main__":
    Transactions.on_rebalance = note_consumer  # type: ignore[method-assign]
    Transaction.open = seek_and_open  # type: ignore[method-assign]
    main()
