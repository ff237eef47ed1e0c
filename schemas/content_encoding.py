"""Bodies as HTTP compresses them, inflated within a bound."""

from __future__ import annotations

import zlib

import brotli
import zstandard

from schemas.errors import BadRecordError, Reason

MAX_BODY = 10 * 1024 * 1024
"""The largest body, decompressed, in bytes. Of 2,508 real pages the largest has 1.5 MB; a record may have 12 MiB."""

_GZIP = zlib.MAX_WBITS | 16
_RAW = -zlib.MAX_WBITS
_KNOWN = "gzip, deflate, br, zstd or identity"

MAX_WINDOW = 8 * 1024 * 1024
"""The window that a zstd stream may ask for (RFC 8878, 3.1.1.1.2)."""


def decompress(body: bytes, encoding: str | None, place: str) -> bytes:
    """The body without its content encoding.

    Never inflates more than `MAX_BODY` and one byte, whatever the body promises.

    Raises:
        BadRecordError: `bad_encoding` (unknown, or the body is not what it says), `too_large`.
    """
    match (encoding or "identity").strip().lower():
        case "identity":
            inflated = body
        case "gzip" | "x-gzip":
            inflated = _inflate(body, _GZIP, "gzip", place)
        case "deflate":
            # RFC 9110 means the zlib format, but servers send bare deflate under this name too. The first byte of the
            # zlib format ends in 8 (its method), which no bare stream that zlib writes begins with.
            wrapped = body[:1] and body[0] & 0x0F == zlib.DEFLATED
            inflated = _inflate(body, zlib.MAX_WBITS if wrapped else _RAW, "deflate", place)
        case "br":
            inflated = _brotli(body, place)
        case "zstd":
            inflated = _zstd(body, place)
        case unknown:
            raise BadRecordError(
                Reason.BAD_ENCODING,
                f"{place}: content-encoding {unknown[:40]!r} is not known: send the body as {_KNOWN}",
            )
    if len(inflated) > MAX_BODY:
        raise BadRecordError(Reason.TOO_LARGE, f"{place}: the body has more than {MAX_BODY} bytes: send a shorter one")
    return inflated


def _inflate(body: bytes, window: int, name: str, place: str) -> bytes:
    stream = zlib.decompressobj(window)
    try:
        inflated = stream.decompress(body, MAX_BODY + 1)
    except zlib.error as error:
        raise _lie(name, place, str(error)) from None
    if len(inflated) <= MAX_BODY and not stream.eof:
        raise _lie(name, place, "it is cut short")
    if stream.unused_data:
        raise _lie(name, place, f"{len(stream.unused_data)} bytes follow its end")
    return inflated


def _brotli(body: bytes, place: str) -> bytes:
    stream = brotli.Decompressor()
    inflated = bytearray()
    try:
        inflated += stream.process(body, output_buffer_limit=MAX_BODY + 1)
        while len(inflated) <= MAX_BODY and not stream.can_accept_more_data() and not stream.is_finished():
            inflated += stream.process(b"", output_buffer_limit=MAX_BODY + 1)
    except brotli.error as error:
        raise _lie("br", place, str(error)) from None
    if len(inflated) <= MAX_BODY and not stream.is_finished():
        raise _lie("br", place, "it is cut short")
    return bytes(inflated)


def _zstd(body: bytes, place: str) -> bytes:
    decompressor = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
    try:
        with decompressor.stream_reader(body) as reader:
            inflated: bytes = reader.read(MAX_BODY + 1)
        if len(inflated) > MAX_BODY:
            return inflated
        whole = decompressor.decompressobj()  # has no bound, but tells whether the stream has ended
        whole.decompress(body)
    except zstandard.ZstdError as error:
        raise _lie("zstd", place, str(error)) from None
    if not whole.eof:
        raise _lie("zstd", place, "it is cut short")
    return inflated


def _lie(name: str, place: str, what: str) -> BadRecordError:
    message = f"{place}: content-encoding says {name}, but the body is not: {what}; send the true content-encoding"
    return BadRecordError(Reason.BAD_ENCODING, message)
