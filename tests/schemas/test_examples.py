"""The published examples are what the contracts say, and make sense together."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from agents.diff.step import diff_step
from agents.step import Keep
from schemas import topics
from schemas.change import Change, Spans
from schemas.codec import decode, encode
from schemas.fetch import read_fetch, write_fetch
from schemas.outcome import Outcome
from schemas.publish import DIRECTORY
from schemas.record import Headers, Record
from schemas.version import Version

EVENT_TYPES: dict[str, Any] = {"version": Version, "change": Change, "outcome": Outcome}
FILES = {path.stem: path.read_bytes() for path in (DIRECTORY / "examples").glob("*.json")}
WHEN = datetime(2026, 4, 1, tzinfo=UTC)
FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time", raises=ValueError)
def is_date_time(text: object) -> bool:
    """Whether a text is a time with an offset (jsonschema itself checks this only with a further package)."""
    return not isinstance(text, str) or datetime.fromisoformat(text).tzinfo is not None


def kind_of(name: str) -> str:
    """The kind of event that an example is of."""
    return name.partition("-")[0]


def names(*kinds: str) -> list[str]:
    """The examples of these kinds of events."""
    return sorted(name for name in FILES if kind_of(name) in kinds)


def validate(name: str, value: Any) -> None:
    """Raise ValidationError unless the value is valid under the published schema of its kind of event."""
    schema = orjson.loads((DIRECTORY / f"article.{kind_of(name)}.v1.json").read_bytes())
    Draft202012Validator(schema, format_checker=FORMATS).validate(value)


def version(kind: str) -> Version:
    """The example of a version of this kind."""
    return decode(FILES[f"version-{kind}"], Version, kind)


def change(kind: str) -> Change:
    """The example of a change of this kind."""
    return decode(FILES[f"change-{kind}"], Change, kind)


def text(spans: Spans, *kept: str) -> str:
    """The text of the spans of these kinds."""
    return "".join(stretch for kind, stretch in spans if kind in kept)


@pytest.mark.parametrize("name", names("version", "change", "outcome", "fetch"))
def test_valid(name: str) -> None:
    """Every example is valid under its published JSON Schema, times included."""
    validate(name, orjson.loads(FILES[name]))


@pytest.mark.parametrize("time", ["yesterday", "2026-03-02T11:20:00", "2026-13-02T11:20:00Z"])
def test_bad_time_is_invalid(time: str) -> None:
    """The check of the examples does look at times."""
    event = orjson.loads(FILES["version-first"])
    with pytest.raises(ValidationError):
        validate("version-first", event | {"fetched_at": time})


@pytest.mark.parametrize("name", names("version", "change", "outcome"))
def test_same_bytes(name: str) -> None:
    """An example read and written again is the same to the byte, but for the file's indentation."""
    event = decode(FILES[name], EVENT_TYPES[kind_of(name)], name)
    assert encode(event) == orjson.dumps(orjson.loads(FILES[name]))


def test_every_kind() -> None:
    """There is an example of each kind of change, and of each version that a change leads to."""
    assert {name.removeprefix("change-") for name in names("change")} == {"edited", "restored", "removed", "returned"}
    assert {name.removeprefix("version-") for name in names("version")} == {
        "first", "edited", "restored", "removed", "returned",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["edited", "restored", "removed", "returned"])
def test_change_follows_versions(kind: str) -> None:
    """A change names the version that it leads to and the one before, as their own events have them."""
    current, this = version(kind), change(kind)
    prior = next(
        v for v in map(version, ("first", "edited", "restored", "removed")) if v.version == current.version - 1
    )
    assert current.previous is not None
    assert (current.previous.version, current.previous.hash) == (prior.version, prior.hash)
    assert (this.kind, this.article, this.meta.offset) == (current.kind, current.article, current.meta.offset)
    assert this.interval.seconds == (current.fetched_at - prior.fetched_at).total_seconds()
    for side, whole in ((this.prior, prior), (this.current, current)):
        if side is not None:
            assert (side.version, side.hash, side.fetched_at) == (whole.version, whole.hash, whole.fetched_at)
            assert side.words == sum(len(paragraph.text.split()) for paragraph in whole.paragraphs)


