"""Feeds of changes: RSS, Atom and JSON Feed, of everything or of what a filter leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any

import orjson
import xxhash
from aiohttp import web
from markupsafe import Markup

from agents.archive.queries import Archive, Found
from agents.archive.rows import is_changed
from agents.diff.shorten import shortened
from schemas.change import Change, Spans
from streams.show_html import marked
from streams.site.articles import see_shown
from streams.site.keys import ARCHIVE, TEMPLATES
from streams.site.templating import base_of
from streams.site.wanted import filter_of, query_of
from streams.site.words import as_xml, counted, edits, safe_url

ENTRIES = 50
MAX_TEXT = 20_000
"""Characters of an entry; what is more stands on its page."""

TTL = 15
"""Minutes for which a reader need not ask again."""

TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A change in a feed. `html`: what changed."""

    id: str
    url: str
    title: str
    html: Markup
    at: datetime
    labels: tuple[str, ...]

    @property
    def rfc822(self) -> str:
        """Its time as RSS has it."""
        return format_datetime(self.at)


async def feed(request: web.Request) -> web.Response:
    """The newest changes that a filter leaves; 304 where the reader has them."""
    archive, wanted, kind = request.app[ARCHIVE], filter_of(request), request.match_info["kind"]
    await see_shown(archive, wanted.article_id)
    base = base_of(request)
    rows = await archive.changes(wanted, count=ENTRIES)
    tag = f'"{xxhash.xxh3_64_hexdigest(orjson.dumps([base, kind, *(row.id for row in rows)]))}"'
    headers = {"ETag": tag, "Cache-Control": f"public, max-age={TTL * 60}"}
    if tag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    entries = await _entries(archive, rows, base)
    what = [str(value) for value in (wanted.source, wanted.kind, wanted.label, wanted.day, wanted.words) if value]
    if wanted.article_id is not None and rows:
        what.insert(0, rows[0].title or rows[0].url)
    title = f"newsdiff: {', '.join(what) or 'changes in the news'}"
    home, here = f"{base}/changes{query_of(wanted)}", f"{base}{request.path}{query_of(wanted)}"
    if kind == "json":
        body = orjson.dumps(_json_feed(title, home, here, entries))
    else:
        template = request.app[TEMPLATES].get_template(f"feed.{kind}")
        text = template.render(
            {"title": title, "home": home, "here": here, "entries": entries, "ttl": TTL},
            updated=entries[0].at if entries else None,
        )
        body = as_xml(text).encode()
    return web.Response(body=body, content_type=TYPES[kind], charset="utf-8", headers=headers)


async def _entries(archive: Archive, rows: Found, base: str) -> list[Entry]:
    ids = [row.id for row in rows]
    labels, events = await archive.labels(ids), await archive.events(ids)
    return [_entry(row, labels[row.id], events.get(row.id), base) for row in rows]


def _entry(row: Any, labels: Sequence[str], event: Change | None, base: str) -> Entry:  # noqa: ANN401 - a row
    article = f"{base}/a/{row.article_id}"
    page = article if row.kind == "removed" else f"{article}/{row.prior_version}-{row.version}"
    # Of an event that is too large, there is the excerpt that the row holds.
    changed = _changed(event) if event is not None else [orjson.loads(row.excerpt)]
    return Entry(
        id=f"urn:uuid:{row.id}",
        url=page,
        title=f"{row.title or row.url} ({row.kind}, {row.interval})",
        html=_html(row, changed, article, page),
        at=row.dt,
        labels=tuple(labels),
    )


def _changed(event: Change) -> list[Spans]:
    """What changed, shortened, paragraph by paragraph."""
    diff = event.diff
    found = [spans for spans in (diff.title, diff.byline, diff.standfirst) if is_changed(spans)]
    found += [row.spans for row in diff.rows if row.kind != "equal"]
    return [shortened(spans) for spans in found]


def _html(row: Any, changed: Sequence[Spans], article: str, page: str) -> Markup:  # noqa: ANN401 - a row
    """What changed, as a reader of feeds shows it; of much, the beginning."""
    left, shown = MAX_TEXT, []
    for spans in changed:
        left -= sum(len(text) for _, text in spans)
        if left < 0:
            break
        shown.append(Markup("<p>{}</p>\n").format(marked(spans)))
    more = len(changed) - len(shown)
    if more:
        shown.append(Markup('<p><a href="{}">… and {}</a></p>\n').format(page, counted(more, "further paragraph")))
    return Markup('<p>{}: {}, {}</p>\n{}<p><a href="{}">All versions</a>, <a href="{}">the article</a></p>').format(
        row.source, row.kind, edits(row.added, row.removed), Markup().join(shown), article, safe_url(row.url)
    )


def _json_feed(title: str, home: str, here: str, entries: Sequence[Entry]) -> dict[str, object]:
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": home,
        "feed_url": here,
        "items": [
            {
                "id": entry.id,
                "url": entry.url,
                "title": entry.title,
                "content_html": str(entry.html),
                "date_published": entry.at.isoformat(),
                "tags": list(entry.labels),
            }
            for entry in entries
        ],
    }
