"""Logs on stderr: text on a terminal, JSON lines elsewhere; one event a line, and no secret."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterable
from datetime import UTC, datetime

import orjson

from streams.settings import Settings, secrets
from streams.show import visible

FIELDS = ("stage", "topic", "partition", "offset", "article", "outcome", "seconds", "traceparent")
"""What a line may have beside its message, given as `extra`."""

OURS = ("streams", "agents", "schemas")

HIDDEN = "..."


def configure(settings: Settings) -> None:
    """Log what this process does, from NEWSDIFF_LOG_LEVEL on, and what libraries warn of."""
    form = settings.log_format or ("text" if sys.stderr.isatty() else "json")
    hidden = secrets(os.environ)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(hidden) if form == "json" else Text(hidden))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for ours in OURS:
        logging.getLogger(ours).setLevel(settings.log_level.upper())


class Text(logging.Formatter):
    """Lines for people. `hidden`: what never stands in them."""

    def __init__(self, hidden: Iterable[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._hidden = tuple(hidden)

    def format(self, record: logging.LogRecord) -> str:
        """A line, and the traceback of an error beneath it."""
        return _without(self._hidden, super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """The line, of which a terminal obeys nothing, and which begins no other."""
        record.message = visible(record.message).replace("\n", "\N{REPLACEMENT CHARACTER}")
        return super().formatMessage(record)


class JsonLines(logging.Formatter):
    """A JSON object a line, for machines. `hidden`: what never stands in them."""

    def __init__(self, hidden: Iterable[str]) -> None:
        super().__init__()
        self._hidden = tuple(hidden)

    def format(self, record: logging.LogRecord) -> str:
        """A line; the traceback of an error is in its `error`."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **{name: getattr(record, name) for name in FIELDS if hasattr(record, name)},
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        line = {name: self._told(value) if isinstance(value, str) else value for name, value in line.items()}
        return orjson.dumps(line, default=str, option=orjson.OPT_UTC_Z).decode()

    def _told(self, text: str) -> str:
        """Text without what is secret, and without the halves of characters, which are no UTF-8."""
        return _without(self._hidden, text).encode("utf-8", "backslashreplace").decode()


def _without(hidden: Iterable[str], text: str) -> str:
    for secret in hidden:
        text = text.replace(secret, HIDDEN)
    return text
