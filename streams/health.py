"""What a worker answers over HTTP at NEWSDIFF_METRICS: how it is, and what it measures.

`/live`: whether it gets on (503: it should be started again). `/ready`: whether it handles records, or is still being
given partitions and restoring their tables. `/version`. `/metrics`, for Prometheus.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from importlib.metadata import version
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import make_wsgi_app

from schemas.errors import SettingsError
from streams.settings import Settings

Check = Callable[[], str | None]
"""What is wrong, in a sentence; None: nothing."""

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]


LOOP_TIMEOUT = 5.0
"""Seconds in which an event loop has to get on."""


def gets_on(loop: asyncio.AbstractEventLoop) -> Check:
    """A check, asked from other threads, that an event loop does something."""

    def wrong() -> str | None:
        try:
            asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result(LOOP_TIMEOUT)
        except TimeoutError:
            return f"nothing has got on for {LOOP_TIMEOUT:.0f} s"
        return None

    return wrong


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Handler(WSGIRequestHandler):
    timeout = 10  # a client that says nothing does not keep its thread

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - as it is declared
        """Say nothing: every probe would be a line."""


def serve(settings: Settings, live: Check, ready: Check) -> None:
    """Answer at NEWSDIFF_METRICS, if it is set, from threads of their own.

    Raises:
        SettingsError: the address cannot be listened at.
    """
    if settings.metrics is None:
        return
    metrics = make_wsgi_app()
    checks = {"/live": live, "/ready": ready}

    def answer(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path in checks:
            wrong = checks[path]()
            return _text(start_response, HTTPStatus.SERVICE_UNAVAILABLE if wrong else HTTPStatus.OK, wrong or "ok")
        if path == "/version":
            return _text(start_response, HTTPStatus.OK, version("newsdiff"))
        if path in ("/", "/metrics"):
            found: Iterable[bytes] = metrics(environ, start_response)
            return found
        return _text(start_response, HTTPStatus.NOT_FOUND, "ask for /live, /ready, /version or /metrics")

    host, _, port = settings.metrics.rpartition(":")
    try:
        server = make_server(host, int(port), answer, _Server, _Handler)
    except (OSError, OverflowError) as error:
        raise SettingsError(f"NEWSDIFF_METRICS={settings.metrics} cannot be listened at: {error}") from error
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()


def _text(start_response: StartResponse, status: HTTPStatus, text: str) -> Iterable[bytes]:
    start_response(f"{status.value} {status.phrase}", [("Content-Type", "text/plain; charset=utf-8")])
    return [f"{text}\n".encode()]
