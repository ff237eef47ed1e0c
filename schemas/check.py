"""The check event (`article.check.v1`): what came of asking for a URL. Keyed by what is watched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from msgspec import Meta as Constraint

from schemas import topics
from schemas.article import Count, Instant
from schemas.watch import Seconds, Watched

CheckOutcome = Literal["fetched", "unchanged", "gone", "moved", "failed", "refused", "deferred"]
Status = Annotated[int, Constraint(ge=100, le=599)]
Threshold = Annotated[float, Constraint(ge=0, le=1)]


@dataclass(frozen=True, slots=True)
class Shown:
    """A link that a source shows. `modified`: when it says that it was last changed."""

    url: str
    modified: Instant | None = None


@dataclass(frozen=True, slots=True)
class Hub:
    """A WebSub hub, which tells its subscribers of a source's news. `topic`: what it knows the source as."""

    url: str
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What came of one request.

    `outcome`: `fetched` (there is a body), `unchanged` (304), `gone` (404 or 410), `moved` (`article` is another one),
    `failed` (`error` tells why), `refused` (by robots.txt, or for its address), `deferred` (the host is asked for what
    is worth more). `url`: that was asked for. `checked_at`: when. `final_url`: where redirects led. `article`: the
    canonical URL under which the fetch was written, if it is an article. `retry_at`: not before, says
    the host. `threshold`: what a check of this host has to promise now (see `agents.schedule.price`). `kind`: what it
    is; with the links of a source come its `name`, the `feeds` and the `hub` that it names.
    """

    topic: ClassVar[str] = topics.CHECK

    key: str
    url: str
    outcome: CheckOutcome
    checked_at: Instant
    seconds: Seconds
    status: Status | None = None
    final_url: str | None = None
    article: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    bytes: Count = 0
    error: str | None = None
    retry_at: Instant | None = None
    threshold: Threshold
    kind: Watched | None = None
    name: str | None = None
    links: tuple[Shown, ...] = ()
    feeds: tuple[str, ...] = ()
    hub: Hub | None = None
