"""Figures over the whole archive: what each takes a look at many rows for, so that whoever asks keeps them for a while.

Articles that are taken down count in them: nothing of their text does.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from agents.archive.tables import article, change, change_label, subscription, watching

MONTHS = 12

WEEKS = 4
"""That are looked back for what is usual: the same day of each week, since papers have their days."""

UNLIKELY = 0.01
"""The chance of so few new articles, if they come as they did, below which a source is said to have few."""

DAY, WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """How many changes of a month had each of some labels. `begin`: its first day."""

    begin: datetime
    counts: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a source does.

    `row`: of `watching`. `new`: articles of the last day; `usual`: of the same day of the weeks before, on average,
    None of a source that is watched for less long. `hub_error`: why its hub does not tell of news.
    """

    row: Any
    articles: int
    failing: int
    new: int
    usual: float | None
    hub_error: str | None

    @property
    def has_few(self) -> bool:
        """Whether it has published fewer new articles than chance would explain (Poisson)."""
        few = self.usual is not None and self.new < self.usual / 2
        return few and at_most(self.new, self.usual or 0.0) < UNLIKELY


def at_most(count: int, mean: float) -> float:
    """The chance of at most so many, where there are so many on average, one independent of the other."""
    return sum(math.exp(-mean + number * math.log(mean) - math.lgamma(number + 1)) for number in range(count + 1))


class Figures:
    """Reads them."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def sources(self) -> Sequence[Any]:
        """Each source with the number of its articles and changes, and when it last changed one."""
        articles = select(article.c.source, func.count().label("articles")).group_by(article.c.source).subquery()
        changes = (
            select(change.c.source, func.count().label("changes"), func.max(change.c.dt).label("last"))
            .group_by(change.c.source)
            .subquery()
        )
        query = (
            select(articles.c.source, articles.c.articles, changes.c.changes, changes.c.last)
            .outerjoin(changes, changes.c.source == articles.c.source)
            .order_by(articles.c.source)
        )
        return await self._all(query)

    async def hours(self, source: str | None) -> dict[int, int]:
        """How many changes came in which hour after their article was first seen, from 0."""
        query = select(change.c.hours, func.count().label("changes")).group_by(change.c.hours)
        if source is not None:
            query = query.where(change.c.source == source)
        return {row.hours: row.changes for row in await self._all(query)}

    async def months(self, now: datetime, labels: Sequence[str]) -> list[Month]:
        """How many changes had which label in each of the last twelve months, the newest last."""
        begins = list(_months(now))
        counts: list[ColumnElement[int]] = []
        for begin, end in begins:
            within = (change_label.c.dt >= begin) & (change_label.c.dt < end)
            found = select(func.count()).select_from(change_label).where(within)
            counts += [found.where(change_label.c.label == label).scalar_subquery() for label in labels]
        (row,) = await self._all(select(*(count.label(f"n{number}") for number, count in enumerate(counts))))
        values = iter(row)
        return [Month(begin=begin, counts={label: next(values) for label in labels}) for begin, _ in begins]

    async def health(self, now: datetime) -> list[Health]:
        """The sources that people want to be watched, with what they have shown."""
        is_source = watching.c.kind.is_distinct_from("article") & watching.c.found_in.is_(None)
        rows = await self._all(select(watching).where(is_source).order_by(watching.c.source, watching.c.url))
        is_article = (watching.c.kind == "article") & (watching.c.state == "watched")
        counted = select(watching.c.source, func.count().label("n")).where(is_article).group_by(watching.c.source)
        articles = _by_source(await self._all(counted))
        failing = _by_source(await self._all(counted.where(watching.c.failures > 0)))
        new = [await self._new(now - week * WEEK) for week in range(WEEKS + 1)]
        errors = await self._all(select(subscription.c.url, subscription.c.error))
        return [
            Health(
                row=row,
                articles=articles[row.source],
                failing=failing[row.source],
                new=new[0][row.source],
                usual=sum(each[row.source] for each in new[1:]) / WEEKS if row.added_at <= now - WEEKS * WEEK else None,
                hub_error=next((each.error for each in errors if each.url == row.url), None),
            )
            for row in rows
        ]

    async def watched(self) -> dict[tuple[str, str], int]:
        """How many URLs there are, by state and kind; what a URL is has to be found out first."""
        kind = func.coalesce(watching.c.kind, "unknown")
        query = select(watching.c.state, kind.label("kind"), func.count().label("n")).group_by(watching.c.state, kind)
        return {(row.state, row.kind): row.n for row in await self._all(query)}

    async def overdue(self, since: datetime) -> int:
        """How many URLs should have been looked at before a time, and were not."""
        due = (watching.c.state == "watched") & (watching.c.next_check < since)
        (row,) = await self._all(select(func.count().label("n")).where(due))
        return int(row.n)

    async def _new(self, end: datetime) -> dict[str | None, int]:
        """How many articles of each source were first seen on the day before a time."""
        seen = article.c.first_seen
        query = select(article.c.source, func.count().label("n")).where(seen > end - DAY, seen <= end)
        return _by_source(await self._all(query.group_by(article.c.source)))

    async def _all(self, query: Any) -> Sequence[Any]:  # noqa: ANN401 - a select of any columns
        async with self._engine.connect() as connection:
            found: Sequence[Any] = (await connection.execute(query)).all()
            return found


def _by_source(rows: Sequence[Any]) -> dict[str | None, int]:
    return defaultdict(int, {row.source: row.n for row in rows})


def _months(now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The beginnings and ends of the last months, the newest last."""
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    number = first.year * 12 + first.month - 1
    for month in range(number - MONTHS + 1, number + 1):
        begin, end = (first.replace(year=n // 12, month=n % 12 + 1) for n in (month, month + 1))
        yield begin, end
