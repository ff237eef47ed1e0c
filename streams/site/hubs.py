"""What hubs ask of the site: whether it wants a subscription, and to take news (WebSub, 5.3 and 7)."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from aiohttp import web

from schemas.content_encoding import MAX_BODY
from schemas.errors import NewsdiffError
from streams.hubs import Signature
from streams.site.keys import HUBS
from streams.site.wanted import MAX_VALUE

BODY_TIMEOUT = 15.0
"""Seconds for the body of news, of which no more is read than what its signature needs."""

log = logging.getLogger(__name__)


async def verify(request: web.Request) -> web.Response:
    """Confirm that a subscription is wanted, by the challenge of the hub."""
    row, query = await _subscription(request), request.query
    if query.get("hub.topic") != row.topic:
        raise web.HTTPNotFound(text="that is not the topic of this subscription")
    if query.get("hub.mode") == "denied":
        await request.app[HUBS].subscriptions.refused(row.id, f"denied: {query.get('hub.reason', '')}")
        return web.Response()
    challenge, seconds = query.get("hub.challenge", ""), query.get("hub.lease_seconds", "")
    if query.get("hub.mode") != "subscribe" or not 0 < len(challenge) <= MAX_VALUE:
        raise web.HTTPNotFound(text="nobody here has asked for that")
    is_number = seconds.isascii() and seconds.isdigit() and len(seconds) <= 12  # noqa: PLR2004 - no time is longer
    await request.app[HUBS].grant(row, int(seconds) if is_number else 0)
    return web.Response(text=challenge, content_type="text/plain")


async def take(request: web.Request) -> web.Response:
    """Take news of a source, if they are signed with the secret that only its hub knows.

    What comes with them is not read: the source itself is asked. A wrong signature is answered as a right one is.
    """
    row = await _subscription(request)
    signature = Signature(request.headers.get("X-Hub-Signature", ""), row.secret)
    size = 0
    try:
        async with asyncio.timeout(BODY_TIMEOUT):
            async for chunk in request.content.iter_any():
                size += len(chunk)
                if size > MAX_BODY:
                    raise web.HTTPRequestEntityTooLarge(MAX_BODY, size)
                signature.add(chunk)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    if signature.is_right:
        try:
            await request.app[HUBS].tell(row)
        except NewsdiffError as error:
            log.warning("news of a hub cannot be passed on: %s", error)
            raise web.HTTPServiceUnavailable(text="try again later") from None
    else:
        log.info("news of %s are not signed by its hub", row.url)
    return web.Response(status=202)


async def _subscription(request: web.Request) -> Any:  # noqa: ANN401 - a row
    """The subscription of an address.

    Raises:
        HTTPGone: there is none, so that a hub ends its own.
    """
    row = (
        await request.app[HUBS].subscriptions.find(request.match_info["subscription"]) if HUBS in request.app else None
    )
    if row is None:
        raise web.HTTPGone(text="There is no such subscription.")
    return row
