"""What a database cannot hold is left out of the archive, and what it does not take now is stored later."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from archive_database import archived
from archive_history import NOON, history, record, schedule, url, versions
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from agents.archive import tables
from agents.archive.batch import Batch
from agents.archive.store import Store
from schemas.article import Paragraph
from schemas.record import Record
from schemas.takedown import Takedown
from schemas.version import Version
from streams import archiving

WORDS = " ".join(f"word{number}" for number in range(150_000))


def _version(change: Callable[[Version], Version]) -> Record:
    return record(change(next(versions(7, 1, Random(7)))), 900)


ODD = {
    "more words than an index holds": _version(lambda it: replace(it, paragraphs=(Paragraph("text", WORDS),))),
    "a source of 4,000 letters": _version(
        lambda it: replace(it, article=replace(it.article, source="".join(map(chr, range(0x4E00, 0x4E00 + 4000)))))
    ),
    "a number that is none": _version(lambda it: replace(it, version=2**40)),
    "a time before all times": replace(
        (first := _version(lambda it: it)),
        value=(first.value or b"").replace(b"2026-03-01T22:00:00Z", b"0001-01-01T00:00:00+14:00"),
    ),
    "a NUL in a key": replace(record(schedule(7), 900), key=b"https://eastmere-echo.test/\x00"),
    "a NUL in a reason": record(Takedown(url=url(7), state="hidden", why="a\x00b", at=NOON), 900),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_a_record_that_cannot_be_held_stops_nothing(database: str, odd: Record) -> None:
    """Those before and behind it are stored, and how far that goes."""
    assert odd.value
    good = history(3)

    async def use(engine: AsyncEngine) -> tuple[int, dict[tuple[str, int], int]]:
        store = Store(engine)
        async with asyncio.timeout(60):
            await archiving._write(store, [*good[:4], odd, *good[4:]])
        async with engine.connect() as connection:
            count = (await connection.execute(select(func.count()).select_from(tables.change))).scalar_one()
        return count, await store.progress()

    count, progress = archived(database, use)
    assert count == 6
    assert progress


def test_a_database_that_does_not_answer_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is left out for its sake, however often it fails."""
    monkeypatch.setattr(archiving, "FIRST_PAUSE", 0.01)
    tries: list[int] = []

    class Failing(Store):
        def __init__(self) -> None:
            pass

        async def write(self, batch: Batch) -> None:
            tries.append(len(batch.versions))
            if len(tries) < 4:
                raise OperationalError("INSERT", {}, OSError("no space left on device"))

    with caplog.at_level(logging.WARNING):
        asyncio.run(archiving._write(Failing(), history(2)))
    assert tries == [6] * 4
    assert [each.levelname for each in caplog.records] == ["WARNING"] * 3
    assert timedelta(seconds=archiving.LAST_PAUSE) > timedelta(seconds=archiving.FIRST_PAUSE)
