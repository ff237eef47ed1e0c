"""Three Kafka nodes on this machine that are one cluster, each of which can be killed and started again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from streams.embedded import EmbeddedKafka
from streams.embedded.configuration import HOST
from streams.embedded.ports import choose_port
from streams.embedded.storage import new_cluster_id
from streams.settings import Settings

HEAP_MIB = 256
IN_SYNC_TIMEOUT = 180.0
"""Seconds that replicas have to catch up."""


class Cluster:
    """A context in which `brokers` nodes run, with everything replicated to three of them.

    A write is acknowledged by two replicas, so that one node may be missing. `nodes` are to be killed and started again
    by whoever wants to; each keeps its port.
    """

    def __init__(self, directory: Path, brokers: int = 3) -> None:
        ports, controller_ports = _ports(brokers), _ports(brokers)
        voters = ",".join(f"{number}@{HOST}:{port}" for number, port in enumerate(controller_ports, 1))
        cluster_id = new_cluster_id()
        self.nodes = tuple(
            EmbeddedKafka(
                directory / f"node-{number}",
                port=port,
                cache=Settings.from_environment(os.environ).cache,
                cluster_id=cluster_id,
                heap_mib=HEAP_MIB,
                properties={
                    "node.id": str(number),
                    "controller.quorum.voters": voters,
                    "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
                    "default.replication.factor": "3",
                    "min.insync.replicas": "2",
                    "offsets.topic.replication.factor": "3",
                    "transaction.state.log.replication.factor": "3",
                    "transaction.state.log.min.isr": "2",
                },
            )
            for number, (port, controller_port) in enumerate(zip(ports, controller_ports, strict=True), 1)
        )
        self._running = contextlib.ExitStack()

    @property
    def bootstrap(self) -> str:
        """The bootstrap servers, all of them."""
        return ",".join(node.bootstrap for node in self.nodes)

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as running:
            for node in self.nodes:
                running.callback(node.kill)  # nothing is kept, and the last one alone could not stop in order
            with ThreadPoolExecutor(len(self.nodes)) as threads:  # none is ready before most of them are
                list(threads.map(EmbeddedKafka.start, self.nodes))
            self._running = running.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._running.close()

    def wait_until_in_sync(self) -> None:
        """Wait until every partition has a leader and all of its replicas are in sync, so that any node may die."""
        deadline = time.monotonic() + IN_SYNC_TIMEOUT
        while behind := asyncio.run(self._out_of_sync()):
            assert time.monotonic() < deadline, f"not in sync: {behind}"
            time.sleep(0.1)

    async def _out_of_sync(self) -> list[str]:
        """The partitions that miss a leader or a replica, by name."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        try:
            await admin.start()
            described = await admin.describe_topics()
        except KafkaError as error:  # the node that was asked is not let in yet
            return [repr(error)]
        finally:
            await admin.close()
        return [
            f"{topic['topic']}[{partition['partition']}]"
            for topic in described
            for partition in topic["partitions"]
            if partition["leader"] < 0 or set(partition["isr"]) != set(partition["replicas"])
        ]


def _ports(count: int) -> list[int]:
    """Free ports, all different."""
    ports: set[int] = set()
    while len(ports) < count:
        ports.add(choose_port(HOST))
    return sorted(ports)
