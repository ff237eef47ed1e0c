"""The takedown record (`article.takedown.v1`): an article that shall not be shown. Compacted, keyed by its URL.

A tombstone takes it back, as far as there is something left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from schemas import topics
from schemas.article import Instant

TakedownState = Literal["hidden", "forgotten"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Takedown:
    """A wish of the operator's.

    `state`: `hidden`, its pages answer 451 with the reason, and its text is kept; `forgotten`, its text is removed for
    good. `why`: for readers. `at`: when it was wished.
    """

    topic: ClassVar[str] = topics.TAKEDOWN

    url: str
    state: TakedownState
    why: str
    at: Instant
