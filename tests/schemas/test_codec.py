"""Events survive the way to bytes and back, and what is no event is told apart by its reason."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from schemas import topics
from schemas.article import Article, Meta, Paragraph
from schemas.change import Change, Diff, Interval, Label, Row, Severity, Side, Stats
from schemas.codec import decode, encode, json_schema, schema_id
from schemas.errors import BadRecordError, Reason
from schemas.outcome import Outcome
from schemas.publish import DIRECTORY
from schemas.version import Version, VersionRef

PLACE = "article.version.v1[3]@1187"
EXAMPLE = (DIRECTORY / "examples" / "version-edited.json").read_bytes()

TEXT = st.text(max_size=20)
MAYBE = st.none() | TEXT
COUNTS = st.integers(0, 2**63 - 1)
NUMBERS = st.integers(1, 2**63 - 1)
HASHES = st.from_regex(r"[0-9a-f]{32}", fullmatch=True)
INSTANTS = st.datetimes(timezones=st.just(UTC))
SHARES = st.floats(0, 1)


def tuples(items: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """Tuples of a few of these."""
    return st.lists(items, max_size=3).map(tuple)


SPANS = tuples(st.tuples(st.sampled_from("=-+"), TEXT))
METAS = st.builds(Meta, id=TEXT, stream=TEXT, domain=TEXT, dt=INSTANTS, topic=TEXT, partition=COUNTS, offset=COUNTS)
ARTICLES = st.builds(
    Article,
    id=HASHES,
    url=TEXT,
    source=TEXT,
    first_seen=INSTANTS,
    last_changed=st.none() | INSTANTS,
    change_count=COUNTS,
)
PARAGRAPHS = tuples(st.builds(Paragraph, st.sampled_from(["text", "heading", "quote", "item", "caption"]), TEXT))
VERSIONS = st.builds(
    Version,
    meta=METAS,
    kind=st.sampled_from(["first", "edited", "restored", "reread", "removed", "returned"]),
    article=ARTICLES,
    version=NUMBERS,
    hash=HASHES,
    fetched_at=INSTANTS,
    title=TEXT,
    headline=MAYBE,
    byline=MAYBE,
    standfirst=MAYBE,
    published=MAYBE,
    modified=MAYBE,
    language=MAYBE,
    section=MAYBE,
    paragraphs=PARAGRAPHS,
    furniture=PARAGRAPHS,
    extractor=TEXT,
    flags=tuples(TEXT),
    previous=st.none() | st.builds(VersionRef, NUMBERS, HASHES),
    restores_version=st.none() | NUMBERS,
)
SIDES = st.builds(Side, version=NUMBERS, hash=HASHES, fetched_at=INSTANTS, title=TEXT, byline=MAYBE, words=COUNTS)
ROW_KINDS = ["equal", "edited", "inserted", "deleted", "moved", "split", "merged"]
CHANGES = st.builds(
    Change,
    meta=METAS,
    kind=st.sampled_from(["edited", "restored", "removed", "returned"]),
    article=ARTICLES,
    prior=SIDES,
    current=st.none() | SIDES,
    interval=st.builds(Interval, COUNTS, TEXT),
    diff=st.builds(
        Diff,
        title=SPANS,
        byline=SPANS,
        standfirst=SPANS,
        rows=tuples(st.builds(Row, st.sampled_from(ROW_KINDS), tuples(COUNTS), tuples(COUNTS), SPANS)),
    ),
    stats=st.builds(Stats, added=COUNTS, removed=COUNTS, kept=COUNTS, similarity=SHARES),
    labels=tuples(st.builds(Label, TEXT, tuples(COUNTS), tuples(TEXT))),
    severity=st.builds(Severity, SHARES, tuples(TEXT)),
)
OUTCOMES = st.builds(
    Outcome,
    meta=METAS,
    kind=st.sampled_from(["candidate", "noise", "not_article", "late", "flapping", "removal_pending", "rekeyed"]),
    article_id=HASHES,
    url=TEXT,
    source=TEXT,
    fetched_at=INSTANTS,
    reason=MAYBE,
)
EVENTS = VERSIONS | CHANGES | OUTCOMES
VALIDATORS = {event_type: Draft202012Validator(json_schema(event_type)) for event_type in (Version, Change, Outcome)}


@given(event=EVENTS)
def test_round_trip(event: Version | Change | Outcome) -> None:
    """An event written and read is the same event, and written again the same bytes."""
    value = encode(event)
    read = decode(value, type(event), PLACE)
    assert read == event
    assert encode(read) == value


@given(event=EVENTS)
def test_valid_under_its_schema(event: Version | Change | Outcome) -> None:
    """What is written is valid under the JSON Schema of its type."""
    VALIDATORS[type(event)].validate(orjson.loads(encode(event)))


@settings(max_examples=30)
@given(event=EVENTS)
def test_schema_comes_first(event: Version | Change | Outcome) -> None:
    """The value begins with the name of its contract, so that a reader knows it before the rest."""
    assert encode(event).startswith(b'{"$schema":"urn:newsdiff:schema:%s",' % event.topic.encode())


def test_times_are_utc_with_z() -> None:
    """A time ends in Z, without microseconds that nobody measured."""
    version = decode(EXAMPLE, Version, PLACE)
    assert version.fetched_at == datetime(2026, 3, 2, 11, 20, tzinfo=UTC)
    assert b'"fetched_at":"2026-03-02T11:20:00Z"' in encode(version)


def test_absent_optional_fields_have_their_defaults() -> None:
    """An event from before an optional field was added is read, with the field's default."""
    event = orjson.loads(EXAMPLE)
    for name in ("headline", "furniture", "restores_version", "flags"):
        del event[name]
    version = decode(orjson.dumps(event), Version, PLACE)
    assert (version.headline, version.furniture, version.restores_version, version.flags) == (None, (), None, ())


