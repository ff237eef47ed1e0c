"""What the rules of the schedule have in common: times, and the next check of a row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import xxhash

from agents.schedule.estimate import GIVEN_UP_AFTER, next_look
from schemas.schedule import Schedule

JITTER = 0.1
"""The share by which a time is moved, so that what began together does not stay together."""


def instant(seconds: float) -> datetime:
    """A time in seconds since 1970 as events have it."""
    return datetime.fromtimestamp(seconds, UTC)


def later(moment: datetime, seconds: float) -> datetime:
    """So many seconds after a moment."""
    return moment + timedelta(seconds=seconds)


def given_up_at(row: Schedule) -> datetime:
    """When an article is given up if it does not change any more."""
    return later(row.last_changed or row.added_at, GIVEN_UP_AFTER)


def look_again(row: Schedule, now: datetime, threshold: float) -> Schedule:
    """The row with its next check: when an edit has become likely enough, or when a person wants it.

    An article is looked at for the last time when it is given up.
    """
    if row.belief is None:
        return row
    seconds = row.every or next_look(row.belief, threshold) - row.belief.at
    due = later(now, moved(row, seconds))
    return replace(row, next_check=min(due, max(now, given_up_at(row))))


def moved(row: Schedule, seconds: float) -> float:
    """A span moved by up to `JITTER`, each time by another part of it, and for the same row always by the same."""
    share = xxhash.xxh3_64_intdigest(f"{row.url} {row.checks}".encode()) / 2**63 - 1
    return seconds * (1 + JITTER * share)
