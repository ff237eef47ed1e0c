"""A host that allows fewer fetches than are wanted: whom they go to, and what that catches."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from agents.schedule.estimate import (
    MEAN,
    Belief,
    chance_unseen,
    first_belief,
    next_check,
    seen_changed,
    seen_unchanged,
)
from agents.schedule.price import LOWEST, Price, after_interval
from tests.bench.schedule_press import Article
from tests.bench.schedule_watch import Caught

GAP = 5.0
"""Seconds from one fetch of a host to the next."""

TOLERANCE = 600.0
"""Seconds that the fetches which are due may take, one after the other."""


@dataclass
class Watched:
    """An article, what is believed of it, nothing before first sight, and the edits that are seen or overwritten."""

    article: Article
    belief: Belief | None = None
    past: int = 0

    def fetch(self, now: float, caught: Caught) -> Belief:
        """Look at it."""
        caught.fetches += 1
        edits, before = self.article.edits, self.past
        while self.past < len(edits) and edits[self.past] <= now:
            self.past += 1
        if changed := self.past > before:
            caught.delays.append(now - edits[self.past - 1])
        if self.belief is None:
            self.belief = first_belief(MEAN, now, self.article.published)
        else:
            self.belief = (seen_changed if changed else seen_unchanged)(self.belief, now)
        return self.belief

    def chance(self, now: float) -> float:
        """That it has an unseen edit; what was never seen comes first."""
        return 1.0 if self.belief is None else chance_unseen(self.belief, now)


def serve(articles: Sequence[Article], until: float, gap: float, *, priced: bool) -> tuple[Caught, float]:
    """Fetch once every `gap` seconds, until a time; what was caught, and the median of theta.

    `priced`: theta follows the load, and the likeliest edit is looked at first; else what has been due for longest.
    """
    caught = Caught(versions=sum(edit < until for article in articles for edit in article.edits))
    watched = [Watched(article) for article in articles]
    due = [(article.published, number) for number, article in enumerate(articles)]
    heapq.heapify(due)
    price, prices = Price(LOWEST, 0.0), []
    slots = round(60 / gap)
    for minute in range(int(until // 60)):
        now = minute * 60.0
        ready = []
        while due and due[0][0] <= now and (priced or len(ready) < slots):
            ready.append(heapq.heappop(due))
        if priced:
            price = after_interval(price, len(ready) * gap / TOLERANCE, now)
            prices.append(price.theta)
            ready.sort(key=lambda entry: -watched[entry[1]].chance(now))
        for slot, (_, number) in enumerate(ready):
            at = now
            belief = watched[number].belief
            if slot < slots:
                at += slot * gap
                belief = watched[number].fetch(at, caught)
            planned = next_check(belief, at, price.theta) if belief else at
            if planned is not None:
                heapq.heappush(due, (planned, number))
    return caught, median(prices or [price.theta])
