"""What is asked for is found, all of it and nothing else."""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

from archive_history import NOON, history
from postgres import empty
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from agents.archive import tables
from agents.archive.batch import batch_of
from agents.archive.migrations import migrate
from agents.archive.queries import Archive, Filter, Place
from agents.archive.store import Store, open_engine

SOURCES = (None, "The Eastmere Echo", "The Brass Tally", "The Unheard Of")
DAYS = (None, NOON.date(), (NOON + timedelta(days=1)).date(), (NOON - timedelta(days=1)).date())
KINDS = (None, "edited", "removed")


def test_filters_find_the_changes_that_they_name_page_by_page(database: str) -> None:
    """Whatever is combined, each change comes once, the newest first, and no other comes."""

    async def work() -> None:
        engine = open_engine(database)
        try:
            await empty(engine)
            await migrate(engine)
            await Store(engine).write(batch_of(history(8, count=4)))
            await compare(engine)
        finally:
            await engine.dispose()

    asyncio.run(work())


async def compare(engine: AsyncEngine) -> None:
    """Ask for every combination, and see which of all rows are what it names."""
    rows, labels = await stored(engine)
    names = sorted(set().union(*labels.values()))
    assert len(names) > 1
    for source, label, day, kind in itertools.product(SOURCES, (None, "gutted", *names), DAYS, KINDS):
        expected = [
            row.id
            for row in rows
            if source in (None, row.source)
            and (label is None or label in labels[row.id])
            and day in (None, row.dt.date())
            and kind in (None, row.kind)
        ]
        wanted = Filter(source=source, label=label, day=day, kind=kind)
        assert [id_ async for id_ in paged(Archive(engine), wanted)] == expected, wanted


async def stored(engine: AsyncEngine) -> tuple[Sequence[Any], dict[str, set[str]]]:
    """All changes, the newest first, and the labels of each."""
    labels: dict[str, set[str]] = defaultdict(set)
    async with engine.connect() as connection:
        for row in await connection.execute(select(tables.change_label)):
            labels[row.change_id].add(row.label)
        rows = (await connection.execute(select(tables.change))).all()
    return sorted(rows, key=lambda row: (row.dt, row.id), reverse=True), labels


async def paged(archive: Archive, wanted: Filter) -> AsyncIterator[str]:
    """The ids of what is found, in pages of five."""
    before: Place | None = None
    while found := await archive.changes(wanted, before=before, count=5):
        for row in found:
            yield row.id
        before = Place(found[-1].dt, found[-1].id)
