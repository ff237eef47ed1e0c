"""The programming interface: JSON, under `/api/v1/`."""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from agents.archive.queries import PAGE, Place
from agents.detect.url import article_id, canonical_url
from agents.diff.compare import compare
from agents.diff.text import Text
from schemas.codec import encode
from schemas.errors import BadRecordError
from streams.site.articles import shown_article
from streams.site.keys import ARCHIVE
from streams.site.wanted import cursor, filter_of, place_of, value_of


async def changes(request: web.Request) -> web.Response:
    """The newest changes that a filter leaves, without their diffs; `next` is the cursor of the page after."""
    archive, wanted = request.app[ARCHIVE], filter_of(request)
    found = await archive.changes(wanted, before=place_of(request), count=PAGE + 1)
    labels = await archive.labels([row.id for row in found])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return _json(
        {
            "changes": [change_of(row, labels[row.id]) for row in found[:PAGE]],
            "next": cursor(Place(last.dt, last.id)) if last else None,
        }
    )


async def find(request: web.Request) -> web.Response:
    """The article at an address: `?url=`, in any of its variants that are told from the address alone."""
    url = value_of(request, "url")
    if url is None:
        raise web.HTTPBadRequest(text="name an article: /api/v1/articles?url=...")
    try:
        id_ = article_id(canonical_url(url))
    except BadRecordError:
        raise web.HTTPBadRequest(text="url is no address of a page") from None
    await shown_article(request.app[ARCHIVE], id_)
    raise web.HTTPFound(f"/api/v1/articles/{id_}")


async def article(request: web.Request) -> web.Response:
    """An article and its versions, without their texts."""
    archive, id_ = request.app[ARCHIVE], request.match_info["article"]
    row = await shown_article(archive, id_)
    versions = [_fields(each) for each in await archive.versions(id_)]
    return _json({**_fields(row), "versions": versions})


async def version(request: web.Request) -> web.Response:
    """A version event."""
    archive, id_ = request.app[ARCHIVE], request.match_info["article"]
    await shown_article(archive, id_)
    event = await archive.version(id_, int(request.match_info["number"]))
    if event is None:
        raise web.HTTPNotFound(text="the article has no such version")
    return web.Response(body=encode(event), content_type="application/json")


async def diff(request: web.Request) -> web.Response:
    """What is different between any two versions."""
    archive, id_ = request.app[ARCHIVE], request.match_info["article"]
    await shown_article(archive, id_)
    old, new = [await archive.version(id_, int(request.match_info[name])) for name in ("old", "new")]
    if old is None or new is None:
        raise web.HTTPNotFound(text="the article has no such version")
    found = compare(Text.of(old), Text.of(new), language=new.language)
    return _json({"diff": found.diff, "stats": found.stats, "labels": found.labels, "severity": found.severity})


def change_of(row: Any, labels: list[str]) -> dict[str, Any]:  # noqa: ANN401 - a row
    """A change without its diff."""
    fields = (
        *("id", "article_id", "url", "source", "kind", "dt", "version", "prior_version", "title", "prior_title"),
        *("added", "removed", "severity", "interval"),
    )
    values = {name: getattr(row, name) for name in fields}
    return {**values, "labels": labels, "excerpt": orjson.loads(row.excerpt)}


def _fields(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row
    """A row by the names of its columns, which are no plain strings with SQLAlchemy."""
    return {str(name): value for name, value in row._asdict().items()}


def _json(value: object) -> web.Response:
    return web.Response(body=orjson.dumps(value, option=orjson.OPT_UTC_Z), content_type="application/json")
