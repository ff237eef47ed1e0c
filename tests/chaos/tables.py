"""The oracle's second part: offsets and tables, that is, what the next worker would start from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from schemas.record import Record

from .expected import Expected
from .findings import Finding, differs

Rows = dict[bytes, bytes]


@dataclass(frozen=True, slots=True)
class TableOnDisk:
    """A table of one partition as a worker left it behind. `name`: where, for messages."""

    name: str
    next_offset: int
    rows: Rows


def folded(changelog: Iterable[Record], before: int | None = None) -> Rows:
    """The rows that a partition of a changelog makes, all of it or what stands before an offset."""
    rows: Rows = {}
    for record in changelog:
        if before is not None and record.offset >= before:
            break
        assert record.key is not None, "a row has a key"
        if record.value is None:
            rows.pop(record.key, None)
        else:
            rows[record.key] = record.value
    return rows


def judge_offsets(topic: str, last: Mapping[int, int], committed: Mapping[int, int]) -> Iterator[Finding]:
    """Whether the last record of each partition of an input topic lies before what is committed of it.

    Transaction markers after it are no records, and may be committed or not.
    """
    for partition, offset in last.items():
        if offset >= committed.get(partition, 0):
            what = f"{topic}[{partition}]: committed is {committed.get(partition)}, its last record has {offset}"
            yield Finding("unaccounted", what)


def judge_rows(expected: Expected, detect: Iterable[Rows], diff: Iterable[Rows]) -> Iterator[Finding]:
    """Whether the tables, by their changelogs, know the newest version of every article and no other article."""
    for stage, partitions in (("detect", list(detect)), ("diff", list(diff))):
        known: Rows = {}
        for rows in partitions:
            known |= rows
        for key in expected.articles.keys() - known.keys():
            yield Finding("lost", f"{stage} has no row of {key!r}")
        for key, row in known.items():
            for fault in _row(expected, key, row):
                yield Finding("unaccounted", f"{stage}'s row of {key!r}: {fault}")


def _row(expected: Expected, key: bytes, encoded: bytes) -> Iterator[str]:
    article = expected.articles.get(key)
    if article is None:
        yield "there is no such article"
        return
    row: Any = orjson.loads(encoded)
    yield from differs("version", article.newest.number, row["version"])
    yield from differs("removed", article.removed, row["removed"])
    texts = row.get("texts")
    if texts is not None:  # detect's; the hash of a text that two versions had is the same
        by_text = {text: hash_ for (_, text), (_, hash_) in zip(article.texts, texts, strict=False)}
        numbered = [[number, by_text[text]] for number, text in article.texts if text in by_text]
        yield from differs("texts", numbered, texts)
        yield from differs("gone_count", len(article.gone), row["gone_count"])


def judge_disk(what: str, changelog: Sequence[Record], end: int, found: Iterable[TableOnDisk]) -> Iterator[Finding]:
    """Whether the newest table that is left of a partition is its changelog, and every other one a beginning of it.

    `end`: the end of the changelog's partition, with the markers of transactions, which no reader sees.
    """
    tables = sorted(found, key=lambda table: table.next_offset)
    if changelog and (not tables or tables[-1].next_offset <= changelog[-1].offset):
        newest = tables[-1].next_offset if tables else "missing"
        yield Finding("unaccounted", f"{what}: the newest table on disk is {newest}, its changelog goes on to {end}")
    for table in tables:
        if table.next_offset > end:
            yield Finding("unaccounted", f"{table.name} is ahead of its changelog: {table.next_offset} > {end}")
        rows = folded(changelog, table.next_offset)
        wrong = [key for key in rows.keys() | table.rows.keys() if rows.get(key) != table.rows.get(key)]
        if wrong:
            example = min(wrong)
            yield Finding(
                "unaccounted",
                f"{table.name} differs from its changelog before {table.next_offset} in {len(wrong)} rows, first "
                f"{example!r}: {str(table.rows.get(example))[:100]}, logged {str(rows.get(example))[:100]}",
            )