def test_unknown_fields_are_ignored() -> None:
    """An event with fields of a later contract, at any depth, is read as if they were not there."""
    event = orjson.loads(EXAMPLE)
    event["mood"] = {"tone": 3}
    event["meta"]["region"] = "north"
    event["paragraphs"][0]["weight"] = [1]
    assert decode(orjson.dumps(event), Version, PLACE) == decode(EXAMPLE, Version, PLACE)


@pytest.mark.parametrize(
    ("value", "reason", "what"),
    [
        (None, Reason.NO_VALUE, "has no value"),
        (b"", Reason.BAD_JSON, "not JSON"),
        (b"{", Reason.BAD_JSON, "not JSON"),
        (b"\xff", Reason.BAD_JSON, "not JSON"),
        (b'{"$schema": NaN}', Reason.BAD_JSON, "not JSON"),
        (b"[" * 200_000, Reason.BAD_JSON, "not JSON"),
        (b"[]", Reason.NOT_AN_EVENT, "'list', expected 'urn:newsdiff:schema:article.version.v1'"),
        (b"{}", Reason.NOT_AN_EVENT, "None, expected"),
        (b'{"$schema": 7}', Reason.NOT_AN_EVENT, "7, expected"),
        (b'{"$schema": "urn:newsdiff:schema:article.change.v1"}', Reason.NOT_AN_EVENT, "article.change.v1'"),
        (b'{"$schema": "urn:newsdiff:schema:article.version.v1"}', Reason.BAD_FIELD, "`meta`"),
    ],
)
def test_no_event(value: bytes | None, reason: Reason, what: str) -> None:
    """What is no version event is refused for its reason, and the message says what was found and where."""
    with pytest.raises(BadRecordError) as caught:
        decode(value, Version, PLACE)
    assert caught.value.reason is reason
    assert str(caught.value).startswith(f"{PLACE}: ")
    assert what in str(caught.value)


def put(*path: str | int, value: object) -> Callable[[Any], None]:
    """Put a value into an event."""

    def change(event: Any) -> None:
        for step in path[:-1]:
            event = event[step]
        event[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (put("title", value=None), "$.title"),
        (put("kind", value="rumoured"), "$.kind"),
        (put("version", value=0), "$.version"),
        (put("version", value=True), "$.version"),
        (put("version", value=1.5), "$.version"),
        (put("version", value="2"), "$.version"),
        (put("hash", value="7B5192ECD331748C52C557ED94AB2359"), "$.hash"),
        (put("hash", value="7b51"), "$.hash"),
        (put("fetched_at", value="2026-03-02T11:20:00"), "$.fetched_at"),
        (put("fetched_at", value="2026-02-30T11:20:00Z"), "$.fetched_at"),
        (put("fetched_at", value=1772450400), "$.fetched_at"),
        (put("meta", "offset", value=-1), "$.meta.offset"),
        (put("meta", "dt", value="yesterday"), "$.meta.dt"),
        (put("article", "change_count", value=None), "$.article.change_count"),
        (put("paragraphs", value={}), "$.paragraphs"),
        (put("paragraphs", 2, "kind", value="poem"), "$.paragraphs[2].kind"),
        (put("flags", value=[7]), "$.flags[0]"),
        (put("previous", "version", value=0), "$.previous.version"),
    ],
)
def test_bad_field(change: Callable[[Any], None], where: str) -> None:
    """A field with an impossible value is refused, and the message has the path of the field and the record's place."""
    event = orjson.loads(EXAMPLE)
    change(event)
    with pytest.raises(BadRecordError) as caught:
        decode(orjson.dumps(event), Version, PLACE)
    assert caught.value.reason is Reason.BAD_FIELD
    assert str(caught.value).startswith(f"{PLACE}: ")
    assert f"`{where}`" in str(caught.value)


@pytest.mark.parametrize("spans", [[["~", "x"]], [["="]], [["=", "x", "y"]], [["=", 1]], ["=x"], "=x"])
def test_bad_spans(spans: object) -> None:
    """A span that is no pair of a sign and a text is refused."""
    event = orjson.loads((DIRECTORY / "examples" / "change-edited.json").read_bytes())
    event["diff"]["title"] = spans
    with pytest.raises(BadRecordError, match=r"\$\.diff\.title"):
        decode(orjson.dumps(event), Change, PLACE)


def test_schema_id_names_the_topic() -> None:
    """The id of a contract changes only with the version in its topic's name."""
    assert schema_id(Change) == f"urn:newsdiff:schema:{topics.CHANGE}"


IN_THREADS = """
import sys, threading
from schemas.codec import decode
from schemas.version import Version

sys.setswitchinterval(1e-6)
value, at_once = sys.stdin.buffer.read(), threading.Barrier(8)
threads = [
    threading.Thread(target=lambda: (at_once.wait(), decode(value, Version, "a version"))) for _ in range(8)
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_threads_may_read_their_first_event_at_once() -> None:
    """The library would end the process where two use a type for the first time: seen in two of three such runs."""
    for _ in range(6):
        ran = subprocess.run([sys.executable, "-c", IN_THREADS], input=EXAMPLE, capture_output=True, check=False)
        assert (ran.returncode, ran.stderr) == (0, b"")
