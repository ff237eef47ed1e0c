"""The site as a web server: every address that it has, and what holds for all of them."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from importlib import resources
from importlib.metadata import version

import jinja2
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from agents.archive.figures import Figures
from agents.archive.queries import Archive
from streams.clock import Clock
from streams.hubs import Hubs
from streams.site import api, card, charts, feeds, hubs, live, pages
from streams.site.broadcast import Broadcast
from streams.site.comparing import AT_ONCE
from streams.site.kept import Kept
from streams.site.keys import ARCHIVE, BROADCAST, CLOCK, COMPARING, FIGURES, HUBS, KEPT, LIMITS, PUBLIC_URL, TEMPLATES
from streams.site.limits import Limits, visitor_of
from streams.site.templating import new_templates, render

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Server": "newsdiff",
}
"""On every answer: no script and no style but our own files, nothing from anywhere else."""

MAX_TARGET = 4096
"""Characters of a path with its query."""

STATIC_FOR = 3600

log = logging.getLogger(__name__)


def new_site(
    engine: AsyncEngine,
    broadcast: Broadcast,
    clock: Clock,
    *,
    public_url: str | None = None,
    known_hubs: Hubs | None = None,
) -> web.Application:
    """The application over an archive's database. `public_url`: its address, if it is known."""
    app = web.Application(middlewares=[_safe], client_max_size=1024)
    app[ARCHIVE], app[TEMPLATES], app[BROADCAST] = Archive(engine), new_templates(), broadcast
    app[FIGURES], app[KEPT], app[CLOCK] = Figures(engine), Kept(), clock
    app[LIMITS], app[COMPARING] = Limits(), asyncio.Semaphore(AT_ONCE)
    if public_url is not None:
        app[PUBLIC_URL] = public_url
    if known_hubs is not None:
        app[HUBS] = known_hubs
    get = app.router.add_get
    get("/", pages.home)
    get("/changes", pages.changes)
    get("/sources", charts.sources)
    get("/watched", charts.watched)
    get("/charts", charts.charts)
    get("/search", pages.search)
    get("/a/{article:[0-9a-f]{32}}", pages.article)
    get("/a/{article:[0-9a-f]{32}}/compare", pages.chosen)
    get(r"/a/{article:[0-9a-f]{32}}/{old:[0-9]{1,9}}-{new:[0-9]{1,9}}", pages.compare)
    get(r"/a/{article:[0-9a-f]{32}}/{old:[0-9]{1,9}}-{new:[0-9]{1,9}}.svg", card.card)
    get("/feed.{kind:rss|atom|json}", feeds.feed)
    get("/api/v1/openapi.json", api.openapi)
    get("/api/v1/changes", api.changes)
    get("/api/v1/articles", api.find)
    get("/api/v1/articles/{article:[0-9a-f]{32}}", api.article)
    get(r"/api/v1/articles/{article:[0-9a-f]{32}}/versions/{number:[0-9]{1,9}}", api.version)
    get(r"/api/v1/articles/{article:[0-9a-f]{32}}/diff/{old:[0-9]{1,9}}/{new:[0-9]{1,9}}", api.diff)
    get("/api/v1/stream", live.stream)
    get("/websub/{subscription:[0-9a-f]{32}}", hubs.verify)
    app.router.add_post("/websub/{subscription:[0-9a-f]{32}}", hubs.take)
    get("/static/{name:[a-z]+\\.(?:css|js|svg)}", _static)
    get("/robots.txt", _robots)
    get("/live", _live)
    get("/ready", _ready)
    get("/version", _version)
    return app


@web.middleware
async def _safe(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer in a page also where something is wrong, and tell no visitor more than that."""
    try:
        _check(request)
        response = await handler(request)
    except web.HTTPRedirection as redirection:
        redirection.headers.update(HEADERS)
        raise
    except web.HTTPException as error:
        response = _failed(request, error.status, error.text or "")
        told = {name: value for name, value in error.headers.items() if name in ("Retry-After", "Allow")}
        response.headers.update(told)
    except Exception:
        log.exception("%s cannot be answered", request.rel_url.path)
        response = _failed(request, HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong here.")
    if not response.prepared:
        response.headers.update(HEADERS)
    return response


def _check(request: web.Request) -> None:
    """See that a visitor may ask for this now.

    Raises:
        HTTPBadRequest, HTTPRequestURITooLong, HTTPTooManyRequests: it may not.
    """
    try:
        _ = request.url
    except ValueError:
        raise web.HTTPBadRequest(text="The Host header is no host.") from None
    if len(request.raw_path) > MAX_TARGET:
        raise web.HTTPRequestURITooLong(text=f"An address may have {MAX_TARGET} characters.")
    wait = request.app[LIMITS].wait(visitor_of(request))
    if wait > 0:
        headers = {"Retry-After": str(math.ceil(wait))}
        raise web.HTTPTooManyRequests(text="That is too much at once: wait a little.", headers=headers)


def _failed(request: web.Request, status: int, why: str) -> web.Response:
    title = HTTPStatus(status).phrase
    if why == f"{status}: {title}":  # aiohttp's own, which says nothing more
        why = "There is no such page here." if status == HTTPStatus.NOT_FOUND else "That cannot be asked for here."
    if request.path.startswith("/api/"):
        return web.json_response({"error": title, "detail": why}, status=status)
    try:
        return render(request, "error.html", status=status, title=title, why=why)
    except jinja2.TemplateError:
        log.exception("the page of an error cannot be made")
        return web.Response(text=title, status=status)


async def _static(request: web.Request) -> web.Response:
    """A style, a script or a picture of ours."""
    name = request.match_info["name"]
    file = resources.files("streams.site.static").joinpath(name)
    if not file.is_file():
        raise web.HTTPNotFound
    kinds = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
    kind = kinds[name.rpartition(".")[2]]
    headers = {"Cache-Control": f"public, max-age={STATIC_FOR}"}
    return web.Response(body=file.read_bytes(), content_type=kind, charset="utf-8", headers=headers)


async def _live(_request: web.Request) -> web.Response:
    return web.Response(text="ok\n")


async def _ready(request: web.Request) -> web.Response:
    """Whether pages can be read."""
    try:
        await request.app[ARCHIVE].check()
    except (SQLAlchemyError, OSError) as error:
        what = type(error).__name__
        return web.Response(text=f"the database does not answer: {what}\n", status=HTTPStatus.SERVICE_UNAVAILABLE)
    return web.Response(text="ok\n")


async def _version(_request: web.Request) -> web.Response:
    return web.Response(text=f"{version('newsdiff')}\n")


async def _robots(_request: web.Request) -> web.Response:
    return web.Response(text="User-agent: *\nDisallow: /search\nDisallow: /api/\n")
