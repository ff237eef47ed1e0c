"""The version event (`article.version.v1`): an article as it was read from one fetch, where that made a new version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from schemas import topics
from schemas.article import Article, Hash, Instant, Meta, Number, Paragraph

VersionKind = Literal["first", "edited", "restored", "reread", "removed", "returned"]


@dataclass(frozen=True, slots=True)
class VersionRef:
    """Another version of the same article."""

    version: Number
    hash: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of an article. The topic of these is the record of history: all that follows is computed from it.

    `kind`: `first`; `edited`; `restored` (an earlier text came back: `restores_version`); `removed` (the page is gone;
    hash and text are those of the last version); `returned` (it is back); `reread` (read anew by another extractor: a
    new base, no change). `hash`: of title, byline, standfirst and paragraphs. `headline`: the metadata's, which may
    differ from the `title` on the page. `published`, `modified`: as the page states them. `image`: the URL of the lead
    image. `furniture`: paragraphs that were left out. `flags`: what is special about the page (`paywalled`, `live`,
    `many` articles) or looks like a fault of it (`gutted`, `replaced`, `minor`). `previous`: the version before, None
    for the first.
    """

    topic: ClassVar[str] = topics.VERSION

    meta: Meta
    kind: VersionKind
    article: Article
    version: Number
    hash: Hash
    fetched_at: Instant
    title: str
    headline: str | None = None
    byline: str | None = None
    standfirst: str | None = None
    published: str | None = None
    modified: str | None = None
    language: str | None = None
    section: str | None = None
    image: str | None = None
    paragraphs: tuple[Paragraph, ...] = ()
    furniture: tuple[Paragraph, ...] = ()
    extractor: str = ""
    flags: tuple[str, ...] = ()
    previous: VersionRef | None = None
    restores_version: Number | None = None
