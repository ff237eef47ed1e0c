"""What the rules of the schedule have in common: times, and the next check of a row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from agents.schedule.estimate import given_up_at, next_check
from agents.schedule.jitter import jittered
from agents.schedule.price import LOWEST
from schemas.schedule import Schedule


def instant(seconds: float) -> datetime:
    """A time in seconds since 1970 as events have it."""
    return datetime.fromtimestamp(seconds, UTC)


def later(moment: datetime, seconds: float) -> datetime:
    """So many seconds after a moment."""
    return moment + timedelta(seconds=seconds)


def spread(row: Schedule, now: datetime, seconds: float) -> datetime:
    """So many seconds after a moment, a little more or less, so that what began together does not stay together."""
    at = now.timestamp()
    return instant(jittered(at + seconds, at, at + 2 * seconds, row.url.encode(), row.checks))


def price_of(row: Schedule) -> float:
    """The price of a fetch at its host, as far as that was heard of."""
    return LOWEST if row.threshold is None else row.threshold


def look_again(row: Schedule, now: datetime) -> Schedule:
    """An article's row with its next check: when an edit has become likely enough, or as a person wants it.

    The last one is when the article is given up; after that there is none.
    """
    if row.belief is None:
        return row
    end, at = given_up_at(row.belief), next_check(row.belief, now.timestamp(), price_of(row))
    if at is None:
        return replace(row, state="given_up", next_check=None)
    if row.every is not None:
        at = min(end, now.timestamp() + row.every)
    return replace(row, next_check=instant(jittered(at, now.timestamp(), end, row.url.encode(), row.checks)))
