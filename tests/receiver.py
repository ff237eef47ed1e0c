"""Somebody who is sent requests, as webhooks and traces are, for tests, and the file that names whom to tell."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

import orjson

SECRET = "whsec_" + base64.b64encode(b"a horse that has four-and-twenty").decode()
KEY = base64.b64decode(SECRET.removeprefix("whsec_"))


class Receiver:
    """A context with somebody who is told. `answer`: the status for the nth request."""

    def __init__(self, answer: Callable[[int], int] = lambda _: 204) -> None:
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.asked = 0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = answer(receiver.asked)
                receiver.asked += 1
                if status < 300:
                    receiver.taken.append(({name.lower(): text for name, text in self.headers.items()}, body))
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        """Where it is told."""
        return f"{self.address}/hook"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def numbers(self) -> list[int]:
        """The versions of the changes that it took."""
        return [orjson.loads(body)["current"]["version"] for _, body in self.taken]


def file_of(path: Path, **hooks: dict[str, object]) -> Path:
    """A file of webhooks."""
    lines = []
    for name, values in hooks.items():
        lines += ["[[webhook]]", f'name = "{name}"', f'secret = "{SECRET}"']
        lines += [f"{key} = {orjson.dumps(value).decode()}" for key, value in values.items()]
    path.write_text("\n".join(lines))
    return path
