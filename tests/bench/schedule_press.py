"""Made articles and the times at which they are edited: as was measured, more evenly, and in bursts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

HOUR = 3600.0
DAY = 24 * HOUR
FOLLOWED = 30 * DAY
"""Seconds for which each article is followed."""

SOURCES = 40
SPREAD = 0.5
"""Of the rates of sources: the standard deviation of their logarithm."""

SHAPE = 0.51
EDITS_IN_A_DAY = 0.35 * 1.94
"""Of an article: with this shape, 35 % have any, and those 1.94 (Timmerman et al.)."""

OFFSPRING = 0.45
"""Edits that each edit makes follow in a burst."""
BURST = 2 * HOUR


@dataclass(frozen=True)
class Article:
    """When it was published, and its edits, in Unix seconds."""

    source: int
    published: float
    edits: list[float]


@dataclass(frozen=True)
class Population:
    """The hazard of an edit is (age + tau)^-p, and each edit makes so many others follow."""

    name: str
    p: float = 1.35
    tau: float = HOUR
    offspring: float = 0.0

    def articles(self, count: int, seed: int, during: float = FOLLOWED) -> list[Article]:
        """So many articles, in the order of their publication, which is spread over this time."""
        random = Random(f"{self.name} {seed}")
        rates = [random.lognormvariate(-(SPREAD**2) / 2, SPREAD) for _ in range(SOURCES)]
        mean = EDITS_IN_A_DAY / self._exposure(DAY)
        articles = []
        for published in sorted(random.uniform(0, during) for _ in range(count)):
            source = random.randrange(SOURCES)
            rate = random.gammavariate(SHAPE, mean * rates[source] / SHAPE)
            ages = self._ages(rate, random)
            articles.append(Article(source, published, [published + age for age in sorted(ages)]))
        return articles

    def _ages(self, rate: float, random: Random) -> list[float]:
        """The ages in seconds at which an article with this rate is edited."""
        ages, reached, end = [], 0.0, self._exposure(FOLLOWED)
        while rate > 0 and (reached := reached + random.expovariate(rate)) < end:
            ages.append(self._age(reached))
        for age in ages:  # it grows while it is read
            following = _poisson(self.offspring, random)
            ages.extend(later for _ in range(following) if (later := age + random.expovariate(1 / BURST)) < FOLLOWED)
        return ages

    def _exposure(self, age: float) -> float:
        power = 1 - self.p
        return (((age + self.tau) / HOUR) ** power - (self.tau / HOUR) ** power) / power

    def _age(self, exposure: float) -> float:
        power = 1 - self.p
        return float((exposure * power + (self.tau / HOUR) ** power) ** (1 / power) * HOUR - self.tau)


def _poisson(mean: float, random: Random) -> int:
    count, left = 0, random.random()
    limit = math.exp(-mean)
    while left > limit:
        count, left = count + 1, left * random.random()
    return count


POPULATIONS = (
    Population("as measured"),
    Population("flatter", p=1.05, tau=4 * HOUR),
    Population("bursts", offspring=OFFSPRING),
)
