"""The outcome event (`article.outcome.v1`): what became of a fetch that made no version, if that matters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from schemas import topics
from schemas.article import Hash, Instant, Meta

OutcomeKind = Literal["candidate", "noise", "not_article", "late", "flapping", "removal_pending", "rekeyed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one fetch. A fetch that shows the same text as before has none.

    `kind`: `candidate` (waits for a second fetch), `noise` (around the same text), `not_article` (an error page, an
    empty body, ...), `late` (not newer than the newest version), `flapping` (two texts take turns), `removal_pending`
    (gone, but not for long enough), `rekeyed` (sent on to its right key). `reason`: in words, for a person.
    """

    topic: ClassVar[str] = topics.OUTCOME

    meta: Meta
    kind: OutcomeKind
    article_id: Hash
    url: str
    source: str
    fetched_at: Instant
    reason: str | None = None
