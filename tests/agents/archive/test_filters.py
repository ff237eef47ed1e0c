"""What is asked for is found, all of it and nothing else."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from archive_database import archived
from archive_history import NOON, history, url
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from agents.archive import tables
from agents.archive.batch import batch_of
from agents.archive.queries import Archive, Filter, Place
from agents.archive.rows import unpacked, words_of_change
from agents.archive.store import Store
from agents.detect.url import article_id
from schemas.change import Change
from schemas.codec import decode

SOURCES = (None, "The Eastmere Echo", "The Brass Tally", "The Unheard Of")
LABELS = (None, "headline", "lede", "gutted")
DAYS = (None, NOON.date(), (NOON + timedelta(days=1)).date(), (NOON - timedelta(days=1)).date())
KINDS = (None, "edited", "removed")
ARTICLES = (None, article_id(url(3)), article_id(url(99)))
WORDS = (None, "lantern quay", "nowhere")


def test_filters_find_the_changes_that_they_name_page_by_page(database: str) -> None:
    """Whatever is combined, each change comes once, the newest first, and no other comes."""

    async def compare(engine: AsyncEngine) -> None:
        rows = await stored(engine)
        for wanted in filters():
            expected = [each.id for each in rows if each.is_of(wanted)]
            assert [id_ async for id_ in paged(Archive(engine), wanted)] == expected, wanted

    run(database, compare)


def test_each_filter_walks_an_index_of_its_own(tmp_path: Path) -> None:
    """Nobody can make SQLite read all of a large archive, which never knows how much of what it holds."""
    place = Place(NOON, "")

    async def explain(engine: AsyncEngine) -> None:
        async with engine.connect() as connection:
            for wanted, before in itertools.product(filters(), (None, place)):
                query = wanted.query("sqlite", before).limit(5).compile(dialect=engine.dialect)
                unknown = (None,) * len(query.positiontup or ())
                plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", unknown)
                steps = [row.detail for row in plan if not row.parent and not row.detail.startswith("MATERIALIZE")]
                assert walked(wanted) in steps[0], (wanted, steps)
                is_sorted = "USE TEMP B-TREE FOR ORDER BY" in steps
                assert is_sorted == (walked(wanted) == "SCAN few"), (wanted, steps)

    run(f"sqlite:///{tmp_path / 'archive.db'}", explain)


def walked(wanted: Filter) -> str:
    """The index that leads to what is wanted; what one article or some words have is sorted and looked through."""
    if wanted.words is not None or wanted.article_id is not None:
        return "SCAN few"
    if wanted.label is not None:
        return "change_label_newest" if wanted.source is None else "change_label_source"
    if wanted.source is not None:
        return "change_source"
    return "change_newest" if wanted.kind is None else "change_kind"


def filters() -> Iterator[Filter]:
    """All that can be wanted together."""
    for source, label, day, kind, id_, words in itertools.product(SOURCES, LABELS, DAYS, KINDS, ARTICLES, WORDS):
        yield Filter(source=source, label=label, day=day, kind=kind, article_id=id_, words=words)


def run(database: str, use: Callable[[AsyncEngine], Awaitable[None]]) -> None:
    """Do something with an archive that has changes of two kinds."""

    async def work(engine: AsyncEngine) -> None:
        await Store(engine).write(batch_of(history(6, count=4)))
        async with engine.begin() as connection:
            for table, id_ in ((tables.change, "id"), (tables.change_label, "change_id")):
                await connection.execute(table.update().where(table.c[id_] < "8").values(kind="removed"))
        await use(engine)

    archived(database, work)


@dataclass(frozen=True, slots=True)
class Stored:
    """A change as it is stored."""

    id: str
    row: Any
    labels: set[str]
    words: set[str]

    def is_of(self, wanted: Filter) -> bool:
        """Whether it is one of those that are wanted."""
        return (
            wanted.source in (None, self.row.source)
            and wanted.label in (None, *self.labels)
            and wanted.day in (None, self.row.dt.date())
            and wanted.kind in (None, self.row.kind)
            and wanted.article_id in (None, self.row.article_id)
            and self.words.issuperset((wanted.words or "").split())
        )


async def stored(engine: AsyncEngine) -> list[Stored]:
    """All changes, the newest first."""
    labels: dict[str, set[str]] = defaultdict(set)
    async with engine.connect() as connection:
        for row in await connection.execute(select(tables.change_label)):
            labels[row.change_id].add(row.label)
        rows = (await connection.execute(select(tables.change))).all()
    found = []
    for row in sorted(rows, key=lambda row: (row.dt, row.id), reverse=True):
        words = words_of_change(decode(unpacked(row.event), Change, "a stored event"))
        found.append(Stored(row.id, row, labels[row.id], set(f"{words['title']} {words['body']}".split())))
    assert {each.row.kind for each in found} == {"edited", "removed"}
    return found


async def paged(archive: Archive, wanted: Filter) -> AsyncIterator[str]:
    """The ids of what is found, in pages of five."""
    before: Place | None = None
    while found := await archive.changes(wanted, before=before, count=5):
        for row in found:
            yield row.id
        before = Place(found[-1].dt, found[-1].id)
