"""The change event that leads from one version of an article to the next."""

from __future__ import annotations

from agents.diff.compare import REMOVAL, compare
from agents.diff.interval import interval
from agents.diff.row import Newest
from agents.diff.tokens import count_words
from schemas import topics
from schemas.article import Meta, event_id
from schemas.change import Change, ChangeKind, Side
from schemas.version import Version


def change(prior: Newest, version: Version, kind: ChangeKind) -> Change:
    """What changed with a version of an article; for one that was removed, what was there."""
    if kind == "removed":
        found = REMOVAL
        words, current = sum(map(count_words, prior.text.paragraphs)), None
    else:
        newest = Newest.of(version)
        acknowledged = newest.stamps.acknowledge_change_since(prior.stamps)
        found = compare(prior.text, newest.text, language=version.language, acknowledged=acknowledged)
        words = found.stats.kept + found.stats.removed
        current = _side(newest, found.stats.kept + found.stats.added)
    return Change(
        meta=Meta(
            id=event_id(version.article.id, version.version, kind, version.hash),
            stream=topics.CHANGE,
            domain=version.meta.domain,
            dt=version.meta.dt,
            topic=version.meta.topic,
            partition=version.meta.partition,
            offset=version.meta.offset,
        ),
        kind=kind,
        article=version.article,
        prior=_side(prior, words),
        current=current,
        interval=interval(prior.fetched_at, version.fetched_at),
        diff=found.diff,
        stats=found.stats,
        labels=found.labels,
        severity=found.severity,
    )


def _side(of: Newest, words: int) -> Side:
    return Side(
        version=of.version,
        hash=of.hash,
        fetched_at=of.fetched_at,
        title=of.text.title,
        byline=of.text.byline,
        words=words,
    )
