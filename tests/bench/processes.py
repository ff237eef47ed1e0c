"""Processes as the kernel accounts for them (Linux: proc(5))."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def worker_pids() -> list[int]:
    """The workers that are children of this process."""
    return [pid for pid in _children(os.getpid()) if _command(pid).endswith(b"streams\0worker\0")]


def cpu_seconds(pid: int) -> float:
    """Seconds of a processor that a process has used, in its own code and in the kernel: utime and stime."""
    user, system = _stat(pid)[11:13]
    return (int(user) + int(system)) / TICKS


def resident_mib(pid: int) -> float:
    """Memory of a process and of its children that is in RAM, in MiB: VmRSS."""
    statuses = (Path(f"/proc/{one}/status").read_text() for one in (pid, *_children(pid)))
    return sum(int(status.partition("VmRSS:")[2].split()[0]) for status in statuses) / 1024


def _children(pid: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if int(_stat(int(path.name))[1]) == pid:
                found.append(int(path.name))
    return sorted(found)


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third on, the state: the second, a name, may have spaces."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
