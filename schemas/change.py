"""The change event (`article.change.v1`), the product: what changed between two versions of an article."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from msgspec import Meta as Constraint

from schemas import topics
from schemas.article import Article, Count, Hash, Instant, Meta, Number

ChangeKind = Literal["edited", "restored", "removed", "returned"]
RowKind = Literal["equal", "edited", "inserted", "deleted", "moved", "split", "merged"]

Span = tuple[Literal["=", "-", "+"], str]
"""A stretch of text that was kept, deleted or inserted."""

Spans = tuple[Span, ...]
"""The `=` and `-` spans make the old text, the `=` and `+` spans the new one."""

Share = Annotated[float, Constraint(ge=0, le=1)]


@dataclass(frozen=True, slots=True)
class Row:
    """Paragraphs of the old text beside those of the new text that they became.

    `old`, `new`: paragraph numbers from 0; several paragraphs are joined by a newline in `spans`.
    """

    kind: RowKind
    old: tuple[Count, ...]
    new: tuple[Count, ...]
    spans: Spans


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """What changed, complete: either text can be made from the other and this (`agents.diff.apply`).

    `rows` are in the order of the new text; a deleted row stands after the row that its predecessor stands in.
    """

    title: Spans = ()
    byline: Spans = ()
    standfirst: Spans = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two versions that are compared. `words`: how many its paragraphs have."""

    version: Number
    hash: Hash
    fetched_at: Instant
    title: str
    byline: str | None
    words: Count


@dataclass(frozen=True, slots=True)
class Interval:
    """The time between the two fetches, in seconds and in words ("about 5 hours later")."""

    seconds: Count
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """Words of the paragraphs that were added, removed and kept; `similarity` is 2 kept / (2 kept + both others)."""

    added: Count = 0
    removed: Count = 0
    kept: Count = 0
    similarity: Share = 1.0


@dataclass(frozen=True, slots=True)
class Label:
    """What kind of edit it is, by a rule: headline, numbers, quotes, correction, silent, ...

    `rows`: those of the diff that it rests on; title, byline and standfirst have no row. `values`: what stood there and
    what stands there now, in turn, where the rule finds such pairs ("at least 12", "13"); empty for what came or went.
    """

    name: str
    rows: tuple[Count, ...] = ()
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Severity:
    """How much an edit weighs, from 0 to 1, and why: labels and size with their weights, the heaviest first."""

    score: Share = 0.0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of one article, self-contained: nothing else is needed to show it.

    There is one for every version but the first, and one for each removal (`current` is None, the diff empty) and
    return of an article.
    """

    topic: ClassVar[str] = topics.CHANGE

    meta: Meta
    kind: ChangeKind
    article: Article
    prior: Side
    current: Side | None
    interval: Interval
    diff: Diff
    stats: Stats
    labels: tuple[Label, ...] = ()
    severity: Severity = Severity()
