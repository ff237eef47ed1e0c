"""The diff step publishes one change for every next version, once, and keeps the newest one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from diff_versions import URL, handle, version

from agents.diff.apply import apply, unapply
from agents.diff.labels import severity
from agents.diff.row import Newest, decode_row, encode_row
from agents.diff.text import Text
from agents.step import KEEP, Result
from schemas import topics
from schemas.article import Meta, Paragraph, event_id
from schemas.change import Change, Diff, Stats
from schemas.codec import decode
from schemas.errors import BadRecordError, Reason
from schemas.version import Version, VersionRef


def run(*events: Version) -> tuple[list[Change], bytes]:
    """The changes that versions lead to, one after the other, and the row that is left."""
    row: bytes | None = None
    changes = []
    for event in events:
        result = handle(event, row)
        assert isinstance(result.row, bytes)
        row = result.row
        changes += [decode(output.value, Change, "a change") for output in result.outputs]
    assert row is not None
    return changes, row


FIRST = version(1, "first", "a")
EDITED = version(2, "edited", "b", "a")


def test_the_first_version_only_leaves_a_row() -> None:
    """There is nothing to compare the first version with."""
    result = handle(FIRST, None)
    assert (result.outcome, result.outputs) == ("first", ())
    assert isinstance(result.row, bytes)
    assert decode_row(result.row, "row") == Newest.of(FIRST)


def test_an_edit_is_a_change() -> None:
    """The change has both sides, what happened between them, and the fetch that caused it."""
    (change,), row = run(FIRST, EDITED)
    assert change.kind == "edited"
    assert change.article == EDITED.article
    assert change.meta == Meta(
        id=event_id(EDITED.article.id, 2, "edited", EDITED.hash), stream=topics.CHANGE, domain="lisk-courier.example",
        dt=EDITED.fetched_at, topic=topics.FETCH, partition=3, offset=102,
    )  # fmt: skip
    assert (change.prior.version, change.prior.hash, change.prior.title, change.prior.words) == (
        1, FIRST.hash, FIRST.title, 10,
    )  # fmt: skip
    assert change.current is not None
    assert (change.current.version, change.current.hash, change.current.byline) == (2, EDITED.hash, "By Ana Novak")
    assert change.interval.words == "about 5 hours later"
    assert (change.stats.added, change.stats.removed, change.stats.kept) == (3, 3, 7)
    assert apply(change.diff, Text.of(FIRST)) == Text.of(EDITED)
    assert unapply(change.diff, Text.of(EDITED)) == Text.of(FIRST)
    assert [label.name for label in change.labels] == ["headline", "numbers", "silent"]
    assert change.severity == severity(change.labels, change.stats)
    assert decode_row(row, "row").ref == VersionRef(2, EDITED.hash)


def test_a_row_without_stated_times_is_read() -> None:
    """Rows that were written before pages' own times were kept still lead to the next change."""
    row = orjson.loads(run(FIRST)[1])
    for name in ("modified", "updated"):
        del row[name]
    assert decode_row(orjson.dumps(row), "row") == Newest.of(FIRST)
    assert len(handle(EDITED, orjson.dumps(row)).outputs) == 1


@pytest.mark.parametrize(
    ("before", "after", "is_silent"),
    [
        ({}, {}, True),
        ({"modified": "2026-03-01"}, {"modified": "2026-03-01"}, True),
        ({"modified": "2026-03-01"}, {"modified": "2026-03-02"}, False),
        ({}, {"modified": "2026-03-02"}, False),
        ({"modified": "2026-03-01"}, {}, True),
        ({"furniture": ()}, {"furniture": (Paragraph("text", "Updated at 9.40pm"),)}, False),
        (
            {"furniture": (Paragraph("text", "Updated at 9.40pm"),)},
            {"furniture": (Paragraph("text", "Updated at 9.40pm"),)},
            True,
        ),
        ({"furniture": ()}, {"furniture": (Paragraph("text", "Updated 5 minutes ago"),)}, True),
        ({"furniture": ()}, {"furniture": (Paragraph("text", "Zuletzt aktualisiert: 3. März, 9.40 Uhr"),)}, False),
    ],
)
def test_a_page_that_states_a_newer_time_is_not_silent(
    before: dict[str, Any], after: dict[str, Any], *, is_silent: bool
) -> None:
    """What a page says about the time of its last change, to programs or to readers, counts where it is new."""
    (change,), _ = run(version(1, "first", "a", **before), version(2, "edited", "b", "a", **after))
    assert ("silent" in [label.name for label in change.labels]) == is_silent


