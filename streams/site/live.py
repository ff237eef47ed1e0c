"""The live stream: server-sent events, one a change, which a browser or curl follows without Kafka."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import orjson
import regex
from aiohttp import web

from agents.archive.queries import Filter, Found
from streams.site.api import change_of
from streams.site.articles import see_shown
from streams.site.broadcast import Follower
from streams.site.keys import ARCHIVE, BROADCAST
from streams.site.limits import visitor_of
from streams.site.wanted import filter_of

PING_EVERY = 20.0
"""Seconds after which a comment keeps the connection alive."""

CATCH_UP = 200
"""Changes that are read at once for who resumes."""

MAX_ID = 20_000
"""Characters of an id: a thousand partitions fit."""

_PLACES = regex.compile(r"(?:(\d{1,6}):(\d{1,18})(?:,(?!$)|$))+")


async def stream(request: web.Request) -> web.StreamResponse:
    """Tell changes as they come, those that a filter leaves; with `Last-Event-ID`, from the one after it on."""
    archive, broadcast, wanted = request.app[ARCHIVE], request.app[BROADCAST], filter_of(request)
    if wanted.words is not None:
        raise web.HTTPBadRequest(text="the stream cannot be searched: ask /api/v1/changes?q=... for words")
    await see_shown(archive, wanted.article_id)
    places = _places(request.headers.get("Last-Event-ID"))
    async with broadcast.following(visitor_of(request)) as follower:
        if follower is None:
            raise web.HTTPServiceUnavailable(text="too many follow already: try again later")
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):  # who followed has gone
            await _follow(request, response, follower, wanted, places)
        return response


async def _follow(
    request: web.Request,
    response: web.StreamResponse,
    follower: Follower,
    wanted: Filter,
    places: dict[int, int] | None,
) -> None:
    """Tell what somebody missed, and then what comes, until that is too much for who reads it."""
    archive, broadcast = request.app[ARCHIVE], request.app[BROADCAST]
    await response.write(b"retry: 3000\n\n")
    if places is None:
        places = dict(broadcast.places)
        await response.write(b"id: %s\n\n" % _id(places).encode())  # who is cut off before the first resumes too
    else:
        while found := await archive.after(places, CATCH_UP):
            await _tell(request, response, wanted, found, places)
    while True:
        try:
            row = await asyncio.wait_for(follower.waiting.get(), PING_EVERY)
        except TimeoutError:
            await response.write(b": still here\n\n")
            continue
        if row is None:
            return
        if row.offset > places.get(row.partition, -1):  # else it was read when this one resumed
            await _tell(request, response, wanted, [row], places)


async def _tell(
    request: web.Request, response: web.StreamResponse, wanted: Filter, rows: Found, places: dict[int, int]
) -> None:
    """Tell those rows that are wanted, each with the id from which the next one is resumed: `places` as of it."""
    labels = await request.app[ARCHIVE].labels([row.id for row in rows])
    for row in rows:
        places[row.partition] = row.offset
        if _is_wanted(row, labels[row.id], wanted):
            data = orjson.dumps(change_of(row, labels[row.id]), option=orjson.OPT_UTC_Z)
            await response.write(b"event: change\nid: %s\ndata: %s\n\n" % (_id(places).encode(), data))


def _is_wanted(row: Any, labels: list[str], wanted: Filter) -> bool:  # noqa: ANN401 - a row
    return (
        wanted.source in (None, row.source)
        and wanted.article_id in (None, row.article_id)
        and (wanted.label is None or wanted.label in labels)
        and wanted.kind in (None, row.kind)
        and wanted.day in (None, row.dt.date())
    )


def _id(places: dict[int, int]) -> str:
    """How far the stream was told: the last offset of each partition of the change topic."""
    return ",".join(f"{partition}:{offset}" for partition, offset in sorted(places.items()))


def _places(text: str | None) -> dict[int, int] | None:
    """The offsets in an id; None where there is none.

    Raises:
        HTTPBadRequest: it is none of ours.
    """
    if not text:
        return None
    if len(text) <= MAX_ID and (match := _PLACES.fullmatch(text)):
        return dict(zip(map(int, match.captures(1)), map(int, match.captures(2)), strict=True))
    raise web.HTTPBadRequest(text="Last-Event-ID is no id of this stream")
