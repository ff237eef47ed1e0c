"""What a watch record does to the row of its URL."""

from __future__ import annotations

from dataclasses import replace

from agents.schedule.price import LOWEST
from agents.schedule.row import instant
from agents.schedule.signals import AT_ONCE, Precision, check_after_signal
from schemas.schedule import Schedule
from schemas.watch import Watch


def watched(watch: Watch, row: Schedule | None, precision: Precision) -> Schedule | None:
    """The row after somebody wished to watch its URL, or a source showed it; None where that is no news.

    What was given up, or has moved, begins anew for a person, and never for a source. `precision`: of the source.
    """
    if row is None:
        return (
            None
            if watch.is_news
            else Schedule(
                url=watch.url,
                kind=watch.kind,
                source=watch.source,
                state="watched",
                added_at=watch.added_at,
                found_in=watch.found_in,
                every=watch.every,
                next_check=watch.added_at,
            )
        )
    if watch.found_in is None:
        return replace(
            row,
            url=watch.url,
            kind=watch.kind,
            source=watch.source or row.source,
            state="watched",
            added_at=row.added_at if row.state == "watched" else watch.added_at,
            found_in=None,
            every=watch.every,
            next_check=watch.added_at,
            requested_at=None,
            failures=0,
            error=None,
        )
    if watch.replaces and row.state == "moved":  # they lead in a circle: one of them has to be read
        return replace(row, state="watched", article=None, fixed=True, next_check=watch.added_at, requested_at=None)
    if watch.found_in == row.found_in and watch.every != row.every and not watch.is_news:
        return replace(row, every=watch.every, next_check=watch.added_at, requested_at=None)
    is_news = watch.modified is not None and (row.last_check is None or watch.modified > row.last_check)
    if not is_news or row.next_check is None or row.state not in ("watched", "gone"):
        return None
    at = watch.added_at
    if row.state == "watched" and row.belief is not None:
        due = check_after_signal(row.belief, at.timestamp(), LOWEST, precision)
        at = instant(due) if due is not None else row.next_check
    elif row.state == "watched" and precision.mean < AT_ONCE:
        at += (1 - precision.mean) * (row.next_check - at)
    return replace(row, next_check=at, requested_at=None, signal=watch.found_in) if at < row.next_check else None
