"""Files that a user names: read as a whole, decompressed by their suffix, and never more than may be."""

from __future__ import annotations

import contextlib
import gzip
import io
import lzma
from pathlib import Path
from typing import IO, cast

import zstandard

from schemas.content_encoding import MAX_BODY
from schemas.errors import UnavailableError

DECOMPRESSION_ERRORS = (EOFError, lzma.LZMAError, zstandard.ZstdError)


def decompressed(path: Path, file: IO[bytes]) -> contextlib.AbstractContextManager[IO[bytes]]:
    """An open file as its suffix says: .gz, .xz, .zst, else as it is."""
    match path.suffix:
        case ".gz":
            return cast("IO[bytes]", gzip.GzipFile(fileobj=file))
        case ".xz":
            return lzma.LZMAFile(file)
        case ".zst":
            return io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(file))
        case _:
            return contextlib.nullcontext(file)


def read_whole(path: Path) -> bytes:
    """What is in a file, which may be as large as the largest page that the service takes.

    Raises:
        UnavailableError: it cannot be read, or is larger.
    """
    try:
        with path.open("rb") as file, decompressed(path, file) as plain:
            body = plain.read(MAX_BODY + 1)
    except (OSError, *DECOMPRESSION_ERRORS) as error:
        raise UnavailableError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if len(body) > MAX_BODY:
        raise UnavailableError(f"{path} has more than {MAX_BODY} bytes, the size of the largest page")
    return body
