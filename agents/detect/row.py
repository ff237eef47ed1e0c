"""What detect keeps of an article: its row in the table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import orjson

from agents.detect.shape import Shape
from schemas.codec import typed

MAX_EARLIER = 64
"""How many versions before the newest are known by their hash, so that their return is seen."""


@dataclass(frozen=True, slots=True)
class Flapping:
    """Two texts that take turns: that of the newest version, and another.

    `other`: the hash of that one. `shown`: the hash of the text that was seen last. `since`: of the first fetch that
    saw it, after the other one.
    """

    other: str
    shown: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that was seen once: its hash, and when."""

    hash: str
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An article with at least one version.

    `version`: number of the newest version, `fetched_at`: of the fetch that made it, `offset`: its offset. `texts`:
    number and hash of each version that has a text, oldest first; the last one is what the article says, or said when
    it was removed. `title`, `byline`, `shape` (None of a text that is too long), `extractor` (who read it): of that
    text. `gone_*`: answers 404 or 410 since the article was last read: how many, the first of them, and the fetch that
    was counted last, or ended the count. `visible`: the hash of all that was visible of the page, None of an article
    that came without one. `judged_at`: of the newest fetch that changed the row and made no version; what is known and
    not newer decides nothing more. `restored_at`: of the newest fetch that brought an earlier text back. `flapping`:
    while two texts take turns. `candidate`: a suspicious text that waits for a second fetch.
    """

    version: int
    fetched_at: datetime
    first_seen: datetime
    last_changed: datetime | None = None
    change_count: int = 0
    source: str
    title: str = ""
    byline: str | None = None
    texts: tuple[tuple[int, str], ...]
    removed: bool = False
    gone_count: int = 0
    gone_since: datetime | None = None
    gone_last: datetime | None = None
    visible: str | None = None
    judged_at: datetime | None = None
    restored_at: datetime | None = None
    flapping: Flapping | None = None
    shape: Shape | None = None
    extractor: str = ""
    offset: int | None = None
    candidate: Candidate | None = None

    @property
    def hash(self) -> str:
        """The hash of the newest text."""
        return self.texts[-1][1]

    def shows(self, text_hash: str) -> bool:
        """Whether one more fetch of this text changes nothing: it is the newest, and nothing else is under way."""
        return self.hash == text_hash and not (self.removed or self.gone_count or self.flapping or self.candidate)

    def number_of(self, text_hash: str) -> int | None:
        """The newest version with this text, None if none is known."""
        return next((number for number, known in reversed(self.texts) if known == text_hash), None)


def encode_row(row: Row) -> bytes:
    """The row as the table holds it."""
    return orjson.dumps(row)


def decode_row(row: bytes | None) -> Row | None:
    """The row from the table. Fields that are not known, from a newer program, are passed over.

    Raises:
        msgspec.ValidationError: it is no row.
    """
    return None if row is None else typed(orjson.loads(row), Row)
