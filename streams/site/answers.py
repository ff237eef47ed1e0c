"""What the programming interface answers with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from schemas.change import ChangeKind, Spans
from schemas.version import VersionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedChange:
    """A change without its diff.

    `dt`: when it was fetched. `version`: after it; of a removal, the one before. `interval`: in words. `excerpt`: of
    its largest edit, `=` kept, `-` removed, `+` added.
    """

    id: str
    article_id: str
    url: str
    source: str
    kind: ChangeKind
    dt: datetime
    version: int
    prior_version: int
    title: str
    prior_title: str
    added: int
    removed: int
    severity: float
    interval: str
    labels: list[str]
    excerpt: Spans


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """A page of changes, the newest first. `next`: what `before` has to be for the page after it."""

    changes: list[ListedChange]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedVersion:
    """A version without its text. `words`: of its paragraphs."""

    version: int
    id: str
    kind: VersionKind
    hash: str
    fetched_at: datetime
    title: str
    words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedArticle:
    """An article as its newest version has it. `published`: as the page states it."""

    id: str
    url: str
    source: str
    title: str
    byline: str | None
    section: str | None
    language: str | None
    published: str | None
    first_seen: datetime
    last_changed: datetime | None
    version: int
    kind: VersionKind
    change_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleWithVersions(ListedArticle):
    """An article and its versions, the oldest first."""

    versions: list[ListedVersion]


@dataclass(frozen=True, slots=True, kw_only=True)
class Articles:
    """Articles that were searched for, those that got the words last first."""

    articles: list[ListedArticle]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why there is no answer."""

    error: str
    detail: str
