"""What a watch record does to the row of its URL."""

from __future__ import annotations

from dataclasses import replace

from schemas.schedule import Schedule
from schemas.watch import Watch


def watched(watch: Watch, row: Schedule | None) -> Schedule | None:
    """The row after somebody wished to watch its URL, or a source showed it; None where that is no news.

    What was given up, or has moved, begins anew for a person, and never for a source.
    """
    if row is None:
        return Schedule(
            url=watch.url,
            kind=watch.kind,
            source=watch.source,
            state="watched",
            added_at=watch.added_at,
            found_in=watch.found_in,
            every=watch.every,
            next_check=watch.added_at,
        )
    if watch.found_in is None:
        return replace(
            row,
            url=watch.url,
            kind=watch.kind or row.kind,
            source=watch.source or row.source,
            state="watched",
            added_at=row.added_at if row.state == "watched" else watch.added_at,
            every=watch.every,
            next_check=watch.added_at,
            failures=0,
            error=None,
        )
    is_news = watch.modified is not None and (row.last_check is None or watch.modified > row.last_check)
    if row.state != "watched" or not is_news or row.next_check is None or row.next_check <= watch.added_at:
        return None
    return replace(row, next_check=watch.added_at)
