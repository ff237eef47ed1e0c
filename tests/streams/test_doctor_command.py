"""The doctor names the hosts that fail, as the watchers see them."""

from __future__ import annotations

from datetime import UTC, datetime

from schemas.schedule import Schedule
from streams.commands.doctor import failing_hosts

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def row(url: str, failures: int, error: str | None = "timeout") -> Schedule:
    """A URL that has failed so often."""
    return Schedule(
        url=url, kind=None, source=None, state="watched", added_at=NOON, next_check=NOON, failures=failures, error=error
    )


def test_a_host_that_is_paused_is_named_whatever_it_was_asked_for() -> None:
    """It is paused after three failures, be they of one URL or of three; pages that are gone are none."""
    rows = [row(f"https://down.test/{number}", 1) for number in range(3)]
    rows += [row("https://once.test/1", 3), row("https://well.test/1", 2), row("https://gone.test/1", 4, None)]
    assert {host: len(found) for host, found in failing_hosts(rows).items()} == {"down.test": 3, "once.test": 1}
