"""The schedule event (`article.schedule.v1`): when a watched URL was and will be looked at. Compacted, keyed by it.

It is the changelog of the schedule table too: what a worker knows of an article is in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from schemas import topics
from schemas.article import Count, Instant
from schemas.check import Hub, Threshold
from schemas.watch import Seconds, Watched

State = Literal["watched", "given_up", "gone", "moved", "refused"]


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed of an article. Times are in seconds since 1970.

    `alpha` and `beta`: the Gamma distribution of its edits per unit of exposure. `burst`: the edits that those seen
    still make follow. `published`: or first sight, where that is unknown or lies later. `last_change`: the newest one,
    or first sight. See `agents.schedule.estimate`.
    """

    alpha: float
    beta: float
    burst: float
    published: float
    last_change: float
    last_check: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What is known of a watched URL.

    `state`: `watched`, `given_up` (unchanged for 40 days), `gone` (the page is), `moved` (`article` is watched in its
    place), `refused` (its host does not want it to be read). `next_check`: None if there will be none. `requested_at`:
    since when a request is on its way that no news has overtaken. `failures`: in a row, and `error` the last one.
    `checks`: so many in all. `published`: as its first version says. `belief`: of an article, since its last check;
    `before`: before it, should that turn out to have shown an edit. `signal`: the source whose word of an edit brought
    the next check forward; `followed`: the one that the last check followed, should it turn out to have been right.
    `is_asked`, `is_named`, `hops`: as in a watch record. `every`: seconds between two checks, as a person set them;
    `interval`: as the news of a source have set them. `fixed`: whether it is read under its own address, since others
    lead or refer back to it. `doubted_until`: until then, what was read has to be read again before it counts; a later
    answer that is no 304 ends it. `threshold`: what a check had to promise at its host when it was last heard of (see
    `agents.schedule.price`). `shown`: what a source has shown, as the xxh3_64 of each link with its time, newest
    first. `hub`: tells of a source's news. `forgotten`: it is not to be read, until its takedown is taken back.
    `unwatched`: a person has ended its watching, and no source begins it again.
    """

    topic: ClassVar[str] = topics.SCHEDULE

    url: str
    kind: Watched | None
    source: str | None
    state: State
    added_at: Instant
    found_in: str | None = None
    is_asked: bool = False
    is_named: bool = False
    hops: Count = 0
    every: Seconds | None = None
    interval: Seconds | None = None
    next_check: Instant | None
    requested_at: Instant | None = None
    last_check: Instant | None = None
    last_changed: Instant | None = None
    checks: Count = 0
    changes: Count = 0
    failures: Count = 0
    error: str | None = None
    article: str | None = None
    fixed: bool = False
    forgotten: bool = False
    unwatched: bool = False
    etag: str | None = None
    last_modified: str | None = None
    doubted_until: Instant | None = None
    published: Instant | None = None
    threshold: Threshold | None = None
    belief: Belief | None = None
    before: Belief | None = None
    signal: str | None = None
    followed: str | None = None
    shown: tuple[int, ...] = ()
    hub: Hub | None = None
