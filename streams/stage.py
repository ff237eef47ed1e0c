"""A step in its place in the flow: what it reads, and what becomes of the records that it cannot use."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from agents.step import Result, Step
from schemas.dead_letter import dead_letter
from schemas.errors import BadRecordError, Reason
from schemas.record import Output, Record
from streams.topics import MAX_DEAD_LETTER, MAX_RECORD

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stage:
    """A step with its name, which is its table's and its agent's too, and the topic that it reads."""

    name: str
    reads: str
    step: Step

    def handle(self, record: Record, row: bytes | None) -> Result:
        """Run the step; a record that it cannot use becomes a dead letter, so that a worker outlives any record."""
        try:
            result = self.step(record, row)
        except BadRecordError as error:
            return self._bury(record, error.reason, str(error))
        except Exception as error:
            log.exception("%s failed on %s", self.name, record.place)
            return self._bury(record, Reason.FAILED, f"{type(error).__name__}: {error}")
        for output in result.outputs:
            if size(output) > MAX_RECORD:
                too_large = f"{record.place}: {size(output)} bytes for {output.topic}, the limit is {MAX_RECORD}"
                # The row moves on all the same: otherwise nothing that follows in this article could be used either.
                return replace(self._bury(record, Reason.TOO_LARGE, too_large), row=result.row)
        return result

    def _bury(self, record: Record, reason: Reason, error: str) -> Result:
        letter = dead_letter(record, step=self.name, reason=reason, error=error)
        if size(letter) > MAX_DEAD_LETTER:
            # Only a value that was compressed on its way in can be this large. The headers say where it stands.
            letter = Output(letter.topic, letter.key, None, letter.headers)
        return Result("dead", (letter,))


def size(output: Output) -> int:
    """The bytes of a record as Kafka counts them, at most."""
    headers = sum(len(name) + len(value or b"") + 10 for name, value in output.headers)
    return len(output.key or b"") + len(output.value or b"") + headers + 100
