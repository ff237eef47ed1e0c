"""Reads everything that a run has left, lets the oracle judge it, and tells what was compared."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from schemas import topics
from schemas.record import Record
from streams.settings import Settings
from streams.tables import RocksStore
from streams.topics import changelog_name

from .evidence import Evidence, ends_of, read_from
from .expected import Expected
from .findings import Finding, Found
from .oracle import judge
from .tables import TableOnDisk, folded, judge_disk, judge_offsets, judge_rows

EVENTS = (topics.VERSION, topics.CHANGE, topics.OUTCOME)
STAGES = ("detect", "diff")


class Report:
    """What the oracle found, and what it compared."""

    def __init__(self, settings: Settings, directories: Sequence[Path]) -> None:
        self._settings = settings
        self._directories = directories
        self.findings: list[Finding] = []
        self.rows: dict[str, str] = {}

    async def make(self) -> None:
        """Read and judge; the workers have stopped."""
        expected = Expected(self._settings.partitions)
        async for record in read_from(self._settings, topics.FETCH):
            expected.take(record)
        events = {topic: [record async for record in read_from(self._settings, topic)] for topic in EVENTS}
        letters = [Found.of_letter(record) async for record in read_from(self._settings, topics.DEAD_LETTER)]
        self.findings += judge(expected, events, letters)
        await self._offsets(expected, events[topics.VERSION])
        await self._tables(expected)
        for topic in (topics.FETCH, *EVENTS, topics.DEAD_LETTER):
            await self._open_transactions(topic)
        self._tell(expected, events, letters)

    def complain(self, complaints: Iterable[str]) -> None:
        """What went wrong on the way, also where nothing wrong came of it."""
        self.findings += (Finding("unaccounted", complaint) for complaint in complaints)

    async def _offsets(self, expected: Expected, versions: Sequence[Record]) -> None:
        evidence = Evidence(self._settings)
        committed, _ends = await evidence.look()
        await evidence.close()
        last_version: dict[int, int] = {}
        for record in versions:
            last_version[record.partition] = record.offset
        for topic, last in ((topics.FETCH, expected.last_offset), (topics.VERSION, last_version)):
            at = {tp.partition: offset for tp, offset in committed.items() if tp.topic == topic}
            self.findings += judge_offsets(topic, last, at)

    async def _tables(self, expected: Expected) -> None:
        rows = {}
        for stage in STAGES:
            topic = changelog_name(self._settings.app_id, stage)
            changelog: dict[int, list[Record]] = defaultdict(list)
            async for record in read_from(self._settings, topic):
                changelog[record.partition].append(record)
            rows[stage] = [folded(records) for records in changelog.values()]
            await self._open_transactions(topic)
            if self._settings.store == "rocksdb://":
                for partition, (_, end) in (await ends_of(self._settings, topic)).items():
                    tables = list(self._on_disk(stage, partition))
                    self.findings += judge_disk(f"{stage} {partition}", changelog[partition], end, tables)
                    self._count(f"tables of {stage} on disk", len(tables))
        self.findings += judge_rows(expected, rows["detect"], rows["diff"])

    def _on_disk(self, stage: str, partition: int) -> Iterator[TableOnDisk]:
        for directory in self._directories:
            path = directory / "tables" / self._settings.app_id / stage / str(partition)
            if path.exists():
                store = RocksStore(path)
                yield TableOnDisk(f"{directory.name}'s {stage} {partition}", store.next_offset, dict(store.items()))
                store.close()

    async def _open_transactions(self, topic: str) -> None:
        for partition, (stable, end) in (await ends_of(self._settings, topic)).items():
            if stable != end:
                what = f"{topic}[{partition}]: readers wait at {stable} of {end} for a transaction to end"
                self.findings.append(Finding("unaccounted", what))

    def _count(self, name: str, count: int) -> None:
        self.rows[name] = str(int(self.rows.get(name, 0)) + count)

    def _tell(self, expected: Expected, events: dict[str, list[Record]], letters: Sequence[Found]) -> None:
        kinds = {
            topic: Counter(str(Found.of_event(record).event["kind"]) for record in records)
            for topic, records in events.items()
        }
        reasons = Counter(str(letter.event["dead_letter_reason"]) for letter in letters)
        self.rows = {
            "fetches": _counted(expected.handled),
            "articles": str(len(expected.articles)),
            "versions": _counted(kinds[topics.VERSION]),
            "changes": _counted(kinds[topics.CHANGE]),
            "outcomes": _counted(kinds[topics.OUTCOME]),
            "dead letters": _counted(reasons),
            "rekeyed": str(expected.copies.total()),
            **self.rows,
        }


def _counted(counts: Counter[str]) -> str:
    kinds = ", ".join(f"{name} {count}" for name, count in counts.most_common())
    return f"{counts.total()}: {kinds}" if counts else "0"
