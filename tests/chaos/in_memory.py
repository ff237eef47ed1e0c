"""The service without Kafka, for the tests of the oracle: the real steps over topics that are lists."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from agents.detect.page import read_page
from agents.detect.step import Detect
from agents.diff.step import diff_step
from agents.step import Keep
from schemas import topics
from schemas.record import Headers, Record
from streams.stage import Stage

from .records import Written, place_of

WRITTEN_AT = datetime(2026, 6, 1, tzinfo=UTC)


@dataclass
class InMemory:
    """Topics of some partitions, the changelogs `detect` and `diff` among them, and what the steps make of them."""

    partitions: int = 4
    topics: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self._ends: dict[tuple[str, int], int] = defaultdict(int)
        self._todo: dict[str, deque[Record]] = defaultdict(deque)

    def write(self, records: Iterable[Written]) -> None:
        """Write fetches."""
        for one in records:
            self._append(topics.FETCH, one.partition, one.key, one.value, one.headers)

    def run(self) -> None:
        """Handle all that is written, until there is no more."""
        detect = Detect(lambda key: place_of(key, self.partitions), read_page)
        for stage in (Stage("detect", (topics.FETCH,), detect), Stage("diff", (topics.VERSION,), diff_step)):
            rows: dict[bytes, bytes | None] = {}
            while todo := self._todo[stage.reads[0]]:
                self._handle(stage, rows, todo.popleft())

    def _handle(self, stage: Stage, rows: dict[bytes, bytes | None], record: Record) -> None:
        result = stage.handle(record, rows.get(record.key) if record.key else None)
        for output in result.outputs:
            partition = record.partition if output.key is None else None
            self._append(output.topic, partition, output.key, output.value, output.headers)
        if record.key and not isinstance(result.row, Keep):
            rows[record.key] = result.row
            self._append(stage.name, record.partition, record.key, result.row, ())

    def _append(
        self, topic: str, partition: int | None, key: bytes | None, value: bytes | None, headers: Headers
    ) -> None:
        if partition is None:
            assert key is not None, "a record without a key needs a partition"
            partition = place_of(key, self.partitions)
        offset = self._ends[topic, partition]
        self._ends[topic, partition] = offset + 1
        record = Record(topic, partition, offset, WRITTEN_AT, key, value, headers)
        self.topics[topic].append(record)
        self._todo[topic].append(record)
