"""What the press remembers over restarts: one small JSON file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta as Constraint

from schemas.errors import UnavailableError

_Instant = Annotated[datetime, Constraint(tz=True)]


class PressState(msgspec.Struct, frozen=True):
    """When the press printed its first story, its time when this was written, and the port that it is served at."""

    origin: _Instant
    time: _Instant
    port: Annotated[int, Constraint(ge=0, le=65535)] = 0


def load(path: Path) -> PressState | None:
    """The state in a file, None where there is no file.

    Raises:
        UnavailableError: the file cannot be read, or is not a press's.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=PressState)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UnavailableError(f"{path}: {error}; delete it, and the press starts afresh") from None


def save(path: Path, state: PressState) -> None:
    """Write the state; the file is either the old one or the new one at any time.

    Raises:
        UnavailableError: the file or its directory cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".new")
        beside.write_bytes(msgspec.json.encode(state))
        beside.replace(path)
    except OSError as error:
        raise UnavailableError(f"{path} cannot be written: {error}") from None
