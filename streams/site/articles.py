"""Finds an article, unless it is not to be shown."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from agents.archive.queries import Archive
from agents.detect.url import article_id


async def id_at(archive: Archive, url: str) -> str:
    """The id of the article at a canonical URL, or at the one that it has moved to."""
    known = await archive.watching(url)
    return article_id(known.moved_to or url if known is not None else url)


async def see_shown(archive: Archive, id_: str | None) -> None:
    """See that an article, if one is named, may be shown.

    Raises:
        HTTPUnavailableForLegalReasons: it was taken down.
    """
    taken = await archive.takedown(id_) if id_ is not None else None
    if taken is not None:
        raise web.HTTPUnavailableForLegalReasons(None, text=f"This article was taken down: {taken.why}")


async def shown_article(archive: Archive, id_: str) -> Any:  # noqa: ANN401 - a row
    """The row of an article.

    Raises:
        HTTPUnavailableForLegalReasons: it was taken down.
        HTTPNotFound: there is none.
    """
    await see_shown(archive, id_)
    row = await archive.article(id_)
    if row is None:
        raise web.HTTPNotFound(text="There is no such article here.")
    return row
