"""The decisions of detect on rows alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

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
    return next_row(row, at, kind, text, source="Echo", reading=Reading(title="One"), offset=0)


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


def words(*fetches: tuple[str, float]) -> list[str]:
    """What becomes of fetches of an article: texts by their names, hours since the first."""
    row: Row | None = None
    said = []
    for text, hours in fetches:
        at = START + timedelta(hours=hours)
        verdict = judge_text(row, at, text)
        if isinstance(verdict, NewVersion):
            row = after(row, at, text, verdict.kind)
            said.append(verdict.kind)
        else:
            row = verdict.row or row
            said.append(verdict.outcome)
    return said


def test_the_second_return_within_a_day_is_flapping() -> None:
    """Two servers with two texts make two versions and one return, and no more, however long they take turns."""
    assert words(("a", 0), ("b", 1), ("a", 2), ("b", 3)) == ["first", "edited", "restored", "flapping"]
    turns = [("b" if hour % 2 else "a", hour) for hour in range(100)]
    assert words(*turns) == ["first", "edited", "restored", *["flapping"] * 97]


def test_a_text_that_stands_for_a_day_settles_it() -> None:
    """Then there is one version at most: none where the newest text is the one that stands."""
    before = [("a", 0), ("b", 1), ("a", 2), ("b", 3)]
    assert words(*before, ("b", 20), ("b", 27), ("b", 28)) == [
        "first", "edited", "restored", "flapping", "unchanged", "restored", "unchanged",
    ]  # fmt: skip
    assert words(*before, ("a", 4), ("a", 28), ("b", 60)) == [
        "first", "edited", "restored", "flapping", "flapping", "unchanged", "restored",
    ]  # fmt: skip


def test_a_third_text_ends_it() -> None:
    """A text that is neither of the two is a version as always."""
    assert words(("a", 0), ("b", 1), ("a", 2), ("b", 3), ("c", 4), ("a", 30))[3:] == ["flapping", "edited", "restored"]


def test_returns_on_other_days_are_returns() -> None:
    """A text that comes back once a day is restored each time."""
    days = [("b" if day % 2 else "a", 24.0 * day) for day in range(6)]
    assert words(*days) == ["first", "edited", *["restored"] * 4]


def test_noise_is_told_once_for_what_is_seen() -> None:
    """The same text on a page that looks otherwise is noise; the same look again is nothing, and so is an old one."""
    row = replace(history("a"), visible="one")
    seen = judge_text(row, START + DAY, "a", "two")
    assert isinstance(seen, NoVersion)
    assert (seen.outcome, seen.row) == ("noise", replace(row, visible="two", judged_at=START + DAY))
    assert judge_text(seen.row, START + 2 * DAY, "a", "two") == NoVersion("unchanged")
    assert judge_text(seen.row, START + DAY / 2, "a", "three") == NoVersion("unchanged")


def test_answers_404_in_a_row_are_counted_while_texts_take_turns() -> None:
    """Whatever text is seen in between ends their count."""
    row: Row | None = None
    for text, hours, kind in (("a", 0, "first"), ("b", 1, "edited"), ("a", 2, "restored")):
        row = after(row, START + timedelta(hours=hours), text, cast(VersionKind, kind))
    for hours in (3, 15):
        pending = judge_gone(row, START + timedelta(hours=hours))
        assert isinstance(pending, NoVersion)
        row = pending.row
    turned = judge_text(row, START + timedelta(hours=16), "b")
    assert isinstance(turned, NoVersion)
    assert turned.row is not None
    assert (turned.outcome, turned.row.gone_count) == ("flapping", 0)
