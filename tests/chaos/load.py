"""Fetches of an invented paper: the stories of its articles, mixed, with bad records between them.

All of it follows from a seed. What it should lead to is not said here: the oracle folds what stands in the topic.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from .bad_records import oversize, poison
from .records import Written
from .story import story

ACTIVE = 300
"""Articles that are under way at a time: a new one begins where one ends."""


class Load:
    """The records, without end. `large`: with some bodies of more than 10 MiB, one in 5,000."""

    def __init__(self, seed: int, partitions: int, *, active: int = ACTIVE, large: bool = True) -> None:
        self._seed = seed
        self._partitions = partitions
        self._large = large
        self._chance = random.Random(f"{seed} order")
        self._bad = random.Random(f"{seed} bad")
        self.articles = 0
        self._stories = [self._begin() for _ in range(active)]

    def take(self, count: int) -> list[Written]:
        """The next records of the stories, mixed, each story in its order; one in fifty is a bad one between them."""
        return [self._next() for _ in range(count)]

    def bad(self, count: int) -> list[Written]:
        """Records that no one can use."""
        return [self._poison(self._bad) for _ in range(count)]

    def oversize(self) -> Written:
        """A fetch whose body is too large; compressed, it is small."""
        return oversize(self._bad, self._partitions)

    def _next(self) -> Written:
        draw = self._chance.random()
        if draw < 0.02:
            return self._poison(self._chance)
        if self._large and draw > 1 - 1 / 5000:
            return oversize(self._chance, self._partitions)
        place = self._chance.randrange(len(self._stories))
        record = next(self._stories[place], None)
        if record is not None:
            return record
        self._stories[place] = self._begin()
        return next(self._stories[place])

    def _begin(self) -> Iterator[Written]:
        self.articles += 1
        chance = random.Random(f"{self._seed} {self.articles}")
        return story(chance, self._url(self.articles), self._partitions)

    def _poison(self, chance: random.Random) -> Written:
        return poison(chance, self._url(chance.randint(1, self.articles)), self._partitions)

    def _url(self, article: int) -> str:
        return f"https://eastmere-echo.test/{self._seed}/{article}"
