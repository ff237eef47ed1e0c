"""Processes as the kernel accounts for them (Linux: proc(5))."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def worker_pids() -> list[int]:
    """The workers that are children of this process."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            ours = int(_stat(int(path.name))[1]) == os.getpid()
            if ours and (path / "cmdline").read_bytes().endswith(b"streams\0worker\0"):
                found.append(int(path.name))
    return sorted(found)


def cpu_seconds(pid: int) -> float:
    """Seconds of a processor that a process has used, in its own code and in the kernel: utime and stime."""
    user, system = _stat(pid)[11:13]
    return (int(user) + int(system)) / TICKS


def resident_mib(pid: int) -> float:
    """Memory of a process that is in RAM, in MiB: VmRSS."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third on, the state: the second, a name, may have spaces."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
