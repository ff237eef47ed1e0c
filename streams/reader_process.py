"""A process that reads pages from its standard input: `reader_process [RULES]`, see `streams.readers`."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from agents.detect.page import read_page
from agents.detect.rules import Rules
from agents.discover.document import read_document
from schemas.errors import BadRecordError, Reason
from streams.readers import Answer, PageRequest, Request, budget_of, read_message, write_message
from streams.rule_files import load_rules

MAX_MEMORY = 2 * 1024**3
"""Bytes of address space."""


def main() -> None:
    """Read pages from standard input until it ends."""
    for stop in (signal.SIGINT, signal.SIGTERM):  # they are for the parent, which may still need what is being read
        signal.signal(stop, signal.SIG_IGN)
    with contextlib.suppress(ValueError, OSError):  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints is no answer
    rules = load_rules(Path(sys.argv[1]) if sys.argv[1:] else None)
    requests = msgspec.msgpack.Decoder(Request)
    while (message := read_message(sys.stdin.buffer)) is not None:
        request = requests.decode(message)
        signal.setitimer(signal.ITIMER_PROF, budget_of(request))  # SIGPROF is left to end the process
        answer = _answer(request, rules)
        signal.setitimer(signal.ITIMER_PROF, 0)
        try:
            write_message(answers, msgspec.msgpack.encode(answer))
        except BrokenPipeError:  # whoever asked is gone
            os._exit(1)


def _answer(request: Request, rules: Mapping[str, Rules]) -> Answer:
    try:
        if isinstance(request, PageRequest):
            return Answer(read_page(request.body, request.charset, request.known, request.host, rules))
        found = read_document(request.body, request.url, request.content_type, is_article=request.is_article)
        return Answer(document=found)
    except BadRecordError as error:
        return Answer(reason=error.reason, error=str(error))
    except MemoryError:
        return Answer(reason=Reason.TOO_COMPLEX, error=f"the page takes more than {MAX_MEMORY >> 20} MiB to read")


if __name__ == "__main__":
    main()
