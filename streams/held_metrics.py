"""What a worker holds, found out when Prometheus asks: lag, tables, and requests that wait for their hosts."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from aiokafka import TopicPartition
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from streams.host_queues import HostQueues
from streams.transaction import Input

Offsets = Mapping[TopicPartition, int]


class Held(Collector):
    """`inputs`: what the worker reads now. `lag` and `committed`: records that wait, and up to where, by the broker."""

    def __init__(
        self, inputs: Callable[[], list[Input]], lag: Callable[[], Offsets], committed: Callable[[], Offsets]
    ) -> None:
        self._inputs = inputs
        self._lag = lag
        self._committed = committed

    def describe(self) -> list[GaugeMetricFamily]:
        """The metrics, without looking."""
        return [GaugeMetricFamily(name, what, labels=labels) for name, (what, labels) in HELD.items()]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The metrics as they are now."""
        inputs = self._inputs()
        found: dict[str, dict[tuple[str, ...], float]] = {name: defaultdict(float) for name in HELD}
        for tp, records in self._lag().items():
            found["newsdiff_lag"][tp.topic, str(tp.partition)] = records
        for tp, offset in self._committed().items():
            found["newsdiff_committed_offset"][tp.topic, str(tp.partition)] = offset
        for table in dict.fromkeys(one.transaction.table for one in inputs):
            with contextlib.suppress(Exception):  # rocksdict raises bare Exception where it was closed meanwhile
                found["newsdiff_table_bytes"][table.changelog.topic,] += table.store.size()
        queues = [one for one in inputs if isinstance(one, HostQueues)]
        if queues:
            found["newsdiff_waiting_requests"][()] = sum(one.waiting_requests for one in queues)
            found["newsdiff_paused_hosts"][()] = sum(one.paused_hosts for one in queues)
            found["newsdiff_crowded_hosts"][()] = sum(one.crowded_hosts for one in queues)
        for family in self.describe():
            for labels, value in found[family.name].items():
                family.add_metric(labels, value)
            yield family


HELD = {
    "newsdiff_lag": ("Records of a partition that this worker holds and has not handled", ("topic", "partition")),
    "newsdiff_committed_offset": ("How far a partition that this worker holds is handled", ("topic", "partition")),
    "newsdiff_table_bytes": ("What the tables that this worker holds take on disk", ("changelog",)),
    "newsdiff_waiting_requests": ("Requests that wait until their host may be asked", ()),
    "newsdiff_paused_hosts": ("Hosts that are left alone, since they failed", ()),
    "newsdiff_crowded_hosts": ("Hosts that have more to look at than they may be asked for", ()),
}
