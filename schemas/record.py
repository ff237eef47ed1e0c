"""What goes into a step and what comes out of it: Kafka records, without Kafka."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

Headers = tuple[tuple[str, bytes | None], ...]
"""Names and values, in their order; Kafka allows a value to be null."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it stands in a topic. `timestamp` is the time at which it was written."""

    topic: str
    partition: int
    offset: int
    timestamp: datetime
    key: bytes | None
    value: bytes | None
    headers: Headers = ()

    def header(self, name: str) -> str | None:
        """The text of a header, None where there is none; the last one wins, as Kafka's own clients have it."""
        for key, value in reversed(self.headers):
            if key == name:
                return value.decode("utf-8", "replace") if value is not None else None
        return None

    @property
    def place(self) -> str:
        """Where the record stands, for messages."""
        return f"{self.topic}[{self.partition}]@{self.offset}"


@dataclass(frozen=True, slots=True)
class Output:
    """A record to write. The partition follows from the key (murmur2, as Java, aiokafka and Faust have it)."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
