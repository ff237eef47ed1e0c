"""The brokers of a run: one, or a cluster."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

DROPPED = "Couldn't find leader endpoint for partitions"
"""What Kafka's log says where it gives up the end markers of a transaction (KAFKA-20734)."""


class Node(Protocol):
    """A broker."""

    @property
    def pid(self) -> int | None:
        """Its process."""
        ...

    def start(self) -> None:
        """Start it and wait until it answers."""
        ...

    def stop(self) -> None:
        """Stop it in order."""
        ...

    def kill(self) -> None:
        """End it as a crash does."""
        ...


@dataclass(frozen=True)
class Brokers:
    """The nodes of a Kafka. `wait_until_in_sync`: until any one of them may end and nothing is lost by it."""

    nodes: Sequence[Node]
    wait_until_in_sync: Callable[[], object] = lambda: None

    def choose(self, chance: random.Random) -> tuple[int, Node]:
        """Any node, and its number."""
        number = chance.randrange(len(self.nodes))
        return number + 1, self.nodes[number]


def markers_dropped(directory: Path) -> int:
    """How often the Kafka in a directory gave up a transaction's markers: its data is not exactly-once after that."""
    return sum(log.read_text(errors="replace").count(DROPPED) for log in directory.rglob("kafka.log*"))
