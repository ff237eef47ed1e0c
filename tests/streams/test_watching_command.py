"""What a source has shown is told of it, by whatever way it was found."""

from __future__ import annotations

from datetime import UTC, datetime

from schemas.schedule import Schedule
from streams.commands.watching import shown_by

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def row(url: str, found_in: str | None = None) -> Schedule:
    """What is known of a URL."""
    return Schedule(url=url, kind=None, source=None, state="watched", added_at=NOON, next_check=NOON, found_in=found_in)


def test_articles_count_for_the_page_that_a_person_named() -> None:
    """Also where a feed that the page names has shown them."""
    rows = [row("front"), row("feed", "front"), row("one", "feed"), row("two", "front"), row("three")]
    assert {url: [each.url for each in found] for url, found in shown_by(rows).items()} == {
        "front": ["feed", "one", "two"]
    }


def test_sources_that_show_each_other_are_no_endless_loop() -> None:
    """Nor is one that shows itself, or one that is watched no longer."""
    rows = [row("a", "b"), row("b", "a"), row("self", "self"), row("left", "gone")]
    assert {url: [each.url for each in found] for url, found in shown_by(rows).items()} == {"b": ["a"], "a": ["b"]}
