"""Articles followed by a policy: which of their versions are caught before they are overwritten, and how late."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from tests.bench.schedule_peers import Checks
from tests.bench.schedule_press import FOLLOWED, Article


@dataclass
class Caught:
    """What was seen: the delays of the versions that were caught, in seconds, all versions, all fetches."""

    delays: list[float] = field(default_factory=list)
    versions: int = 0
    fetches: int = 0

    @property
    def share(self) -> float:
        """Of the versions, those that were caught."""
        return len(self.delays) / self.versions

    @property
    def delay(self) -> float:
        """Minutes between an edit that was caught and its check: the median."""
        return median(self.delays) / 60


def follow(articles: Sequence[Article], policy: Callable[[Article], Checks]) -> Caught:
    """Follow all in the order of time, since one may learn from another."""
    caught = Caught(versions=sum(len(article.edits) for article in articles))
    due = []
    for number, article in enumerate(articles):
        checks = _checks(article, policy(article), caught)
        due.append((next(checks), number, checks))
    heapq.heapify(due)
    while due:
        _, number, checks = due[0]
        at = next(checks, None)
        if at is None:
            heapq.heappop(due)
        else:
            heapq.heapreplace(due, (at, number, checks))
    return caught


def follow_each(articles: Sequence[Article], policy: Callable[[float], Checks]) -> Caught:
    """Follow one after the other, which is faster."""
    caught = Caught(versions=sum(len(article.edits) for article in articles))
    for article in articles:
        for _ in _checks(article, policy(article.published), caught):
            pass
    return caught


def _checks(article: Article, policy: Checks, caught: Caught) -> Iterator[float]:
    """Yield the time of each check before it is made; first sight is a fetch too."""
    end = article.published + FOLLOWED
    edits, seen = article.edits, 0
    yield article.published
    caught.fetches += 1
    at = next(policy)
    while at < end:
        yield at
        caught.fetches += 1
        before = seen
        while seen < len(edits) and edits[seen] <= at:
            seen += 1
        if changed := seen > before:
            caught.delays.append(at - edits[seen - 1])
        try:
            at = policy.send(changed)
        except StopIteration:
            return
