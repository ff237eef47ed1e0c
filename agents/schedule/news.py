"""What detect's findings do to the row of an article."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from agents.schedule.answers import GONE_FOR_GOOD
from agents.schedule.estimate import DAY, seen_changed
from agents.schedule.row import later, look_again
from schemas.outcome import Outcome
from schemas.schedule import Schedule
from schemas.version import Version

DOUBTED_FOR = {"candidate": 0.0, "not_article": 0.0, "flapping": DAY}
"""Seconds after a fetch whose text counts only once a later one has shown it again, so long after it at least (see
`agents.detect.ladder`)."""

RECHECK_AFTER = 90.0
"""Seconds until an edit that looks odd is looked at once more."""


def new_version(version: Version, row: Schedule) -> Schedule:
    """The row after a version: a change makes more of them likely, and begins the 40 days anew.

    The first one may tell how old the article is.
    """
    now = version.fetched_at
    if version.kind == "first" and (published := _published(version)) is not None:
        return _of_age(row, published)
    is_change = version.kind not in ("first", "reread")
    if not is_change or (row.last_changed is not None and now <= row.last_changed):
        return row
    row = replace(row, last_changed=now, changes=row.changes + 1, followed=None)
    if version.kind == "removed":
        return replace(row, state="gone", next_check=later(now, GONE_FOR_GOOD))
    if row.before is not None:
        row = replace(row, belief=seen_changed(row.before, now.timestamp()))
    return look_again(replace(row, state="watched"), now)


def _published(version: Version) -> datetime | None:
    """When a page says that it was published. A day without its hour tells too little of an article of today."""
    try:
        stated = datetime.fromisoformat(version.published or "")
        published = stated.astimezone(UTC) if stated.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
    return published if published is not None and published <= version.fetched_at else None


def _of_age(row: Schedule, published: datetime) -> Schedule:
    """The row of an article that is as old as that: it is likely to be edited as seldom as others of its age."""
    row = replace(row, published=published)
    if row.belief is None:
        return row
    return replace(row, belief=replace(row.belief, published=min(row.belief.published, published.timestamp())))


def found(outcome: Outcome, row: Schedule) -> Schedule:
    """The row after a fetch that made no version: what is in doubt is read whole, and a candidate again soon."""
    if outcome.kind in DOUBTED_FOR:
        until = later(outcome.fetched_at, DOUBTED_FOR[outcome.kind])
        if row.last_check is None or until >= row.last_check:
            row = replace(row, doubted_until=max(until, row.doubted_until or until))
    is_past = row.last_check is not None and outcome.fetched_at < row.last_check
    if outcome.kind != "candidate" or row.next_check is None or is_past:
        return row
    soon = later(outcome.fetched_at, RECHECK_AFTER)
    return replace(row, next_check=soon, requested_at=None) if soon < row.next_check else row
