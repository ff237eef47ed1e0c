"""Figures for people: when edits come, how many are silent, which sources edit most, and how sources do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from streams.site.keys import CLOCK, FIGURES, KEPT
from streams.site.templating import render
from streams.site.wanted import value_of

LABELS = ("silent", "correction")

TOP = 25
"""Sources in a chart: those with most articles."""

_DAY = 24

SPANS = (
    ("first hour", 1), ("second hour", 2), ("third hour", 3), ("hours 4 to 6", 6), ("hours 7 to 12", 12),
    ("hours 13 to 24", _DAY), ("second day", 2 * _DAY), ("third day", 3 * _DAY), ("days 4 to 7", 7 * _DAY),
    ("later", None),
)  # fmt: skip
"""The bars of the first chart, and the hour before which each ends."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of a chart. `share`: its length, from 0 to 1. `told`: its figure. `href`: where its name leads."""

    name: str
    share: float
    told: str
    href: str | None = None


async def charts(request: web.Request) -> web.Response:
    """When edits come after publication, silent against acknowledged ones, and how often sources edit."""
    figures, kept, now = request.app[FIGURES], request.app[KEPT], request.app[CLOCK].now()
    source = value_of(request, "source")
    hours = await kept.get(("hours", source), lambda: figures.hours(source))
    months = await kept.get("months", lambda: figures.months(now, LABELS))
    sources = await kept.get("sources", figures.sources)
    most = max((max(month.counts.values()) for month in months), default=0)
    return render(
        request,
        "charts.html",
        source=source,
        hours=_hours(hours),
        months=[
            (f"{month.begin:%B %Y}", [Bar(label, _of(n, most), f"{n:,}") for label, n in month.counts.items()])
            for month in months
            if any(month.counts.values())
        ],
        sources=_sources(sources),
    )


async def sources(request: web.Request) -> web.Response:
    """The sources and their figures."""
    found = await request.app[KEPT].get("sources", request.app[FIGURES].sources)
    return render(request, "sources.html", sources=found)


async def watched(request: web.Request) -> web.Response:
    """How the sources do that are watched."""
    figures, now = request.app[FIGURES], request.app[CLOCK].now()
    return render(request, "watched.html", sources=await request.app[KEPT].get("health", lambda: figures.health(now)))


def _hours(found: dict[int, int]) -> list[Bar]:
    counts, begin = [], 0
    for name, end in SPANS:
        counts.append((name, sum(n for hour, n in found.items() if hour >= begin and (end is None or hour < end))))
        begin = end or begin
    total = sum(found.values())
    most = max(count for _, count in counts)
    return [Bar(name, _of(count, most), f"{count:,} ({_of(count, total):.0%})") for name, count in counts]


def _sources(found: Sequence[Any]) -> list[Bar]:
    largest: Iterable[Any] = sorted(found, key=lambda row: row.articles, reverse=True)[:TOP]
    rates = {row.source: 100 * (row.changes or 0) / row.articles for row in largest}
    most = max(rates.values(), default=0.0)
    ranked = sorted(rates.items(), key=lambda item: item[1], reverse=True)
    return [Bar(name, _of(rate, most), f"{rate:,.0f}", name) for name, rate in ranked]


def _of(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
