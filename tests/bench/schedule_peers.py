"""When other systems look at an article again, as they are documented or coded.

Each is a generator: it is made with the time of first sight, yields the time of the next check, and is told whether
that showed a change. All times are in seconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator

MINUTE = 60.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR

Checks = Generator[float, bool, None]
Policy = Callable[[float], Checks]


def news_sniffer(now: float) -> Checks:
    """After 30 minutes, each time 1.2 times as long, from the start after a change; ends at 40 days."""
    period = 30 * MINUTE
    while period < 40 * DAY:
        now += period
        changed = yield now
        period = 30 * MINUTE if changed else 1.2 * period


def newsdiffs(every: float) -> Policy:
    """By a table of the time since the newest change, whenever its job runs, which is `every` so many seconds."""

    def checks(now: float) -> Checks:
        changed_at = now
        while delay := newsdiffs_delay(now - changed_at):
            now = _next_run(now + delay, every)
            if (yield now):
                changed_at = now

    return checks


def newsdiffs_delay(unchanged: float) -> float | None:
    """The table in its scraper.py."""
    table = ((3 * HOUR, 15 * MINUTE), (DAY, HOUR), (7 * DAY, 3 * HOUR), (30 * DAY, 3 * DAY), (360 * DAY, 30 * DAY))
    return next((delay for limit, delay in table if unchanged < limit), None)


def diffengine_coded(now: float) -> Checks:
    """Every 30 minutes, where both times are taken modulo a day: `timedelta.seconds`."""
    created = checked = now
    now = _next_run(now, 30 * MINUTE)
    while True:
        if (now - checked) % DAY >= 0.2 * ((now - created) % DAY):
            yield now
            checked = now
        now += 30 * MINUTE


def diffengine_meant(now: float) -> Checks:
    """Every 30 minutes, where the time since the last check is a fifth of the age."""
    created = now
    while True:
        now = _next_run(max(created + (now - created) / 0.8, now + 1), 30 * MINUTE)
        yield now


def nutch(now: float) -> Checks:
    """AdaptiveFetchSchedule as in nutch-default.xml, but from 1 hour, and 15 minutes at least."""
    modified, interval = now, HOUR
    while True:
        now += interval
        if (yield now):
            modified, interval = now, 0.8 * interval
        else:
            interval *= 1.4
        since = now - modified
        if since > interval:
            interval, now = since, now - 0.3 * since
        interval = min(max(interval, 15 * MINUTE), 90 * DAY)


def stormcrawler(first: float, least: float) -> Policy:
    """AdaptiveScheduler: from `first`, at least `least`, 14 days at most."""

    def checks(now: float) -> Checks:
        interval = first
        while True:
            now += interval
            changed = yield now
            interval = 0.5 * interval + 0.5 * least if changed else min(1.5 * interval, 14 * DAY)

    return checks


def fixed(period: float) -> Policy:
    """Always after the same time."""

    def checks(now: float) -> Checks:
        while True:
            now += period
            yield now

    return checks


def _next_run(at: float, every: float) -> float:
    """The first run of a job at or after a time."""
    return math.ceil(at / every - 1e-9) * every if every else at


PEERS: dict[str, Policy] = {
    "NewsDiffs, hourly": newsdiffs(HOUR),
    "NewsDiffs, continuously": newsdiffs(0),
    "News Sniffer": news_sniffer,
    "diffengine as coded": diffengine_coded,
    "diffengine as meant": diffengine_meant,
    "Nutch, adaptive": nutch,
    "StormCrawler": stormcrawler(DAY, HOUR),
    "StormCrawler, from 1 h": stormcrawler(HOUR, 15 * MINUTE),
    "every 3 hours": fixed(3 * HOUR),
}
