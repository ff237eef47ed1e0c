"""Reading pages where it can be killed: child processes that read one page after the other.

A page may keep parser and extractor busy for minutes, or crash them. The child has a budget of processor time for each
page, after which the kernel ends it: so a machine that is slow, or a process that is paused, costs no page.
"""

from __future__ import annotations

import contextlib
import signal
import struct
import subprocess
import sys
from pathlib import Path
from queue import LifoQueue
from typing import IO

import msgspec

from agents.detect.reading import Reading
from agents.discover.document import Document
from schemas.errors import BadRecordError, Reason

BUDGET = 2.0
"""Seconds of processor time for a page."""

DOCUMENT_BUDGET = 10.0
"""The same for what a watcher has fetched: a sitemap of 50,000 URLs takes 2 s."""

_LENGTH = struct.Struct(">I")


class PageRequest(msgspec.Struct, array_like=True, tag="page"):
    """The arguments of `read_page`."""

    body: bytes
    charset: str | None
    known: str | None
    host: str


class DocumentRequest(msgspec.Struct, array_like=True, tag="document"):
    """The arguments of `read_document`."""

    body: bytes
    url: str
    content_type: str | None
    is_article: bool


Request = PageRequest | DocumentRequest


class Answer(msgspec.Struct, array_like=True):
    """What `read_page` or `read_document` returned, or raised."""

    read: Reading | None = None
    document: Document | None = None
    reason: Reason | None = None
    error: str = ""


_answers = msgspec.msgpack.Decoder(Answer)


class Readers:
    """At most `count` children that read pages, started when they are needed; called from any thread.

    `rules`: the folder of the rules per source.
    """

    def __init__(self, count: int, rules: Path | None = None) -> None:
        self._idle: LifoQueue[_Child] = LifoQueue()  # the one that was used last, so that the others need not start
        for _ in range(count):
            self._idle.put(_Child(rules))

    def __call__(self, body: bytes, charset: str | None = None, known: str | None = None, host: str = "") -> Reading:
        """See `agents.detect.page.read_page`.

        Raises:
            BadRecordError: as `read_page`; `too_complex` too where the page is over its budget, `unreadable` where it
                ends its reader.
        """
        answer = self._ask(PageRequest(body, charset, known, host))
        if answer.read is None:
            raise BadRecordError(answer.reason or Reason.UNREADABLE, answer.error)
        return answer.read

    def document(self, body: bytes, url: str, content_type: str | None, *, is_article: bool) -> Document:
        """See `agents.discover.document.read_document`.

        Raises:
            BadRecordError: as for a page.
        """
        answer = self._ask(DocumentRequest(body, url, content_type, is_article))
        if answer.document is None:
            raise BadRecordError(answer.reason or Reason.UNREADABLE, answer.error)
        return answer.document

    def _ask(self, request: Request) -> Answer:
        child = self._idle.get()
        try:
            return child.ask(request)
        except BaseException:  # its answer may still be on its way
            child.close()
            raise
        finally:
            self._idle.put(child)

    def close(self) -> None:
        """End the children that are idle."""
        while not self._idle.empty():
            self._idle.get().close()


class _Child:
    """A process that reads pages; started anew where it has ended."""

    def __init__(self, rules: Path | None) -> None:
        self._rules = [] if rules is None else [str(rules)]
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, request: Request) -> Answer:
        """Its answer. A child that was killed, as the kernel does where memory runs out, is asked once more."""
        message = msgspec.msgpack.encode(request)
        for _ in range(2):
            process = self._running()
            with contextlib.suppress(OSError):  # it has ended
                write_message(process.stdin, message)
                if (answer := read_message(process.stdout)) is not None:
                    return _answers.decode(answer)
            self.close()
            if process.returncode != -signal.SIGKILL:
                break
        if process.returncode == -signal.SIGPROF:
            budget = budget_of(request)
            return Answer(reason=Reason.TOO_COMPLEX, error=f"the page takes longer than {budget:g} s to read")
        return Answer(reason=Reason.UNREADABLE, error=f"the page ended its reader with code {process.returncode}")

    def close(self) -> None:
        """End the process, if there is one: it ends itself where nothing more can come."""
        if self._process is not None:
            self._process.communicate()
            self._process = None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            command = [sys.executable, "-m", "streams.reader_process", *self._rules]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - our own program, no shell
        return self._process


def budget_of(request: Request) -> float:
    """Seconds of processor time for a request."""
    return BUDGET if isinstance(request, PageRequest) else DOCUMENT_BUDGET


def write_message(pipe: IO[bytes] | None, message: bytes) -> None:
    """Write a message: its length and its bytes."""
    assert pipe is not None
    pipe.write(_LENGTH.pack(len(message)))
    pipe.write(message)
    pipe.flush()


def read_message(pipe: IO[bytes] | None) -> bytes | None:
    """The next message, None where no whole one comes."""
    assert pipe is not None
    length = pipe.read(_LENGTH.size)
    if len(length) < _LENGTH.size:
        return None
    (size,) = _LENGTH.unpack(length)
    message = pipe.read(size)
    return message if len(message) == size else None
