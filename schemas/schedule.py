"""The schedule event (`article.schedule.v1`): when a watched URL was and will be looked at. Compacted, keyed by it.

It is the changelog of the schedule table too: what a worker knows of an article is in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from msgspec import Meta as Constraint

from schemas import topics
from schemas.article import Count, Instant
from schemas.watch import Seconds, Watched

State = Literal["watched", "given_up", "gone", "moved", "refused"]
Weight = Annotated[float, Constraint(ge=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """How often an article is edited, as far as was known at the time `at`.

    `born`: when it was published or first seen, in seconds since 1970, as `at` is. `edits` and `exposure`: the Gamma
    distribution of its own rate. `burst`: the edits that its last edits still bring. `own`, `by_burst`: how many of
    either were expected between the last two looks. See `agents.schedule.estimate`.
    """

    born: float
    at: float
    edits: Weight
    exposure: Weight
    burst: Weight = 0.0
    own: Weight = 0.0
    by_burst: Weight = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What is known of a watched URL.

    `state`: `watched`, `given_up` (unchanged for 40 days), `gone` (the page is), `moved` (`article` is watched in its
    place), `refused` (its host does not want it to be read). `next_check`: None if there will be none. `requested_at`:
    since when a request is on its way. `failures`: in a row, and `error` the last one. `checks`: so many in all.
    `every`: seconds between two checks, as a person set them, or as a source's news have set them. `shown`: what a
    source has shown, as the xxh3_64 of each link with its time, newest first.
    """

    topic: ClassVar[str] = topics.SCHEDULE

    url: str
    kind: Watched | None
    source: str | None
    state: State
    added_at: Instant
    found_in: str | None = None
    every: Seconds | None = None
    next_check: Instant | None
    requested_at: Instant | None = None
    last_check: Instant | None = None
    last_changed: Instant | None = None
    checks: Count = 0
    changes: Count = 0
    failures: Count = 0
    error: str | None = None
    article: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    belief: Belief | None = None
    shown: tuple[int, ...] = ()