def test_the_return_of_an_earlier_text_is_a_change() -> None:
    """A restored text is compared with the newest version, not with the one that it equals."""
    changes, _ = run(FIRST, EDITED, version(3, "restored", "a", "b", restores_version=1))
    assert [change.kind for change in changes] == ["edited", "restored"]
    assert apply(changes[1].diff, Text.of(EDITED)) == Text.of(FIRST)


def test_a_removal_has_no_current_side() -> None:
    """When the page is gone the change tells what was there, with an empty diff."""
    changes, row = run(FIRST, version(2, "removed", "a", "a"))
    assert changes[0].kind == "removed"
    assert changes[0].current is None
    assert (changes[0].diff, changes[0].stats) == (Diff(), Stats())
    assert (changes[0].prior.version, changes[0].prior.words) == (1, 10)
    assert decode_row(row, "row").removed


def test_a_returned_page_is_compared_with_its_last_text() -> None:
    """The text is remembered while the page is gone, even if the removal came without it."""
    gone = replace(version(2, "removed", "a", "a"), title="", byline=None, paragraphs=())
    changes, row = run(FIRST, gone, version(3, "returned", "b", "a"))
    assert changes[1].kind == "returned"
    assert changes[1].prior.version == 2
    assert apply(changes[1].diff, Text.of(FIRST)) == Text.of(EDITED)
    assert not decode_row(row, "row").removed


def test_a_reread_is_a_new_base_and_no_change() -> None:
    """What another extractor reads is what the next version is compared with, but nobody edited anything."""
    changes, _ = run(FIRST, version(2, "reread", "b", "a"), version(3, "edited", "a", "b"))
    assert [change.kind for change in changes] == ["edited"]
    assert apply(changes[0].diff, Text.of(EDITED)) == Text.of(FIRST)


@pytest.mark.parametrize("event", [FIRST, EDITED])
def test_a_repeated_version_writes_nothing(event: Version) -> None:
    """A version that is not newer than the row was handled before."""
    _, row = run(FIRST, EDITED)
    assert handle(event, row) == Result("repeated", (), KEEP)


@pytest.mark.parametrize(
    ("known", "event"),
    [
        ([], EDITED),
        ([], version(1, "edited", "a")),
        ([], version(2, "first", "a", "a")),
        ([FIRST], version(2, "edited", "b", "b")),
        ([FIRST], version(3, "edited", "b", "a")),
        ([FIRST], version(2, "edited", "b")),
        ([FIRST], version(2, "first", "b", "a")),
        ([FIRST], version(2, "returned", "a", "a")),
        ([FIRST, version(2, "removed", "a", "a")], version(3, "edited", "b", "a")),
    ],
)
def test_a_broken_chain_is_refused(known: list[Version], event: Version) -> None:
    """A version that does not follow the known one is a dead letter, and the row stays."""
    row = run(*known)[1] if known else None
    with pytest.raises(BadRecordError, match=r"article\.version\.v1\[3\]@7") as caught:
        handle(event, row)
    assert caught.value.reason is Reason.BROKEN_CHAIN


def test_a_row_that_is_none_is_told() -> None:
    """A row that this step did not write is an error that names the place, not a crash."""
    with pytest.raises(BadRecordError, match="the row for article"):
        handle(EDITED, b'{"version": 0}')


def test_rows_come_back_as_they_were() -> None:
    """A row is read as it was written."""
    newest = replace(Newest.of(EDITED), removed=True)
    assert decode_row(encode_row(newest), "row") == newest


def test_the_same_records_give_the_same_bytes() -> None:
    """No clock and no chance goes into a change."""
    row = handle(FIRST, None).row
    assert isinstance(row, bytes)
    assert handle(EDITED, row) == handle(EDITED, row)


def test_headers_describe_the_event_and_pass_the_trace_on() -> None:
    """The change is a CloudEvent in binary mode under the article's key, in the trace of the version."""
    row = handle(FIRST, None).row
    assert isinstance(row, bytes)
    trace = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    (output,) = handle(EDITED, row, (("traceparent", trace),)).outputs
    assert (output.topic, output.key) == (topics.CHANGE, URL.encode())
    assert dict(output.headers) == {
        "ce_specversion": b"1.0",
        "ce_id": decode(output.value, Change, "a change").meta.id.encode(),
        "ce_source": b"newsdiff",
        "ce_type": b"article.change.v1",
        "ce_subject": URL.encode(),
        "ce_time": b"2026-03-01T17:00:00Z",
        "content-type": b"application/json",
        "traceparent": trace,
    }
    (output,) = handle(EDITED, row).outputs
    assert "traceparent" not in dict(output.headers)
