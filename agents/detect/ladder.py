"""What a fetch means for an article: the decisions, from its row, the time of the fetch and the hash of the text.

A fetch that is not newer than the one that made the newest version decides nothing: fetches that come again, or late,
give no version. An unchanged text need not be written down for that, so an unchanged fetch writes nothing at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from agents.detect.row import MAX_EARLIER, Row

GONE_TIMES = 3
GONE_FOR = timedelta(hours=24)
"""An article is removed when so many answers 404 or 410 in a row lie at least so far apart, first to last: neither an
outage nor a faulty deployment counts."""


@dataclass(frozen=True, slots=True)
class NewVersion:
    """The fetch makes a version. `restores`: the number of the newest earlier one with the same text."""

    kind: Literal["first", "edited", "restored", "returned", "removed"]
    restores: int | None = None


@dataclass(frozen=True, slots=True)
class NoVersion:
    """The fetch makes none. `row`: the article's row, where that changes all the same."""

    outcome: Literal["unchanged", "late", "removal_pending", "not_article"]
    row: Row | None = None


def judge_text(row: Row | None, at: datetime, text_hash: str) -> NewVersion | NoVersion:
    """A fetch that shows a text."""
    if row is None:
        return NewVersion("first")
    if at <= row.fetched_at:
        # A text that is known tells nothing new, however late: so a file that is imported again writes nothing.
        return NoVersion("unchanged" if row.number_of(text_hash) and not row.removed else "late")
    if row.removed:
        return NewVersion("returned")
    if text_hash == row.hash:
        return NoVersion("unchanged", _no_longer_gone(row, at))
    if (number := row.number_of(text_hash)) is not None:
        return NewVersion("restored", number)
    return NewVersion("edited")


def judge_gone(row: Row | None, at: datetime) -> NewVersion | NoVersion:
    """A fetch that was answered 404 or 410."""
    if row is None:
        return NoVersion("not_article")
    if row.removed:
        return NoVersion("unchanged")
    if at <= row.fetched_at or (row.gone_last is not None and at <= row.gone_last):
        return NoVersion("late")
    since = at if row.gone_since is None else row.gone_since
    if row.gone_count + 1 >= GONE_TIMES and at - since >= GONE_FOR:
        return NewVersion("removed")
    return NoVersion("removal_pending", replace(row, gone_count=row.gone_count + 1, gone_since=since, gone_last=at))


def first_row(at: datetime, text_hash: str, *, source: str, title: str, byline: str | None) -> Row:
    """The row of an article with its first version."""
    texts = ((1, text_hash),)
    return Row(version=1, fetched_at=at, first_seen=at, source=source, title=title, byline=byline, texts=texts)


def with_text(row: Row, at: datetime, text_hash: str, *, source: str, title: str, byline: str | None) -> Row:
    """The row after a further version that has a text."""
    texts = (*row.texts, (row.version + 1, text_hash))[-MAX_EARLIER - 1 :]
    return replace(_changed(row, at), source=source, title=title, byline=byline, texts=texts, removed=False)


def without_text(row: Row, at: datetime) -> Row:
    """The row after the removal of the article."""
    return replace(_changed(row, at), removed=True)


def _changed(row: Row, at: datetime) -> Row:
    return replace(
        row,
        version=row.version + 1,
        fetched_at=at,
        last_changed=at,
        change_count=row.change_count + 1,
        gone_count=0,
        gone_since=None,
    )


def _no_longer_gone(row: Row, at: datetime) -> Row | None:
    """The row without its count of answers 404, None where it has none or they are newer than this fetch."""
    if row.gone_count == 0 or row.gone_last is None or at <= row.gone_last:
        return None
    return replace(row, gone_count=0, gone_since=None, gone_last=at)
