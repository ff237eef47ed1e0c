"""The programming interface: JSON, under `/api/v1/`; `streams.site.openapi` describes it."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar

import orjson
from aiohttp import web

from agents.archive.queries import PAGE, Place
from agents.detect.url import MAX_URL, canonical_url
from schemas.errors import BadRecordError
from streams.site.answers import (
    Articles,
    ArticleWithVersions,
    Changes,
    ListedArticle,
    ListedChange,
    ListedVersion,
)
from streams.site.articles import id_at, see_shown, shown_article
from streams.site.comparing import compared
from streams.site.keys import ARCHIVE
from streams.site.openapi import document
from streams.site.wanted import cursor, filter_of, place_of, value_of

A = TypeVar("A")


async def openapi(_request: web.Request) -> web.Response:
    """The description of this interface."""
    return _json(document())


async def changes(request: web.Request) -> web.Response:
    """The newest changes that a filter leaves, without their diffs; `next` is the cursor of the page after."""
    archive, wanted = request.app[ARCHIVE], filter_of(request)
    await see_shown(archive, wanted.article_id)
    found = await archive.changes(wanted, before=place_of(request), count=PAGE + 1)
    labels = await archive.labels([row.id for row in found])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return _json(
        Changes(
            changes=[change_of(row, labels[row.id]) for row in found[:PAGE]],
            next=cursor(Place(last.dt, last.id)) if last else None,
        )
    )


async def find(request: web.Request) -> web.Response:
    """The articles with some words: `?q=`; or the one at an address: `?url=`, in any variant that is told from it."""
    words, url = value_of(request, "q"), value_of(request, "url", MAX_URL)
    if words is not None:
        by_author = request.query.get("by") == "author"
        found = await request.app[ARCHIVE].search(words, by_author=by_author)
        return _json(Articles(articles=[_filled(ListedArticle, row) for row in found]))
    if url is None:
        raise web.HTTPBadRequest(text="name an article: /api/v1/articles?url=... or words: /api/v1/articles?q=...")
    try:
        key = canonical_url(url)
    except BadRecordError:
        raise web.HTTPBadRequest(text="url is no address of a page") from None
    id_ = await id_at(request.app[ARCHIVE], key)
    await shown_article(request.app[ARCHIVE], id_)
    raise web.HTTPFound(f"/api/v1/articles/{id_}")


async def article(request: web.Request) -> web.Response:
    """An article and its versions, without their texts."""
    archive, id_ = request.app[ARCHIVE], request.match_info["article"]
    row = await shown_article(archive, id_)
    versions = [_filled(ListedVersion, each) for each in await archive.versions(id_)]
    return _json(_filled(ArticleWithVersions, row, versions=versions))


async def version(request: web.Request) -> web.Response:
    """A version event."""
    archive, id_ = request.app[ARCHIVE], request.match_info["article"]
    await shown_article(archive, id_)
    event = await archive.version(id_, int(request.match_info["number"]))
    if event is None:
        raise web.HTTPNotFound(text="the article has no such version")
    return web.Response(body=event, content_type="application/json")


async def diff(request: web.Request) -> web.Response:
    """What is different between any two versions."""
    return _json((await compared(request)).what)


def change_of(row: Any, labels: list[str]) -> ListedChange:  # noqa: ANN401 - a row
    """A change without its diff."""
    return _filled(ListedChange, row, labels=labels, excerpt=orjson.loads(row.excerpt))


def _filled(kind: type[A], row: Any, **more: object) -> A:  # noqa: ANN401 - a row
    """An answer, its fields those of a row but for some more."""
    names = [field.name for field in dataclasses.fields(kind) if field.name not in more]  # type: ignore[arg-type]
    return kind(**{name: getattr(row, name) for name in names}, **more)


def _json(value: object) -> web.Response:
    return web.Response(body=orjson.dumps(value, option=orjson.OPT_UTC_Z), content_type="application/json")
