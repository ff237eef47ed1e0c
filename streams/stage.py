"""A step in its place in the flow: what it reads, and what becomes of the records that it cannot use."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from agents.step import Result, Step
from schemas.dead_letter import dead_letter
from schemas.errors import BadRecordError, Reason, UnavailableError
from schemas.record import Headers, Output, Record
from streams.topics import MAX_DEAD_LETTER, MAX_RECORD, TOPICS

OVERHEAD = 100
"""Bytes that Kafka adds to a record, at most."""

_LIMITS = {topic.name: topic.max_bytes for topic in TOPICS}

IsKnown = Callable[[bytes, bytes, Headers, int, bytes], bool]

log = logging.getLogger(__name__)


class Reader(Protocol):
    """What reads topics: its name is its table's and its agent's too."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def reads(self) -> tuple[str, ...]:
        """The topics; their records share a table."""
        ...


@dataclass(frozen=True, slots=True)
class Stage:
    """A step with its name, which is its table's and its agent's too, and the topics that it reads."""

    name: str
    reads: tuple[str, ...]
    step: Step
    is_known: IsKnown = lambda *_: False
    """Whether, without work, the step is known to write nothing for a key, value, headers, timestamp and row."""
    max_row: int = MAX_RECORD
    """Bytes of a row with its key; its changelog takes no larger ones."""

    def handle(self, record: Record, row: bytes | None) -> Result:
        """Run the step; a record that it cannot use becomes a dead letter, so that a worker outlives any record."""
        try:
            result = self.step(record, row)
        except BadRecordError as error:
            return bury(self.name, record, error.reason, str(error))
        except UnavailableError:  # no fault of the record: it is handled when what is missing is there again
            raise
        except Exception as error:
            log.exception("%s failed on %s", self.name, record.place)
            return bury(self.name, record, Reason.FAILED, f"{type(error).__name__}: {error}")
        if isinstance(result.row, bytes) and len(record.key or b"") + len(result.row) + OVERHEAD > self.max_row:
            too_large = f"{record.place}: a row of {len(result.row)} bytes, the limit is {self.max_row}"
            return bury(self.name, record, Reason.TOO_LARGE, too_large)
        for output in result.outputs:
            limit = _LIMITS.get(output.topic, MAX_RECORD)
            if size(output) > limit:
                too_large = f"{record.place}: {size(output)} bytes for {output.topic}, the limit is {limit}"
                # The row moves on all the same: otherwise nothing that follows in this article could be used either.
                return replace(bury(self.name, record, Reason.TOO_LARGE, too_large), row=result.row)
        return result


def bury(step: str, record: Record, reason: Reason, error: str) -> Result:
    """What is written of a record that a step cannot use: a dead letter."""
    # Only what was compressed on its way in can be too large. It is left out, and the letter says where it stands.
    letter = dead_letter(record, step=step, reason=reason, error=error)
    for cut in ({"value": None}, {"headers": ()}, {"key": None}):
        if size(letter) <= MAX_DEAD_LETTER:
            break
        record = replace(record, **cut)
        letter = dead_letter(record, step=step, reason=reason, error=error)
    return Result("dead", (letter,))


def size(output: Output) -> int:
    """The bytes of a record as Kafka counts them, at most."""
    headers = sum(len(name) + len(value or b"") + 10 for name, value in output.headers)
    return len(output.key or b"") + len(output.value or b"") + headers + OVERHEAD
