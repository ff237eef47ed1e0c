"""The time between two versions is told as one would say it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.diff.interval import interval

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (timedelta(0), "less than a minute later"),
        (timedelta(seconds=59, milliseconds=999), "less than a minute later"),
        (timedelta(seconds=60), "1 minute later"),
        (timedelta(seconds=89), "1 minute later"),
        (timedelta(seconds=90), "2 minutes later"),
        (timedelta(minutes=3), "3 minutes later"),
        (timedelta(minutes=59, seconds=29), "59 minutes later"),
        (timedelta(minutes=59, seconds=30), "about 1 hour later"),
        (timedelta(minutes=89), "about 1 hour later"),
        (timedelta(minutes=90), "about 2 hours later"),
        (timedelta(hours=5), "about 5 hours later"),
        (timedelta(hours=23, minutes=29), "about 23 hours later"),
        (timedelta(hours=23, minutes=30), "1 day later"),
        (timedelta(hours=35), "1 day later"),
        (timedelta(hours=36), "2 days later"),
        (timedelta(days=29), "29 days later"),
        (timedelta(days=30), "about 1 month later"),
        (timedelta(days=60), "about 2 months later"),
        (timedelta(days=349), "about 11 months later"),
        (timedelta(days=351), "about 1 year later"),
        (timedelta(days=365 * 2), "about 2 years later"),
        (timedelta(hours=-1), "less than a minute later"),
    ],
)
def test_borders(gap: timedelta, words: str) -> None:
    """Each unit begins where rounding would fill it, and singular and plural are right."""
    assert interval(START, START + gap).words == words


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=40_000)))
def test_no_unit_is_full(gap: timedelta) -> None:
    """It never says 60 minutes, 24 hours or 12 months, and seconds are whole."""
    told = interval(START, START + gap)
    limits = {"minute": 60, "hour": 24, "day": 31, "month": 12}
    number, unit = told.words.removesuffix(" later").removeprefix("about ").split(" ", 1)
    if number != "less":
        assert 1 <= int(number) < limits.get(unit.rstrip("s"), 10_000)
    assert told.seconds == int(gap.total_seconds())


def test_zones_do_not_count() -> None:
    """Times in different zones are compared as the instants that they are."""
    assert interval(START, (START + timedelta(hours=5)).astimezone(timezone(timedelta(hours=9)))).seconds == 5 * 3600
