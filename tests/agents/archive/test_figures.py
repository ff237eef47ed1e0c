"""The figures over an archive are those of its rows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from archive_database import archived
from archive_history import NOON, history, record, schedule, versions
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from agents.archive.batch import batch_of
from agents.archive.figures import Figures, Health, at_most
from agents.archive.store import Store
from schemas.record import Record


def figures(database: str, records: list[Record], use: Callable[[Figures], Awaitable[Any]]) -> Any:
    """What is asked of an archive with some records."""

    async def work(engine: AsyncEngine) -> Any:
        await Store(engine).write(batch_of(records))
        return await use(Figures(engine))

    return archived(database, work)


def test_changes_are_counted_by_the_hours_after_first_sight(database: str) -> None:
    """Each article is changed three and six hours after it was first seen."""
    assert figures(database, history(10), lambda found: found.hours(None)) == {3: 10, 6: 10}
    assert figures(database, history(10), lambda found: found.hours("The Brass Tally")) == {3: 5, 6: 5}
    assert figures(database, history(10), lambda found: found.hours("nobody")) == {}


def test_labels_are_counted_by_month(database: str) -> None:
    """Twelve months, the present one last."""
    now = NOON + timedelta(days=40)
    months = figures(database, history(10), lambda found: found.months(now, ("lede", "nothing")))
    assert [f"{month.begin:%Y-%m}" for month in (months[0], months[-2], months[-1])] == [
        "2025-05",
        "2026-03",
        "2026-04",
    ]
    assert len(months) == 12
    counts = {f"{month.begin:%Y-%m}": month.counts for month in months}
    assert counts["2026-03"]["lede"] > 0
    assert sum(sum(each.values()) for each in counts.values()) == counts["2026-03"]["lede"]


def test_a_source_is_compared_with_the_same_day_of_other_weeks(database: str) -> None:
    """What it has published, what cannot be read, and what is wrong with it."""
    source = "The Eastmere Echo"
    feed = replace(schedule(0), url="https://eastmere-echo.test/feed.xml", kind="feed", failures=2, error="status 500")
    feed = replace(feed, added_at=NOON - timedelta(days=30))
    articles = [
        replace(schedule(number), found_in=feed.url, failures=number % 2, error="status 404") for number in range(4)
    ]
    seen = []
    for number in (1, 3):
        (event,) = versions(number, 1, Random(0))
        article = replace(event.article, first_seen=NOON - timedelta(days=7, hours=number), source=source)
        seen.append(record(replace(event, article=article), number))
    records = [record(each, number, each.url) for number, each in enumerate([feed, *articles])] + seen
    (health,) = figures(database, records, lambda found: found.health(NOON))
    assert (health.row.url, health.row.error, health.row.failures) == (feed.url, "status 500", 2)
    assert (health.articles, health.failing, health.new, health.usual) == (4, 2, 0, 0.5)
    assert not health.has_few


@pytest.mark.parametrize(
    ("new", "usual", "has_few"),
    [(0, 0.0, False), (0, 4.0, False), (0, 5.0, True), (10, 20.0, False), (8, 20.0, True), (30, 20.0, False)],
)
def test_few_is_what_chance_would_not_explain(new: int, usual: float, *, has_few: bool) -> None:
    """A paper with two articles a day may have a day without one; a paper with five has not."""
    assert Health(row=None, articles=0, failing=0, new=new, usual=usual, hub_error=None).has_few is has_few


@given(st.integers(0, 300), st.floats(0.01, 1000))
def test_the_chance_of_at_most_so_many_is_one(count: int, mean: float) -> None:
    """It lies between 0 and 1, and grows with what may be."""
    assert 0 <= at_most(count, mean) <= at_most(count + 1, mean) <= 1 + 1e-9
