"""The watch record (`article.watch.v1`): what shall be watched. Keyed by the canonical URL; a tombstone ends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from msgspec import Meta as Constraint

from schemas import topics
from schemas.article import Count, Instant

Watched = Literal["article", "feed", "sitemap", "front"]
"""An article, or a source that shows articles."""

Seconds = Annotated[float, Constraint(ge=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A wish to watch what a URL answers.

    `url`: to be fetched, http or https. `kind`: None where the first fetch shall tell. `source`: the name of the paper,
    if known. `added_at`: when it was wished or found. `found_in`: the URL of the source that showed it; None where a
    person asked for it, which also begins anew what was given up. `modified`: when the source says that it was last
    changed. `every`: seconds between two checks, where a person has set them. `replaces`: whether it shall be watched
    in the place of `found_in`, which has led to this address or named it as its own; `is_asked`: a person has asked
    for that one; `hops`: so many addresses have led on to this one. `is_named`: whether a person has given it its
    `source`. `is_news`: whether it only tells that there is something new, as the hub of a feed does: what is not
    watched will not be because of it.
    """

    topic: ClassVar[str] = topics.WATCH

    url: str
    kind: Watched | None = None
    source: str | None = None
    added_at: Instant
    found_in: str | None = None
    modified: Instant | None = None
    every: Seconds | None = None
    replaces: bool = False
    is_asked: bool = False
    hops: Count = 0
    is_named: bool = False
    is_news: bool = False
