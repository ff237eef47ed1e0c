"""The pages."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any

import orjson
from aiohttp import web

from agents.archive.heat import heat
from agents.archive.queries import PAGE, Archive, Filter, Place
from agents.detect.url import MAX_URL
from agents.diff.labels.rules import RULES
from schemas.change import Diff
from streams.show_html import diff_rows
from streams.site.articles import id_at, see_shown, shown_article
from streams.site.comparing import compared
from streams.site.keys import ARCHIVE, CLOCK, FIGURES, KEPT
from streams.site.templating import render
from streams.site.wanted import KINDS, addresses_in, cursor, filter_of, place_of, query_of, value_of
from streams.site.words import checked, passed

MAX_NAMED = 500
"""Sources that a form proposes."""

MAX_HEAT, MAX_VERSIONS = 200, 200
"""Changes of which the heat strip is made, and versions that a page lists; of an article with more, the newest."""

MAX_DIGITS = 9
"""Of the number of a version."""

MAX_PARAGRAPHS = 500
"""Of the heat strip."""

MAX_ROWS, MAX_TEXT = 5_000, 1_000_000
"""Rows of a comparison, and characters in them, that a page shows."""


async def home(request: web.Request) -> web.Response:
    """The newest changes, as they come."""
    return await _list(request, Filter(), None, "home.html")


async def changes(request: web.Request) -> web.Response:
    """The changes of a source, of a day, with a label, with some words."""
    rows = await request.app[KEPT].get("sources", request.app[FIGURES].sources)
    named = {"sources": [row.source for row in rows[:MAX_NAMED]], "labels": list(RULES), "kinds": KINDS}
    return await _list(request, filter_of(request), place_of(request), "changes.html", **named)


async def _list(
    request: web.Request,
    wanted: Filter,
    before: Place | None,
    template: str,
    **more: Any,  # noqa: ANN401 - for it
) -> web.Response:
    archive = request.app[ARCHIVE]
    await see_shown(archive, wanted.article_id)
    found = await archive.changes(wanted, before=before, count=PAGE + 1)
    last = found[PAGE - 1] if len(found) > PAGE else None
    return render(
        request,
        template,
        changes=await _told(archive, found[:PAGE]),
        wanted=wanted,
        query=query_of(wanted),
        older=query_of(wanted, before=cursor(Place(last.dt, last.id))) if last else None,
        **more,
    )


async def _told(archive: Archive, found: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows of changes as the templates show them."""
    labels = await archive.labels([row.id for row in found])
    return [{"row": row, "labels": labels[row.id], "excerpt": orjson.loads(row.excerpt)} for row in found]


async def article(request: web.Request) -> web.Response:
    """An article: what is known of it, its versions, and which of its paragraphs were rewritten."""
    archive, id_ = request.app[ARCHIVE], request.match_info["article"]
    row = await shown_article(archive, id_)
    versions = await archive.versions(id_)
    found = await archive.changes(Filter(article_id=id_), count=MAX_HEAT)
    ids = [each.id for each in found if each.kind != "removed"]
    events = await archive.events(ids)
    newest = list(takewhile(events.__contains__, ids))  # each begins where the one before it has ended
    watching = await archive.watching(row.url)
    return render(
        request,
        "article.html",
        article=row,
        versions=versions[-MAX_VERSIONS:],
        left_out=max(0, len(versions) - MAX_VERSIONS),
        changes={each["row"].version: each for each in await _told(archive, found)},
        heat=(await asyncio.to_thread(heat, [events[each] for each in reversed(newest)]))[:MAX_PARAGRAPHS],
        checked=checked(row, watching, request.app[CLOCK].now()),
        feed=query_of(Filter(article_id=id_)),
    )


async def chosen(request: web.Request) -> web.Response:
    """The comparison of the two versions that a visitor has chosen."""
    numbers = [request.query.get(name, "") for name in ("old", "new")]
    if not all(number.isascii() and number.isdigit() and len(number) <= MAX_DIGITS for number in numbers):
        raise web.HTTPBadRequest(text="Choose two versions by their numbers.")
    raise web.HTTPFound(f"/a/{request.match_info['article']}/{'-'.join(numbers)}")


async def compare(request: web.Request) -> web.Response:
    """Two versions of an article, side by side."""
    pair = await compared(request)
    old, new = pair.old, pair.new
    shown, left_out = _first_rows(pair.what.diff)
    existing = [each.version for each in await request.app[ARCHIVE].versions(new.article.id)]
    at = existing.index(new.version)
    return render(
        request,
        "compare.html",
        article=pair.article,
        old=old,
        new=new,
        versions=sorted({*existing[-MAX_VERSIONS:], old.version, new.version}),
        found=pair.what,
        rows=diff_rows(shown),
        left_out=left_out,
        later=passed(old.fetched_at, new.fetched_at),
        earlier=f"{existing[at - 2]}-{existing[at - 1]}" if at > 1 else None,
        next=f"{new.version}-{existing[at + 1]}" if at + 1 < len(existing) else None,
        inline=request.query.get("view") == "inline",
    )


def _first_rows(diff: Diff) -> tuple[Diff, int]:
    """A diff with no more rows than a page holds, and how many it leaves out."""
    left = MAX_TEXT
    for count, row in enumerate(diff.rows):
        left -= sum(len(text) for _, text in row.spans)
        if left < 0 or count == MAX_ROWS:
            return replace(diff, rows=diff.rows[:count]), len(diff.rows) - count
    return diff, 0


async def search(request: web.Request) -> web.Response:
    """The articles with some words, of an author, or at an address."""
    archive = request.app[ARCHIVE]
    query = value_of(request, "q", MAX_URL) or ""
    for url in addresses_in(query):
        id_ = await id_at(archive, url)
        if await archive.article(id_) is not None or await archive.takedown(id_) is not None:
            raise web.HTTPFound(f"/a/{id_}")
    by_author = request.query.get("by") == "author"
    found = await archive.search(query, by_author=by_author) if query else []
    return render(request, "search.html", query=query, by_author=by_author, found=found)
