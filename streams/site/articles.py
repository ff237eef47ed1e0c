"""Finds an article, unless it is not to be shown."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from agents.archive.queries import Archive


async def shown_article(archive: Archive, id_: str) -> Any:  # noqa: ANN401 - a row
    """The row of an article.

    Raises:
        HTTPUnavailableForLegalReasons: it was taken down.
        HTTPNotFound: there is none.
    """
    taken = await archive.takedown(id_)
    if taken is not None:
        raise web.HTTPUnavailableForLegalReasons(None, text=f"This article was taken down: {taken.why}")
    row = await archive.article(id_)
    if row is None:
        raise web.HTTPNotFound(text="There is no such article here.")
    return row
