"""The decisions of detect on rows alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from agents.detect.ladder import NewVersion, NoVersion, judge_gone, judge_text, next_row
from agents.detect.reading import Reading
from agents.detect.row import MAX_EARLIER, Row
from schemas.version import VersionKind

START = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def history(*hashes: str) -> Row:
    """An article with a version a day."""
    row = None
    for number, text in enumerate(hashes):
        row = after(row, START + number * DAY, text)
    assert row is not None
    return row


def after(row: Row | None, at: datetime, text: str, kind: VersionKind = "edited") -> Row:
    """The row after one more version."""
    return next_row(row, at, kind, text, source="Echo", reading=Reading(title="One"))


def test_an_earlier_text_is_known_for_64_versions() -> None:
    """The 64 versions before the newest are remembered by their hashes, and none before them."""
    row = history(*(f"{number:032x}" for number in range(1, 67)))
    at = START + 99 * DAY
    assert (row.version, len(row.texts)) == (66, MAX_EARLIER + 1)
    assert judge_text(row, at, f"{2:032x}") == NewVersion("restored", 2)
    assert judge_text(row, at, f"{1:032x}") == NewVersion("edited")


def test_the_newest_version_with_a_text_is_restored() -> None:
    """Where a text was there several times, the latest of them counts."""
    assert judge_text(history("a", "b", "a", "b"), START + 9 * DAY, "a") == NewVersion("restored", 3)


def test_an_unchanged_text_keeps_the_row_unless_answers_were_counted() -> None:
    """The row is only written to end a count of answers 404, and only by a fetch after them."""
    row = history("a")
    assert judge_text(row, START + DAY, "a") == NoVersion("unchanged")
    pending = judge_gone(row, START + 2 * DAY)
    assert isinstance(pending, NoVersion)
    assert judge_text(pending.row, START + DAY, "a") == NoVersion("unchanged")
    ended = judge_text(pending.row, START + 3 * DAY, "a")
    assert isinstance(ended, NoVersion)
    assert ended.row is not None
    assert (ended.row.gone_count, ended.row.gone_since) == (0, None)
    assert judge_gone(ended.row, START + 2 * DAY) == NoVersion("late")


def test_a_version_from_before_the_counted_answers_ends_the_count() -> None:
    """A text that comes late, but is a version, shows that the answers were not in a row."""
    pending = judge_gone(history("a"), START + 2 * DAY)
    assert isinstance(pending, NoVersion)
    assert pending.row is not None
    row = after(pending.row, START + DAY, "b")
    assert (row.gone_count, row.gone_since) == (0, None)
    assert judge_gone(row, START + 2 * DAY) == NoVersion("late")


def test_what_is_removed_stays_removed_until_a_text_comes() -> None:
    """Further answers 404 do nothing, and a text from before the removal is late."""
    row = after(history("a", "b"), START + 5 * DAY, "b", "removed")
    assert judge_gone(row, START + 9 * DAY) == NoVersion("unchanged")
    assert judge_text(row, START + 4 * DAY, "b") == NoVersion("late")
    assert judge_text(row, START + 6 * DAY, "b") == NewVersion("returned")
    assert judge_text(row, START + 6 * DAY, "a") == NewVersion("returned")


def test_what_was_never_seen_cannot_be_gone() -> None:
    """An answer 404 for an article without a version is no article."""
    assert judge_gone(None, START) == NoVersion("not_article")
