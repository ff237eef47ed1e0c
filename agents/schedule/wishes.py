"""What a watch record does to the row of its URL."""

from __future__ import annotations

from dataclasses import replace

from agents.detect.url import canonical_url
from agents.schedule.answers import MAX_HOPS
from agents.schedule.row import instant, price_of
from agents.schedule.signals import AT_ONCE, Precision, check_after_signal
from schemas.schedule import Schedule
from schemas.watch import Watch


def watched(watch: Watch, row: Schedule | None, precision: Precision) -> Schedule | None:
    """The row after somebody wished to watch its URL, or a source showed it; None where that is no news.

    What was given up, or has moved, begins anew for a person, and never for a source. `precision`: of the source.
    """
    if row is None:
        return None if watch.is_news else _first_row(watch)
    if watch.found_in is None:
        return _asked_for(watch, row)
    if watch.replaces and row.state == "moved":  # they lead in a circle: one of them has to be read
        return replace(row, state="watched", article=None, fixed=True, next_check=watch.added_at, requested_at=None)
    if watch.found_in == row.found_in and watch.every != row.every and not watch.is_news:
        return replace(row, every=watch.every, next_check=watch.added_at, requested_at=None)
    if _never_answered(row) and watch.url != row.url and not watch.is_news:
        return replace(row, url=watch.url, next_check=watch.added_at, requested_at=None)
    return _told_modified(watch, row, precision)


def _first_row(watch: Watch) -> Schedule:
    return Schedule(
        url=watch.url,
        kind=watch.kind,
        source=watch.source,
        state="watched",
        added_at=watch.added_at,
        found_in=watch.found_in,
        is_asked=watch.is_asked,
        is_named=watch.is_named or (watch.found_in is None and watch.source is not None),
        hops=watch.hops,
        every=watch.every,
        next_check=watch.added_at,
    )


def _asked_for(watch: Watch, row: Schedule) -> Schedule:
    """The row of what a person wants to be watched: it is read whole, to find out anew what it is."""
    is_watched = row.state == "watched"
    return replace(
        row,
        url=watch.url,
        kind=watch.kind,
        source=watch.source or row.source,
        is_named=row.is_named or watch.source is not None,
        state="watched",
        added_at=row.added_at if is_watched else watch.added_at,
        found_in=None,
        every=watch.every,
        next_check=watch.added_at,
        requested_at=None,
        failures=0,
        error=None,
        unwatched=False,
        etag=None,
        last_modified=None,
        belief=row.belief if is_watched else None,  # that it has not changed for 40 days is over
        before=row.before if is_watched else None,
    )


def _told_modified(watch: Watch, row: Schedule, precision: Precision) -> Schedule | None:
    """The row once a source has said that its URL was modified: its next check comes forward as far as that counts."""
    is_news = watch.modified is not None and (row.last_check is None or watch.modified > row.last_check)
    if not is_news or row.next_check is None or row.state not in ("watched", "gone"):
        return None
    at = watch.added_at
    if row.state == "watched" and row.belief is not None:
        due = check_after_signal(row.belief, at.timestamp(), price_of(row), precision)
        at = instant(due) if due is not None else row.next_check
    elif row.state == "watched" and precision.mean < AT_ONCE:
        at += (1 - precision.mean) * (row.next_check - at)
    return replace(row, next_check=at, requested_at=None, signal=watch.found_in) if at < row.next_check else None


def _never_answered(row: Schedule) -> bool:
    """Whether nothing has come of the address under which a URL was shown: perhaps another spelling is right."""
    return row.state == "watched" and 0 < row.failures == row.checks


def is_led_on(watch: Watch, row: Schedule) -> bool:
    """Whether what shall be watched in the place of another URL has moved itself, as far as is known not to that one.

    It is where it leads that is to be watched then. If that leads back here, they lead in a circle, which is known once
    too many addresses have led on.
    """
    if not watch.replaces or watch.found_in is None or row.state != "moved" or row.article is None:
        return False
    return watch.hops <= MAX_HOPS and row.article != canonical_url(watch.found_in)


def led_on(watch: Watch, row: Schedule) -> Watch:
    """The wish to watch what a URL that has moved leads to."""
    assert row.article is not None
    return replace(watch, url=row.article, found_in=row.url, hops=watch.hops + 1)
