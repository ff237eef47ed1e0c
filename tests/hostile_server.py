"""A web server on loopback that does what no web server should: a handler of raw bytes for each path."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import zlib
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

import brotli
import zstandard

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

MIB = 1024 * 1024
PAGE = b"<html><body><p>It is a page.</p></body></html>"


def answer(
    body: bytes = PAGE, *headers: str, status: str = "200 OK", length: int | None = None, kind: str = "text/html"
) -> bytes:
    """An answer in one piece."""
    count = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {count}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def says(data: bytes, *, then_hangs: bool = False) -> Handler:
    """Sends bytes, and ends, or never does."""

    async def handle(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        if then_hangs:
            await asyncio.sleep(3600)

    return handle


def repeats(head: bytes, piece: bytes, pause: float = 0.0) -> Handler:
    """Sends a beginning, and then the same piece for ever."""

    async def handle(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return handle


def redirects(location: str, status: str = "302 Found") -> Handler:
    """Sends a redirect."""
    return says(answer(b"", f"Location: {location}", status=status))


def bomb(encoding: str) -> bytes:
    """An answer of some kilobytes that inflates to a gigabyte."""
    piece = bytes(MIB)
    match encoding:
        case "gzip":
            stream = zlib.compressobj(9, zlib.DEFLATED, 31)
            body = b"".join([*(stream.compress(piece) for _ in range(1024)), stream.flush()])
        case "br":
            packer = brotli.Compressor(quality=1)
            body = b"".join([*(packer.process(piece) for _ in range(1024)), packer.finish()])
        case _:
            frames = zstandard.ZstdCompressor().compressobj()
            body = b"".join([*(frames.compress(piece) for _ in range(1024)), frames.flush()])
    return answer(body, f"Content-Encoding: {encoding}")


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"

HANDLERS: dict[str, Handler] = {
    "/page": says(answer()),
    "/gzip": says(answer(gzip.compress(PAGE), "Content-Encoding: gzip")),
    "/br": says(answer(brotli.compress(PAGE), "Content-Encoding: br")),
    "/zstd": says(answer(zstandard.compress(PAGE), "Content-Encoding: zstd")),
    "/chunked": says(CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (len(PAGE), PAGE)),
    "/tagged": says(answer(PAGE, 'ETag: "7"', "Last-Modified: Mon, 02 Mar 2026 06:15:00 GMT")),
    "/moved": redirects("/page", "301 Moved Permanently"),
    "/away": redirects("http://other.example/page"),
    "/busy": says(answer(b"", "Retry-After: 120", status="503 Service Unavailable")),
    "/no-answer": says(b""),
    "/silent": says(b"", then_hangs=True),
    "/slow-head": repeats(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", pause=0.1),
    "/slow-body": repeats(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9999\r\n\r\n", b"a", pause=0.1
    ),
    "/stalled-body": says(answer(PAGE, length=9999), then_hangs=True),
    "/endless-head": repeats(b"HTTP/1.1 200 OK\r\n", b"X-A: " + b"b" * 1000 + b"\r\n"),
    "/long-line": repeats(b"HTTP/1.1 200 OK\r\nX-A: ", b"b" * 1000),
    "/long-status": repeats(b"HTTP/1.1 200 ", b"O" * 1000),
    "/endless-body": repeats(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"a" * MIB),
    "/endless-chunks": repeats(CHUNKED, b"100000\r\n" + b"a" * MIB + b"\r\n"),
    "/endless-extension": repeats(CHUNKED + b"5;x=", b"a" * 1000),
    "/endless-100": repeats(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "/many-headers": says(answer(PAGE, *(f"X-{n}: {'b' * 8000}" for n in range(100)))),
    "/promises-much": says(answer(PAGE, length=11 * MIB)),
    "/promises-more": says(answer(PAGE, length=len(PAGE) + 1)),
    "/cut-chunk": says(CHUNKED + b"64\r\nabc"),
    "/bad-chunk": says(CHUNKED + b"zz\r\nabc\r\n0\r\n\r\n"),
    "/huge-chunk": says(CHUNKED + b"ffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
    "/two-lengths": says(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 9\r\n\r\nabcdefghi"),
    "/negative-length": says(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabc"),
    "/garbage": says(b"\x00\x01\x02 what is this\r\n\r\n"),
    "/http09": says(PAGE),
    "/bad-status": says(b"HTTP/1.1 abc OK\r\n\r\n"),
    "/nul-header": says(b"HTTP/1.1 200 OK\r\nX-A: b\x00c\r\nContent-Length: 0\r\n\r\n"),
    "/bad-header": says(b"HTTP/1.1 200 OK\r\nno colon here\r\nContent-Length: 0\r\n\r\n"),
    "/gzip-bomb": says(bomb("gzip")),
    "/br-bomb": says(bomb("br")),
    "/zstd-bomb": says(bomb("zstd")),
    "/gzip-in-gzip": says(answer(gzip.compress(gzip.compress(PAGE)), "Content-Encoding: gzip, gzip")),
    "/no-gzip": says(answer(PAGE, "Content-Encoding: gzip")),
    "/cut-gzip": says(answer(gzip.compress(PAGE)[:-9], "Content-Encoding: gzip")),
    "/cut-zstd": says(answer(zstandard.compress(PAGE)[:-4], "Content-Encoding: zstd")),
    "/unknown-encoding": says(answer(PAGE, "Content-Encoding: rot13")),
    "/loop": redirects("/loop"),
    "/loop-a": redirects("/loop-b"),
    "/loop-b": redirects("/loop-a"),
    "/nowhere": says(answer(b"", status="302 Found")),
    "/to-file": redirects("file:///etc/passwd"),
    "/to-script": redirects("javascript:alert(1)"),
    "/to-user": redirects("http://root:secret@127.0.0.1/"),
    "/to-metadata": redirects("http://169.254.169.254/latest/meta-data/"),
    "/to-loopback": redirects("http://127.0.0.1:9/"),
    "/to-mapped": redirects("http://[::ffff:10.0.0.1]/"),
    "/to-decimal": redirects("http://2130706433/"),
    "/to-private": redirects("/private"),
    "/private": says(answer()),
    "/to-garbage": redirects("http://[::::/"),
}
HANDLERS |= {f"/step-{n}": redirects(f"/step-{n + 1}") for n in range(20)}


class HostileServer:
    """A context in which the server runs; `endpoint` is its HOST:PORT."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._handle, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()
        self.endpoint = f"{host}:{port}"
        self._tasks: set[asyncio.Task[None]] = set()
        self.asked: list[tuple[str, bytes]] = []
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode()
            self.asked.append((path, head))
            await HANDLERS[path](reader, writer)
        writer.close()
