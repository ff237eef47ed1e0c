"""Attributes of CloudEvents, and what is told of bad ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.cloudevent import Attributes
from schemas.errors import BadRecordError, Reason

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def attributes(**values: object) -> Attributes:
    """Attributes under their own names."""
    return Attributes("here", values.items(), {name: name for name in values})


def test_unknown_names_are_passed_over_and_the_last_value_counts() -> None:
    """Only names in the table are read, under the name that it gives them."""
    given_ = [("a", "1"), ("b", "2"), ("c", "3"), ("b", "")]
    read = Attributes("here", given_, {"a": "x", "b": "x"})
    assert read.text("x") == "2"
    assert read.text("c") is None


@pytest.mark.parametrize("value", [True, "true", "True", "1"])
def test_true_is_written_in_several_ways(value: object) -> None:
    """A flag may be a boolean or one of the usual words."""
    assert attributes(recheck=value).flag("recheck")


def test_a_number_is_bounded_and_has_a_default() -> None:
    """A number may be a string of digits; one out of bounds names them."""
    assert attributes(n="404").number("n", 200, 100, 599) == 404
    assert attributes().number("n", 200, 100, 599) == 200
    with pytest.raises(BadRecordError, match=r"attribute n is 600: .* from 100 to 599"):
        attributes(n=600).number("n", 200, 100, 599)


@given(st.datetimes(datetime(1990, 1, 2), datetime(2026, 2, 28)), st.integers(-839, 839))  # noqa: DTZ001 - in any zone
def test_every_true_time_is_taken_exactly(naive: datetime, minutes: int) -> None:
    """A time with any offset is the same instant in UTC, to the microsecond."""
    time = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    read = attributes(time=time.isoformat()).time(NOW)
    assert (read, read.tzinfo) == (time, UTC)


def test_a_missing_attribute_is_told_as_such() -> None:
    """The message for what is not there says so, and what to send."""
    with pytest.raises(BadRecordError, match=r"^here: attribute time is missing: .*RFC 3339") as raised:
        attributes().time(NOW)
    assert raised.value.reason == Reason.BAD_TIME
