"""The time between two versions, as one would say it."""

from __future__ import annotations

from datetime import datetime, timedelta

from schemas.change import Interval

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
MONTH = 2_629_746
YEAR = 12 * MONTH
"""Seconds. Months and years have their mean length in the Gregorian calendar."""


def interval(earlier: datetime, later: datetime) -> Interval:
    """From one fetch to the next, in whole seconds and in words, rounded to the nearest unit ("about 5 hours later").

    A later time that lies before the earlier one counts as the same.
    """
    seconds = max(0, (later - earlier) // timedelta(seconds=1))
    return Interval(seconds, f"{_words(seconds)} later")


def _words(seconds: int) -> str:
    if seconds < MINUTE:
        return "less than a minute"
    # Half a unit before the next larger unit, the number would be rounded up to one of it.
    if seconds < HOUR - MINUTE // 2:
        return _count(seconds, MINUTE, "minute")
    if seconds < DAY - HOUR // 2:
        return "about " + _count(seconds, HOUR, "hour")
    if seconds < MONTH - DAY // 2:
        return _count(seconds, DAY, "day")
    if seconds < YEAR - MONTH // 2:
        return "about " + _count(seconds, MONTH, "month")
    return "about " + _count(seconds, YEAR, "year")


def _count(seconds: int, unit: int, name: str) -> str:
    number = (seconds + unit // 2) // unit
    return f"{number} {name}{'' if number == 1 else 's'}"
