"""What changes on a page without an edit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from streams.press.noise import interrupted, noise

TIME = datetime(2026, 4, 1, 9, tzinfo=UTC)


@given(st.integers(1, 10**9))
def test_noise_depends_on_time_alone(milliseconds: int) -> None:
    """The same time gives the same noise, and another time another one."""
    later = TIME + timedelta(milliseconds=milliseconds)
    assert noise("tally", TIME, later) == noise("tally", TIME, later)
    assert noise("tally", TIME, later)["nonce"] != noise("tally", TIME, TIME)["nonce"]


@given(st.lists(st.from_regex(r"<p>[a-z ]{1,20}</p>", fullmatch=True), max_size=12), st.integers(0, 10**6))
def test_paragraphs_survive(paragraphs: list[str], seconds: int) -> None:
    """Whatever stands between the paragraphs, all of them are there, unchanged and in order."""
    page = interrupted(paragraphs, "orrery", TIME + timedelta(seconds=seconds))
    assert [line for line in page.split("\n") if line.startswith("<p>")] == paragraphs


def test_ago() -> None:
    """The age of the last edit is given in minutes, and from an hour on in hours."""
    assert noise("lantern", TIME, TIME + timedelta(seconds=359))["ago"] == "5 minutes ago"
    assert noise("lantern", TIME, TIME + timedelta(hours=30))["ago"] == "30 hours ago"