def test_changes_are_what_the_diff_step_writes() -> None:
    """From the versions, in their order, the diff step makes the changes."""
    row, written = None, []
    for offset, kind in enumerate(["first", "edited", "restored", "removed", "returned"]):
        value = FILES[f"version-{kind}"]
        result = diff_step(Record(topics.VERSION, 3, offset, WHEN, b"key", value), row)
        assert not isinstance(result.row, Keep)
        row = result.row
        written += [decode(output.value, Change, kind) for output in result.outputs]
    expected = [change(kind) for kind in ("edited", "restored", "removed", "returned")]
    assert written == expected


@pytest.mark.parametrize(("kind", "before"), [("edited", "first"), ("restored", "edited"), ("returned", "removed")])
def test_spans_rebuild_both_texts(kind: str, before: str) -> None:
    """The spans of a change make the whole of the text before it and the whole of the text after it."""
    diff, old, new = change(kind).diff, version(before), version(kind)
    for name in ("title", "byline", "standfirst"):
        spans = getattr(diff, name)
        assert (text(spans, "=", "-"), text(spans, "=", "+")) == (getattr(old, name), getattr(new, name))
    for row in diff.rows:
        assert text(row.spans, "=", "-") == "\n".join(old.paragraphs[number].text for number in row.old)
        assert text(row.spans, "=", "+") == "\n".join(new.paragraphs[number].text for number in row.new)
    assert sorted(number for row in diff.rows for number in row.old) == list(range(len(old.paragraphs)))
    assert [number for row in diff.rows for number in row.new] == list(range(len(new.paragraphs)))


def test_every_kind_of_row() -> None:
    """The examples show each kind of row."""
    rows = [row.kind for kind in ("edited", "restored", "returned") for row in change(kind).diff.rows]
    assert set(rows) == {"equal", "edited", "inserted", "deleted", "moved", "split", "merged"}


def test_removed() -> None:
    """A removal has no current side and an empty diff, and its version has the text and hash of the last one."""
    removed, gone, last = change("removed"), version("removed"), version("restored")
    assert removed.current is None
    assert (removed.diff.title, removed.diff.rows) == ((), ())
    assert (gone.hash, gone.title, gone.paragraphs) == (last.hash, last.title, last.paragraphs)


def test_restored() -> None:
    """A restored version has the hash and text of the one that it names."""
    restored, first = version("restored"), version("first")
    assert restored.restores_version == first.version
    assert (restored.hash, restored.paragraphs) == (first.hash, first.paragraphs)


def fetch_record(headers: Headers, value: bytes | None) -> Record:
    """A record of the fetch topic, written after the examples."""
    return Record(topics.FETCH, 0, 0, WHEN, b"key", value, headers)


@pytest.mark.parametrize(("name", "status"), [("fetch-structured", 200), ("fetch-structured-gone", 410)])
def test_structured_fetch(name: str, status: int) -> None:
    """A structured example is read as the fetch that it describes."""
    event = orjson.loads(FILES[name])
    fetch = read_fetch(fetch_record((("content-type", b"application/cloudevents+json"),), FILES[name]))
    assert (fetch.url, fetch.status) == (event["subject"], status)
    assert fetch.fetched_at == datetime.fromisoformat(event["time"])
    assert (fetch.body or b"").decode() == event.get("data", "")
    assert (fetch.source, fetch.etag, fetch.recheck) == (
        event.get("sourcename"),
        event.get("etag"),
        event.get("recheck", False),
    )


def test_extracted_fetch() -> None:
    """The example of an extracted article is read with its title and each of its paragraphs."""
    body, when = FILES["fetch-extracted"], datetime(2026, 3, 2, 6, 15, tzinfo=UTC)
    url = "https://www.ferrow-ledger.example/harbour/ferry-timetable"
    article = orjson.loads(body)
    fetch = read_fetch(fetch_record(*write_fetch(url=url, fetched_at=when, body=body, content_type="application/json")))
    assert fetch.extracted is not None
    assert (fetch.extracted.title, fetch.extracted.byline) == (article["title"], article["byline"])
    assert [p.text for p in fetch.extracted.paragraphs] == [
        p if isinstance(p, str) else p["text"] for p in article["paragraphs"]
    ]
