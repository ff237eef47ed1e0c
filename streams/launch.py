"""A child process that ends with its parent, whatever ends that; also the script that sees to it.

`launch.py PARENT SIGNAL PROGRAM ARGUMENT...` becomes PROGRAM, which the kernel sends SIGNAL when the process PARENT has
ended: PR_SET_PDEATHSIG is kept over an exec. It is set here and not in `subprocess`'s `preexec_fn`, which runs between
fork and exec, where a process with threads can deadlock.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def ending_with_this_process(command: Sequence[str], by: signal.Signals) -> list[str]:
    """The command for a child that gets this signal when the *thread* that starts it ends. Only Linux has this."""
    if sys.platform != "linux":
        return [*command]
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), str(int(by)), *command]


if __name__ == "__main__":
    parent, number, program = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:  # it ended before the kernel was told
        sys.exit(1)
    os.execv(program[0], program)  # noqa: S606 - what the parent was to start
