"""Conditional requests (RFC 9110, 13), as most papers answer them."""

from __future__ import annotations

import xxhash
from aiohttp import web


def conditional(request: web.Request, response: web.Response, mark: bytes | None = None) -> web.Response:
    """The response with an ETag; or a 304, where the request knows that one already.

    `mark`: what is another one in another version of the page; its bytes where they are the same each time.
    """
    if response.status != web.HTTPOk.status_code:
        return response
    body = response.body if mark is None else mark
    assert isinstance(body, bytes)
    etag = f'"{xxhash.xxh3_64_hexdigest(body)}"'
    if request.headers.get("If-None-Match") == etag:
        return web.Response(status=304, headers={"ETag": etag})
    response.headers["ETag"] = etag
    return response
