"""The takedown record (`article.takedown.v1`): an article that shall not be shown. Compacted, keyed by its URL.

A tombstone ends what is hidden. What is forgotten stays so in every copy that is ever made of the topics, also when the
article may be read again.
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
    good and it is read no more. `why`: for readers. `at`: when it was wished. `released`: it may be read again, but
    what was fetched until `at` stays forgotten.
    """

    topic: ClassVar[str] = topics.TAKEDOWN

    url: str
    state: TakedownState
    why: str
    at: Instant
    released: bool = False
