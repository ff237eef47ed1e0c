"""The change event that leads from one version of an article to the next."""

from __future__ import annotations

from agents.diff.compare import diff, stats
from agents.diff.interval import interval
from agents.diff.labels import REMOVED, labels, severity
from agents.diff.row import Newest
from agents.diff.tokens import count_words
from schemas import topics
from schemas.article import Meta, event_id
from schemas.change import Change, ChangeKind, Diff, Label, Side, Stats
from schemas.version import Version


def change(prior: Newest, version: Version, kind: ChangeKind) -> Change:
    """What changed with a version of an article; for one that was removed, what was there."""
    if kind == "removed":
        difference, figures, weight = Diff(), Stats(), REMOVED
        found: tuple[Label, ...] = ()
        words, current = sum(map(count_words, prior.text.paragraphs)), None
    else:
        newest = Newest.of(version)
        difference = diff(prior.text, newest.text)
        figures = stats(difference)
        found = labels(difference, figures, language=version.language, acknowledged=newest.states_change_since(prior))
        weight = severity(found, figures)
        words = figures.kept + figures.removed
        current = _side(newest, figures.kept + figures.added)
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
        diff=difference,
        stats=figures,
        labels=found,
        severity=weight,
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
