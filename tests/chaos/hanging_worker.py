"""A worker that hangs on the first record whose value says so: `hanging_worker.py FLAG sleep|lock worker`.

It touches FLAG before, and hangs only where there is none. `sleep` hangs its thread; `lock` every thread, since a
regular expression that backtracks does not give up Python's lock.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

from agents.detect.step import Detect
from agents.step import Result
from schemas.record import Record
from streams.cli import main

handle = Detect.__call__
flag, how = Path(sys.argv[1]), sys.argv[2]


def hang(self: Detect, record: Record, row: bytes | None) -> Result:
    """Hang, once."""
    if b"hang" in (record.value or b"") and not flag.exists():
        flag.touch()
        if how == "sleep":
            time.sleep(10_000)
        re.match(r"(a+)+$", "a" * 60 + "b")
    return handle(self, record, row)


if __name__ == "__main__":
    Detect.__call__ = hang  # type: ignore[method-assign]
    main(sys.argv[3:])
