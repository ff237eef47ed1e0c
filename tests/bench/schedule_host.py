"""A host that allows fewer fetches than are wanted: whom they go to, and what that catches.

Its queue is that of `streams.host_queues`, without Kafka and what fails.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from agents.fetch.turns import Turns
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
from streams.host_queues import MAX_WAIT
from tests.bench.schedule_press import Article
from tests.bench.schedule_watch import Caught

GAP = 5.0
"""Seconds from one fetch of a host to the next."""


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


class Turn(NamedTuple):
    """An article that waits since a time, what is worth most first."""

    cost: float
    key: int
    since: float


class Priced:
    """Turns as a worker has them: the likeliest edit first, at a price that follows the load."""

    def __init__(self, gap: float) -> None:
        self.gap = gap
        self.price = Price(LOWEST, 0.0)
        self._turns: Turns[Turn] = Turns()

    @property
    def is_wanted(self) -> bool:
        """Whether anything waits."""
        return bool(self._turns.waiting)

    def put(self, number: int, chance: float, now: float) -> tuple[float, int] | None:
        """Add an article; when which article shall come again, where too many wait."""
        least = self._turns.put(Turn(-chance, number, now), now, self.gap)
        if least is None:
            return None
        self._follow_load(now)
        too_much, retry_at = least
        return retry_at, too_much.key

    def take(self, now: float) -> int:
        """The article whose turn it is."""
        turn = self._turns.take()
        self._follow_load(now)
        return turn.key

    def _follow_load(self, now: float) -> None:
        self.price = after_interval(self.price, self._turns.backlog(now, self.gap) / MAX_WAIT, now)


class InOrder:
    """Turns of who does not mind: first in, first out, at the lowest price."""

    def __init__(self, gap: float) -> None:
        self.gap = gap
        self.price = Price(LOWEST, 0.0)
        self._waiting: deque[int] = deque()

    @property
    def is_wanted(self) -> bool:
        """Whether anything waits."""
        return bool(self._waiting)

    def put(self, number: int, chance: float, now: float) -> None:
        """Add an article, however many wait."""
        self._waiting.append(number)

    def take(self, now: float) -> int:
        """The article whose turn it is."""
        return self._waiting.popleft()


def serve(articles: Sequence[Article], until: float, turns: Priced | InOrder) -> tuple[Caught, float]:
    """Fetch once every gap, until a time; what was caught, and the median of theta."""
    caught = Caught(versions=sum(edit < until for article in articles for edit in article.edits))
    watched = [Watched(article) for article in articles]
    due = [(article.published, number) for number, article in enumerate(articles)]
    heapq.heapify(due)
    now, turn, thetas = 0.0, 0.0, []
    while due or turns.is_wanted:
        asked_at = max(now, turn) if turns.is_wanted else math.inf
        due_at = due[0][0] if due else math.inf
        now = min(due_at, asked_at)
        if now >= until:
            break
        if due_at <= asked_at:
            _, number = heapq.heappop(due)
            again = turns.put(number, watched[number].chance(now), now)
        else:
            number, turn = turns.take(now), now + turns.gap
            thetas.append(turns.price.theta)
            planned = next_check(watched[number].fetch(now, caught), now, turns.price.theta)
            again = (planned, number) if planned is not None else None
        if again is not None:
            heapq.heappush(due, again)
    return caught, median(thetas)
