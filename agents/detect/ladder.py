"""What a fetch means for an article: the decisions, from its row, the time of the fetch and the hash of the text.

A fetch that is not newer than the one that made the newest version decides nothing: fetches that come again, or late,
give no version. An unchanged text need not be written down for that, so an unchanged fetch writes nothing at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from agents.detect.reading import Reading
from agents.detect.row import MAX_EARLIER, Candidate, Flapping, Row
from schemas.version import VersionKind

GONE_TIMES = 3
GONE_FOR = timedelta(hours=24)
"""An article is removed when so many answers 404 or 410 in a row lie at least so far apart, first to last: neither an
outage nor a faulty deployment counts."""

FLAPPING = timedelta(hours=24)
"""Two texts that take turns within this time are one server's and another's: they settle when one has stood for it."""


@dataclass(frozen=True, slots=True)
class NewVersion:
    """The fetch makes a version.

    `restores`: the number of the newest earlier one with the same text. `seen_at`: when the text was seen first, where
    that was before this fetch.
    """

    kind: VersionKind
    restores: int | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NoVersion:
    """The fetch makes none. `row`: the article's row, where that changes all the same."""

    outcome: Literal["unchanged", "noise", "candidate", "flapping", "late", "removal_pending", "not_article"]
    row: Row | None = None


def judge_text(
    row: Row | None, at: datetime, text_hash: str, visible: str | None = None, *, waits: bool = False
) -> NewVersion | NoVersion:
    """A fetch that shows a text.

    `visible`: the hash of all that is visible of its page. `waits`: whether the text, if it is new, is only believed
    when it is seen twice.
    """
    if row is None:
        return NewVersion("first")
    is_known = row.number_of(text_hash) is not None
    if at <= row.fetched_at:
        # A text that is known tells nothing new, however late: so a file that is imported again writes nothing.
        return NoVersion("unchanged" if is_known and not row.removed else "late")
    if row.removed:
        return NewVersion("returned")
    if is_known:
        return _judge_known(row, at, text_hash, visible)
    return _judge_suspicious(row, at, text_hash) if waits else NewVersion("edited")


def _judge_suspicious(row: Row, at: datetime, text_hash: str) -> NewVersion | NoVersion:
    """A fetch that shows a new text which has to be seen twice."""
    if row.candidate is not None and row.candidate.hash == text_hash:
        seen_at = row.candidate.seen_at
        return NewVersion("edited", seen_at=seen_at) if at > seen_at else NoVersion("unchanged")
    if row.judged_at is not None and at <= row.judged_at:
        return NoVersion("late")
    now = _no_longer_gone(row, at) or row
    return NoVersion("candidate", replace(now, candidate=Candidate(text_hash, at), judged_at=at))


def _judge_known(row: Row, at: datetime, text_hash: str, visible: str | None) -> NewVersion | NoVersion:
    """A fetch that is newer than the one that made the newest version, with a text that is known."""
    if row.judged_at is not None and at <= row.judged_at:
        return NoVersion("unchanged")
    if row.flapping is not None and text_hash in (row.hash, row.flapping.other):
        return _judge_turn(row, row.flapping, at, text_hash)
    if text_hash == row.hash:
        return _judge_same(row, at, visible)
    if row.restored_at is not None and at - row.restored_at < FLAPPING:
        return _flap(row, at, text_hash, text_hash)
    return NewVersion("restored", row.number_of(text_hash))


def _judge_same(row: Row, at: datetime, visible: str | None) -> NoVersion:
    """A fetch that shows the newest text."""
    now = _no_longer_gone(row, at)
    if row.candidate is not None:
        now = replace(now or row, candidate=None, judged_at=at)
    if visible in (None, row.visible):
        return NoVersion("unchanged", now)
    return NoVersion("noise", replace(now or row, visible=visible, judged_at=at))


def _judge_turn(row: Row, flapping: Flapping, at: datetime, text_hash: str) -> NewVersion | NoVersion:
    """A fetch that shows one of two texts that take turns."""
    if text_hash != flapping.shown:
        return _flap(row, at, flapping.other, text_hash)
    now = _no_longer_gone(row, at)
    if at - flapping.since < FLAPPING:
        return NoVersion("unchanged", now)
    if text_hash == row.hash:
        return NoVersion("unchanged", replace(now or row, flapping=None, judged_at=at))
    return NewVersion("restored", row.number_of(text_hash))


def _flap(row: Row, at: datetime, other: str, shown: str) -> NoVersion:
    now = replace(_no_longer_gone(row, at) or row, candidate=None)
    return NoVersion("flapping", replace(now, flapping=Flapping(other, shown, at), judged_at=at))


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


def next_row(
    row: Row | None, at: datetime, kind: VersionKind, text_hash: str, *, source: str, reading: Reading, offset: int
) -> Row:
    """The row after a further version, or the first one. `source`: the name of the paper; `offset`: of the fetch."""
    if row is None:
        row = Row(version=0, fetched_at=at, first_seen=at, source=source, texts=())
    elif kind != "reread":  # which changes nothing but the hashes
        row = replace(row, last_changed=at, change_count=row.change_count + 1, gone_count=0, gone_since=None)
    row = replace(row, version=row.version + 1, fetched_at=at, flapping=None, candidate=None)
    if kind == "removed":
        return replace(row, removed=True)
    return replace(
        row,
        source=source,
        title=reading.title,
        byline=reading.byline,
        texts=(*row.texts, (row.version, text_hash))[-MAX_EARLIER - 1 :],
        removed=False,
        visible=reading.visible or None,
        shape=reading.shape,
        extractor=reading.extractor,
        offset=offset,
        restored_at=at if kind == "restored" else row.restored_at,
    )


def _no_longer_gone(row: Row, at: datetime) -> Row | None:
    """The row without its count of answers 404, None where it has none or they are newer than this fetch."""
    if row.gone_count == 0 or row.gone_last is None or at <= row.gone_last:
        return None
    return replace(row, gone_count=0, gone_since=None, gone_last=at)
