"""Two versions of an article set side by side: beside the event loop, and no more than a visitor can wait for.

A text may be some hundred times as large as others, by accident or by intent.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from agents.diff.compare import Comparison, compare
from agents.diff.text import Text
from schemas.change import Change
from schemas.codec import decode
from schemas.version import Version
from streams.site.articles import shown_article
from streams.site.keys import ARCHIVE, COMPARING

AT_ONCE = 2
"""Comparisons that are made at a time: each takes a processor."""

PATIENCE = 10.0
"""Seconds that one waits for its turn."""

LARGEST = 2_000_000
"""Bytes of the events that are compared: 1 MB of text at each side takes a second or two."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions of an article, and what is different between them."""

    article: Any
    old: Version
    new: Version
    what: Comparison


async def compared(request: web.Request) -> Compared:
    """What an address names.

    Raises:
        HTTPNotFound: there is no such article, or it has no such version.
        HTTPUnavailableForLegalReasons: it was taken down.
        HTTPUnprocessableEntity: the texts are too large to be compared while somebody waits.
        HTTPServiceUnavailable: too many are being compared.
    """
    archive, id_ = request.app[ARCHIVE], request.match_info["article"]
    row = await shown_article(archive, id_)
    numbers = [int(request.match_info[name]) for name in ("old", "new")]
    old, new = [await archive.version(id_, number) for number in numbers]
    if old is None or new is None:
        raise web.HTTPNotFound(text="The article has no such version.")
    published = await archive.change_between(id_, *numbers)
    if len(old) + len(new) > LARGEST or len(published or b"") > LARGEST:
        where = f"/api/v1/articles/{id_}/versions/"
        raise web.HTTPUnprocessableEntity(text=f"They are too large to be compared here; each is at {where}N.")
    async with _turn(request.app[COMPARING]):
        return await asyncio.to_thread(_compared, row, old, new, published)


def _compared(article: Any, old: bytes, new: bytes, published: bytes | None) -> Compared:  # noqa: ANN401 - a row
    """What changed: as it was published, where the versions are neighbours."""
    before, after = (decode(event, Version, "a stored event") for event in (old, new))
    if published is not None:
        event = decode(published, Change, "a stored event")
        what = Comparison(diff=event.diff, stats=event.stats, labels=event.labels, severity=event.severity)
    else:
        what = compare(Text.of(before), Text.of(after), language=after.language)
    return Compared(article, before, after, what)


@contextlib.asynccontextmanager
async def _turn(comparing: asyncio.Semaphore) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(PATIENCE):
            await comparing.acquire()
    except TimeoutError:
        headers = {"Retry-After": f"{PATIENCE:.0f}"}
        raise web.HTTPServiceUnavailable(text="Too much is being compared: try again.", headers=headers) from None
    try:
        yield
    finally:
        comparing.release()
