"""What is watched no longer is so under every address that it has moved to."""

from __future__ import annotations

from datetime import UTC, datetime

from schemas.schedule import Schedule
from streams.commands.unwatch import led_to

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def moved(url: str, article: str | None) -> Schedule:
    """What is known of a URL that has moved; of one that has not, without an article."""
    state = "moved" if article else "watched"
    return Schedule(
        url=url,
        kind=None,
        source=None,
        state=state,
        added_at=NOON,
        next_check=None,
        article=article,  # type: ignore[arg-type]
    )


def test_what_has_moved_is_ended_where_it_has_moved_to() -> None:
    """Over as many addresses as have led there; those that lead in a circle are no endless loop."""
    known = {
        "a": moved("a", "b"),
        "b": moved("b", "c"),
        "c": moved("c", None),
        "d": moved("d", "e"),
        "e": moved("e", "d"),
    }
    assert {url: list(led_to(url, known)) for url in (*known, "unknown")} == {
        "a": ["b", "c"],
        "b": ["c"],
        "c": [],
        "d": ["e"],
        "e": ["d"],
        "unknown": [],
    }
