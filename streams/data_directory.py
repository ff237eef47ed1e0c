"""The data directory: made, found writable, and held by one process at a time."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from schemas.errors import UnavailableError


@contextlib.contextmanager
def locked(directory: Path, name: str) -> Iterator[Path]:
    """Hold `directory` for the role `name`; the lock ends with the process, whatever ends it.

    Raises:
        UnavailableError: it cannot be written, or another process holds it.
    """
    path = directory / f"{name}.lock"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        file = path.open("r+b" if path.exists() else "w+b", buffering=0)
    except OSError as error:
        raise UnavailableError(f"the data directory {directory} cannot be used: {error}; set NEWSDIFF_DATA") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = file.read().decode().strip() or "?"
            raise UnavailableError(
                f"the data directory {directory} is in use by another {name} (process {holder}): "
                "stop it, or set NEWSDIFF_DATA to another directory"
            ) from None
        try:
            file.truncate(0)
            file.write(str(os.getpid()).encode())
        except OSError as error:
            raise UnavailableError(
                f"the data directory {directory} cannot be written: {error}; make room, or set NEWSDIFF_DATA"
            ) from error
        yield directory
