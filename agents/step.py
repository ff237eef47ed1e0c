"""What a step is: a plain function from a record and its article's row to what shall be written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from schemas.record import Output, Record


class Keep:
    """The row stays as it is."""


KEEP = Keep()


@dataclass(frozen=True, slots=True)
class Result:
    """What a step wants written: records, and the row of the record's key in the step's table (None deletes it).

    `outcome` is one word for logs and metrics. `purge`: what the row was before shall not stay on any disk.
    """

    outcome: str
    outputs: tuple[Output, ...] = ()
    row: bytes | Keep | None = KEEP
    purge: bool = False


class Step(Protocol):
    """A step of the flow.

    It has no clock, no chance and no I/O: the same records in the same order always give the same results. It raises
    `BadRecordError` where a record cannot be used.
    """

    def __call__(self, record: Record, row: bytes | None) -> Result:
        """Handle one record; `row` is what the step's table holds under the record's key."""
        ...
