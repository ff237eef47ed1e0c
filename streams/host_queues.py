"""Requests in a queue for each host, which is asked for one after the other, at its pace.

A host's requests all stand in one partition, so that one worker has the host. Before a host is asked, its row says so
and is committed: a worker that lost the partition without knowing it is fenced there, and whoever has it next keeps
the pace. What is answered is committed with its answer; the partition's offset stays before the first request that is
not answered, so that none gets lost.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from schemas.fetch_request import FetchRequest

MAX_WAITING = 32
"""Requests that wait for a host: those that are worth least are put off, and asked for again later."""


@dataclass(order=True)
class Waiting:
    """A request in its queue; what is worth most comes first."""

    order: tuple[float, int]
    request: FetchRequest = field(compare=False)

    @property
    def offset(self) -> int:
        """Where the request stands in its partition."""
        return self.order[1]
