"""What is read from the archive, for pages, feeds and programs. Nothing of an article that is taken down is in it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, Select, exists, false, func, literal, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from agents.archive.rows import unpacked, unpacked_size
from agents.archive.tables import article, change, change_label, document, takedown, version, watching
from agents.archive.words import matching
from schemas.change import Change
from schemas.codec import decode

PAGE = 50
"""Rows of a page."""

MAX_EVENTS = 4_000_000
"""Bytes of the events that are decoded for one answer: what is hostile may be some hundred times as large as others."""

Found = Sequence[Any]

_LISTED = [column for column in change.c if column.name != "event"]

_IS_DOWN = ~takedown.c.released


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of changes ends: the next one begins with what is older."""

    dt: datetime
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which changes: all that is None does not matter.

    `day`: of the fetch, in UTC. `words`: that the paragraphs have that it changed, or, `by_author`, its byline.
    """

    source: str | None = None
    label: str | None = None
    day: date | None = None
    article_id: str | None = None
    kind: str | None = None
    words: str | None = None
    by_author: bool = False

    def query(self, dialect: str, before: Place | None) -> Select[Any]:
        """The changes, the newest first, that come after a place.

        Each walks an index of its own from its newest entry: what one article has, or some words, comes before anything
        else, a label is told by `change_label`, which has the time, source and kind of its change beside it.
        """
        few = self._few(dialect)
        rows: FromClause = change if few is None else few
        query, (dt, id_, source, kind) = _changes(rows), (rows.c[name] for name in ("dt", "id", "source", "kind"))
        if self.label is not None and few is None:
            query = query.join(change_label, change_label.c.change_id == id_).where(change_label.c.label == self.label)
            dt, id_, source, kind = (change_label.c[name] for name in ("dt", "change_id", "source", "kind"))
        elif self.label is not None:
            query = query.where(exists().where(change_label.c.change_id == id_, change_label.c.label == self.label))
        if self.source is not None:
            query = query.where(source == self.source)
        if self.kind is not None and self.source is not None:  # SQLite would take the index of the kinds, but for this
            query = query.where(kind.concat("") == self.kind)
        elif self.kind is not None:
            query = query.where(kind == self.kind)
        end = None
        if self.day is not None:
            begin = datetime.combine(self.day, time(), UTC)
            query, end = query.where(dt >= begin), begin + timedelta(days=1)
        if before is not None and (end is None or before.dt < end):  # one bound: SQLite might begin at the other
            query = query.where(tuple_(dt, id_) < tuple_(before.dt, before.id))
        elif end is not None:
            query = query.where(dt < end)
        return query.order_by(dt.desc(), id_.desc())

    def _few(self, dialect: str) -> CTE | None:
        """The changes of the article and with the words that are wanted, found out first; None: none of them is."""
        if self.article_id is None and self.words is None:
            return None
        query = select(*_LISTED)
        if self.article_id is not None:
            query = query.where(change.c.article_id == self.article_id)
        if self.words is not None:
            matched = matching(dialect, self.words, by_author=self.by_author)
            if matched is None:
                query = query.where(false())
            else:
                condition, values = matched
                is_its = (document.c.article_id == change.c.article_id) & (document.c.dt == change.c.dt)
                query = query.join(document, is_its).where(text(condition).bindparams(**values)).distinct()
        return query.cte("few").prefix_with("MATERIALIZED")


class Archive:
    """Reads the archive."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def check(self) -> None:
        """See that the database answers; raises what it raises."""
        await self._all(select(literal(1)))

    async def changes(self, wanted: Filter, *, before: Place | None = None, count: int = PAGE) -> Found:
        """The newest changes, with the URLs of their articles and their labels, `count` at most."""
        return await self._all(wanted.query(self._engine.dialect.name, before).limit(count))

    async def labels(self, ids: Sequence[str]) -> dict[str, list[str]]:
        """The labels of some changes, in the order of their names."""
        found: dict[str, list[str]] = {id_: [] for id_ in ids}
        query = select(change_label).where(change_label.c.change_id.in_(ids)).order_by(change_label.c.label)
        for row in await self._all(query):
            found[row.change_id].append(row.label)
        return found

    async def article(self, article_id: str) -> Any | None:  # noqa: ANN401 - a row
        """The row of an article."""
        return await self._one(select(article).where(article.c.id == article_id, _shown(article.c.id)))

    async def takedown(self, article_id: str) -> Any | None:  # noqa: ANN401 - a row
        """The row that says why an article is not shown."""
        return await self._one(select(takedown).where(takedown.c.article_id == article_id, _IS_DOWN))

    async def watching(self, url: str) -> Any | None:  # noqa: ANN401 - a row
        """When a URL was and will be looked at, None where it is not watched."""
        return await self._one(select(watching).where(watching.c.url == url))

    async def versions(self, article_id: str) -> Found:
        """The versions of an article without their texts, the oldest first."""
        columns = [column for column in version.c if column.name != "event"]
        query = select(*columns).where(version.c.article_id == article_id, _shown(version.c.article_id))
        return await self._all(query.order_by(version.c.version))

    async def version(self, article_id: str, number: int) -> bytes | None:
        """A version event, as it came."""
        query = select(version.c.event).where(
            version.c.article_id == article_id, version.c.version == number, _shown(version.c.article_id)
        )
        return await self._event(query)

    async def change_between(self, article_id: str, old: int, new: int) -> bytes | None:
        """The change event that leads from one version to another, as it came."""
        query = select(change.c.event).where(
            change.c.article_id == article_id,
            change.c.version == new,
            change.c.prior_version == old,
            change.c.kind != "removed",
            _shown(change.c.article_id),
        )
        return await self._event(query)

    async def events(self, ids: Sequence[str]) -> dict[str, Change]:
        """Change events by their ids, as far as they are there and, in this order, no more than MAX_EVENTS."""
        query = select(change.c.id, change.c.event).where(change.c.id.in_(ids), _shown(change.c.article_id))
        found = {row.id: row.event for row in await self._all(query)}
        return await asyncio.to_thread(_decoded, {id_: found[id_] for id_ in ids if id_ in found})

    async def search(self, words: str, *, by_author: bool = False, count: int = PAGE) -> Found:
        """The articles that have, or had, all these words, those that got them last first."""
        matched = matching(self._engine.dialect.name, words, by_author=by_author)
        if matched is None:
            return []
        condition, values = matched
        newest = (
            select(document.c.article_id, func.max(document.c.dt).label("found"))
            .where(text(condition))
            .group_by(document.c.article_id)
            .order_by(func.max(document.c.dt).desc())
            .limit(count)
            .subquery()
        )
        query = select(article, newest.c.found).join(newest, newest.c.article_id == article.c.id)
        return await self._all(query.where(_shown(article.c.id)).order_by(newest.c.found.desc()), values)

    async def after(self, places: dict[int, int], count: int) -> Found:
        """The changes whose records stand after some offsets, by partition, in the order of their partitions."""
        found: list[Any] = []
        place = -1
        while len(found) < count:  # partition by partition: each is a look at the end of an index
            query = select(func.min(change.c.partition).label("next")).where(change.c.partition > place)
            (row,) = await self._all(query)
            if row.next is None:
                break
            place = row.next
            is_later = (change.c.partition == place) & (change.c.offset > places.get(place, -1))
            found += await self._all(_changes().where(is_later).order_by(change.c.offset).limit(count - len(found)))
        return found

    async def ends(self) -> dict[int, int]:
        """The last offset of each partition of the change topic that is stored."""
        query = select(change.c.partition, func.max(change.c.offset).label("last")).group_by(change.c.partition)
        return {row.partition: row.last for row in await self._all(query)}

    async def _event(self, query: Select[Any]) -> bytes | None:
        row = await self._one(query)
        return await asyncio.to_thread(unpacked, row.event) if row is not None else None

    async def _all(self, query: Select[Any], values: dict[str, Any] | None = None) -> Found:
        async with self._engine.connect() as connection:
            found: Found = (await connection.execute(query, values or {})).all()
            return found

    async def _one(self, query: Select[Any]) -> Any | None:  # noqa: ANN401 - a row
        found = await self._all(query.limit(1))
        return found[0] if found else None


def _decoded(stored: dict[str, bytes]) -> dict[str, Change]:
    left, found = MAX_EVENTS, {}
    for id_, event in stored.items():
        size = unpacked_size(event)
        if size <= left:
            found[id_] = decode(unpacked(event), Change, "a stored event")
            left -= size
    return found


def _changes(rows: FromClause = change) -> Select[Any]:
    """Changes of articles that are shown, without their events."""
    columns = [rows.c[column.name] for column in _LISTED]
    query = select(*columns, article.c.url, article.c.first_seen, article.c.change_count)
    return query.join(article, article.c.id == rows.c.article_id).where(_shown(rows.c.article_id))


def _shown(article_id: ColumnElement[str]) -> ColumnElement[bool]:
    return ~exists().where(takedown.c.article_id == article_id, _IS_DOWN)
