"""A script: becomes another program that is killed when the process that started it ends, whatever ends it.

`launch.py PARENT PROGRAM ARGUMENT...`, for Linux. The kernel keeps PR_SET_PDEATHSIG over an exec. It is set here and
not in `subprocess`'s `preexec_fn`, which runs between fork and exec, where a process with threads can deadlock.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>

if __name__ == "__main__":
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(sys.argv[1]):  # it ended before the kernel was told
        sys.exit(1)
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - what `java.py` was to start
