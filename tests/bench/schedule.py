"""When to look again: what this project's rule and others catch of the edits of made articles, and at what cost.

What is caught and when depends on how edits come, so that they come in three ways: as was measured of papers, much more
evenly over an article's life, and in bursts. One setting for all three. It is synthetic: no press is followed.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from statistics import mean

from agents.schedule.estimate import first_belief, next_check, seen_changed, seen_unchanged
from agents.schedule.price import LOWEST
from agents.schedule.prior import Counts, source_mean, with_check
from tests.bench.schedule_host import GAP, InOrder, Priced, serve
from tests.bench.schedule_peers import PEERS, Checks
from tests.bench.schedule_press import DAY, HOUR, POPULATIONS, Article, Population
from tests.bench.schedule_watch import Caught, follow, follow_each

ARTICLES = 2500
SEEDS = (1, 2, 3)
YARDSTICK = "NewsDiffs, hourly"
"""As its README says it is to be run."""

THETAS = (LOWEST, LOWEST / 2)

CROWDED_DAYS = 2
CROWDED = 1500
"""New articles a day of one host: they ask for twice as many fetches as it allows."""

SLOW_GAP = 360.0
"""Seconds between the fetches of a host that a watcher with too much to do seldom comes to."""
SLOW, SLOW_EDITED, SLOW_DAYS = 20, 10 * HOUR, 20
"""Its articles, the seconds between the edits of each, and the days for which they are followed."""

Table = list[dict[str, object]]


class Ours:
    """This project's rule: what it learns from an article serves the next one of its source."""

    def __init__(self, theta: float) -> None:
        self._theta = theta
        self._overall = Counts()
        self._sources: defaultdict[int, Counts] = defaultdict(Counts)

    def __call__(self, article: Article) -> Checks:
        """The checks of an article."""
        source = article.source
        belief = first_belief(source_mean(self._sources[source], self._overall), article.published)
        while (at := next_check(belief, belief.last_check, self._theta)) is not None:
            changed = yield at
            after = (seen_changed if changed else seen_unchanged)(belief, at)
            self._sources[source] = with_check(self._sources[source], belief, after)
            self._overall = with_check(self._overall, belief, after)
            belief = after


def measure() -> dict[str, Table]:
    """A table for each way in which edits come, and one of a host with too few fetches."""
    quick = "BENCH_QUICK" in os.environ
    count, seeds = (300, SEEDS[:1]) if quick else (ARTICLES, SEEDS)
    tables = {
        f"edits {population.name}: {count:,} articles for 30 days, mean of {len(seeds)} (lowest to highest)": _followed(
            population, count, seeds
        )
        for population in POPULATIONS
    }
    title = f"a host of one fetch in {GAP:.0f} s, and {CROWDED:,} new articles a day for {CROWDED_DAYS} days"
    tables[title] = [row for population in POPULATIONS[: 1 if quick else None] for row in _crowded(population)]
    title = (
        f"a host of one fetch in {SLOW_GAP:.0f} s, and {SLOW} articles, edited once in {SLOW_EDITED / HOUR:.0f} hours"
    )
    tables[title] = _slow()
    return tables


def _followed(population: Population, count: int, seeds: Sequence[int]) -> Table:
    runs: defaultdict[str, list[Caught]] = defaultdict(list)
    for seed in seeds:
        articles = population.articles(count, seed)
        for theta in THETAS:
            runs[f"newsdiff, theta {theta}"].append(follow(articles, Ours(theta)))
        for name, policy in PEERS.items():
            runs[name].append(follow_each(articles, policy))
    yardstick = mean(caught.fetches for caught in runs[YARDSTICK])
    return [
        {
            "": name,
            "versions caught": _spread([100 * caught.share for caught in all_caught], " %"),
            "median delay, min": _spread([caught.delay for caught in all_caught]),
            "fetches / article": _spread([caught.fetches / count for caught in all_caught]),
            "fetches / NewsDiffs'": mean(caught.fetches for caught in all_caught) / yardstick,
        }
        for name, all_caught in runs.items()
    ]


def _spread(figures: list[float], unit: str = "") -> str:
    return f"{mean(figures):.1f}{unit} ({min(figures):.1f} to {max(figures):.1f})"


def _crowded(population: Population) -> Table:
    until = CROWDED_DAYS * DAY
    articles = population.articles(CROWDED * CROWDED_DAYS, SEEDS[0], during=until)
    return _served(population.name, articles, until, GAP)


def _slow() -> Table:
    times = range(1, int(SLOW_DAYS * DAY / SLOW_EDITED))
    articles = [Article(0, 0.0, [time * SLOW_EDITED for time in times]) for _ in range(SLOW)]
    return _served("regular", articles, SLOW_DAYS * DAY, SLOW_GAP)


def _served(edits: str, articles: Sequence[Article], until: float, gap: float) -> Table:
    rows: Table = []
    for name, turns in (
        ("as many fetches as are wanted", InOrder(gap / 100)),
        ("first in, first out", InOrder(gap)),
        ("by price, likeliest first", Priced(gap)),
    ):
        caught, theta = serve(articles, until, turns)
        rows.append(
            {
                "edits": edits,
                "": name,
                "versions caught": f"{caught.share:.1%}",
                "median delay, min": caught.delay,
                "fetches": caught.fetches,
                "median theta": theta,
            }
        )
    return rows
