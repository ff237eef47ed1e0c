"""The fetch request (`article.fetch-request.v1`): what shall be fetched next. Keyed by host, and port if odd."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from schemas import topics
from schemas.article import Instant
from schemas.watch import Seconds, Watched


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """A wish to fetch a URL once.

    `key`: what is watched, the canonical URL under which the check is told. `url`: what to ask for. `due_at`: when it
    should be asked. `worth`: how many edits that nobody has seen are expected there; where a host cannot be asked for
    everything, it is asked for what is worth most. `etag`, `last_modified`: of its last answer.
    `fixed`: whether it is an article under this address, whatever address it names.
    """

    topic: ClassVar[str] = topics.FETCH_REQUEST

    key: str
    url: str
    kind: Watched | None = None
    source: str | None = None
    due_at: Instant
    worth: Seconds
    etag: str | None = None
    last_modified: str | None = None
    fixed: bool = False
