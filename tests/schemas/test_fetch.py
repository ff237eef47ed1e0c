"""Reading fetch records in their three forms, telling what is wrong with the rest, and writing them."""

from __future__ import annotations

import base64
import contextlib
import gzip
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import topics
from schemas.article import Paragraph
from schemas.content_encoding import MAX_BODY
from schemas.errors import BadRecordError, Reason
from schemas.fetch import REKEYED, Extracted, Fetch, read_fetch, write_fetch
from schemas.record import Record

WRITTEN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FETCHED = datetime(2026, 3, 1, 11, 58, 30, 250000, tzinfo=UTC)
URL = "https://eastmere-echo.test/storm"
PAGE = "<p>Sturm über Eastmere</p>".encode()
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
JSON_EVENT = b"application/cloudevents+json; charset=utf-8"

HEADERS: dict[str, bytes | None] = {
    "ce_specversion": b"1.0",
    "ce_id": b"17",
    "ce_source": b"crawler.test",
    "ce_type": b"test.crawled",
    "ce_subject": URL.encode(),
    "ce_time": b"2026-03-01T11:58:30.25Z",
    "content-type": b"Text/HTML; Charset=ISO-8859-15",
}
EVENT = {
    "specversion": "1.0",
    "id": "17",
    "source": "crawler.test",
    "type": "test.crawled",
    "subject": URL,
    "time": "2026-03-01T12:58:30.25+01:00",
    "datacontenttype": "text/html",
    "data": PAGE.decode(),
}
ARTICLE = {"title": "Storm", "byline": "Ada Quill", "paragraphs": ["One.", {"kind": "quote", "text": "Two."}]}


def record(value: bytes | None, headers: Mapping[str, bytes | None]) -> Record:
    """A fetch record that was written at WRITTEN."""
    return Record(topics.FETCH, 3, 41, WRITTEN, URL.encode(), value, tuple(headers.items()))


def binary(value: bytes | None = PAGE, **changes: bytes | None) -> Fetch:
    """A fetch from a binary event with other headers; None takes one away, and `__` stands for a hyphen."""
    named = HEADERS | {name.replace("__", "-"): text for name, text in changes.items()}
    return read_fetch(record(value, {name: text for name, text in named.items() if text is not None}))


def structured(headers: Mapping[str, bytes | None] | None = None, /, **changes: Any) -> Fetch:
    """A fetch from a structured event with other attributes; None takes one away."""
    event = {name: value for name, value in (EVENT | changes).items() if value is not None}
    return read_fetch(record(orjson.dumps(event), {"content-type": JSON_EVENT, **(headers or {})}))


def test_a_binary_event_is_read() -> None:
    """Every header of a binary event is a field, and the body is the value."""
    more = {
        "http_status": b"206", "etag": b'"a1"', "last_modified": b"Sun", "feed": b"https://eastmere-echo.test/rss",
        "source": b"Eastmere Echo", "recheck": b"true", "traceparent": TRACE.encode(),
    }  # fmt: skip
    assert binary(**more) == Fetch(
        url=URL,
        fetched_at=FETCHED,
        status=206,
        content_type="text/html",
        charset="iso-8859-15",
        body=PAGE,
        etag='"a1"',
        last_modified="Sun",
        feed="https://eastmere-echo.test/rss",
        source="Eastmere Echo",
        recheck=True,
        traceparent=TRACE,
    )


def test_what_need_not_be_there_has_its_default() -> None:
    """An event with nothing but what CloudEvents wants, URL, time and body is a fetch with status 200."""
    fetch = binary(content__type=b"application/xhtml+xml")
    assert (fetch.status, fetch.charset, fetch.recheck, fetch.rekeyed) == (200, None, False, False)
    assert fetch.ok


def test_the_last_of_equal_headers_counts() -> None:
    """As Kafka's own clients have it, the last header of a name wins."""
    headers = (*HEADERS.items(), ("http_status", b"500"), ("http_status", b"404"))
    assert read_fetch(Record(topics.FETCH, 0, 0, WRITTEN, None, PAGE, headers)).status == 404


def test_a_structured_event_is_read() -> None:
    """The attributes of a structured event are the same fields, a string is HTML, and its charset is settled."""
    more = {
        "httpstatus": 203, "etag": "a1", "lastmodified": "Sun", "feed": "f", "sourcename": "Eastmere Echo",
        "recheck": True, "traceparent": TRACE,
    }  # fmt: skip
    assert structured(**more) == Fetch(
        url=URL,
        fetched_at=FETCHED,
        status=203,
        content_type="text/html",
        charset="utf-8",
        body=PAGE,
        etag="a1",
        last_modified="Sun",
        feed="f",
        source="Eastmere Echo",
        recheck=True,
        traceparent=TRACE,
    )


def test_simple_producers_may_write_names_as_in_the_headers() -> None:
    """In JSON the names with underscores, and numbers and booleans as strings, are taken too."""
    fetch = structured(http_status="404", last_modified="Sun", source_name="Echo", recheck="false")
    assert (fetch.status, fetch.last_modified, fetch.source, fetch.recheck) == (404, "Sun", "Echo", False)


def test_bytes_come_in_base64_with_their_own_encoding() -> None:
    """`data_base64` gives the bytes, decompressed, with the charset that the content type declares."""
    packed = base64.b64encode(gzip.compress(PAGE)).decode()
    fetch = structured(
        data=None, data_base64=packed, contentencoding="gzip", datacontenttype="text/html;charset='Latin1'"
    )
    assert (fetch.body, fetch.charset) == (PAGE, "latin1")


def test_a_structured_event_may_be_compressed_as_a_whole() -> None:
    """The record's own content encoding is undone before the JSON is read."""
    headers = {"content-type": JSON_EVENT, "content-encoding": b"gzip", "traceparent": TRACE.encode()}
    fetch = read_fetch(record(gzip.compress(orjson.dumps(EVENT)), headers))
    assert (fetch.body, fetch.traceparent) == (PAGE, TRACE)


def test_an_extracted_article_is_read_in_either_mode() -> None:
    """JSON with title and paragraphs needs no HTML; a bare string is a paragraph of text."""
    expected = Extracted(
        title="Storm", byline="Ada Quill", paragraphs=(Paragraph("text", "One."), Paragraph("quote", "Two."))
    )
    assert binary(orjson.dumps(ARTICLE), content__type=b"application/json").extracted == expected
    assert structured(data=ARTICLE, datacontenttype="application/json").extracted == expected
    assert structured(data=ARTICLE, datacontenttype=None).extracted == expected


@pytest.mark.parametrize("status", ["404", "410", "503", "301", "100"])
def test_only_the_status_counts_where_it_is_not_2xx(status: str) -> None:
    """A body that could not be read does not matter, nor that there is none."""
    for value, encoding in ((None, b"gzip"), (b"\xff", b"gzip"), (b"x", b"nonsense")):
        fetch = binary(value, http_status=status.encode(), content__type=b"video/mp4", content__encoding=encoding)
        assert (fetch.status, fetch.body, fetch.extracted, fetch.ok) == (int(status), None, None, False)


def test_a_malformed_trace_is_passed_over() -> None:
    """A traceparent that is none does not spoil the fetch."""
    assert binary(traceparent=b"none").traceparent is None


def test_the_marker_of_a_record_that_was_sent_on_is_seen() -> None:
    """The header that detect adds when it sends a record on is read, in both modes."""
    assert binary(**{REKEYED.replace("-", "__"): b"1"}).rekeyed
    assert structured({REKEYED: b"1"}).rekeyed


def test_a_producers_clock_may_be_an_hour_ahead() -> None:
    """A fetch just within the hour after its record was written is taken."""
    time = (WRITTEN + timedelta(hours=1)).isoformat()
    assert binary(ce_time=time.encode()).fetched_at == WRITTEN + timedelta(hours=1)


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        (Reason.NOT_AN_EVENT, {"ce_specversion": None}),
        (Reason.NOT_AN_EVENT, {"ce_specversion": b"0.3"}),
        (Reason.NOT_AN_EVENT, {"ce_id": None}),
        (Reason.NOT_AN_EVENT, {"ce_source": b""}),
        (Reason.NOT_AN_EVENT, {"ce_type": None}),
        (Reason.NOT_AN_EVENT, {"ce_type": topics.VERSION.encode()}),
        (Reason.NOT_AN_EVENT, {"content__type": b"application/cloudevents+avro"}),
        (Reason.BAD_URL, {"ce_subject": None}),
        (Reason.BAD_TIME, {"ce_time": None}),
        (Reason.BAD_TIME, {"ce_time": b"yesterday"}),
        (Reason.BAD_TIME, {"ce_time": b"2026-03-01T11:58:30"}),
        (Reason.BAD_TIME, {"ce_time": b"2026-02-30T11:58:30Z"}),
        (Reason.BAD_TIME, {"ce_time": b"2026-03-01T13:00:00.000001Z"}),
        (Reason.BAD_TIME, {"ce_time": b"9999-12-31T23:59:59-12:00"}),
        (Reason.BAD_TIME, {"ce_time": b"1989-12-31T23:59:59Z"}),
        (Reason.BAD_TIME, {"ce_time": b"0001-01-01T00:00:00+14:00"}),
        (Reason.BAD_FIELD, {"http_status": b"99"}),
        (Reason.BAD_FIELD, {"http_status": b"600"}),
        (Reason.BAD_FIELD, {"http_status": b"-200"}),
        (Reason.BAD_FIELD, {"http_status": "٢٠٠".encode()}),
        (Reason.BAD_FIELD, {"http_status": b"200 OK"}),
        (Reason.BAD_FIELD, {"recheck": b"perhaps"}),
        (Reason.BAD_FIELD, {"etag": b"x" * 10_000}),
        (Reason.UNKNOWN_CONTENT_TYPE, {"content__type": b"video/mp4"}),
        (Reason.UNKNOWN_CONTENT_TYPE, {"content__type": b"text/plain"}),
        (Reason.UNKNOWN_CONTENT_TYPE, {"content__type": None}),
        (Reason.BAD_ENCODING, {"content__encoding": b"rot13"}),
        (Reason.BAD_ENCODING, {"content__encoding": b"gzip"}),
    ],
)
def test_a_bad_header_is_told(reason: Reason, changes: dict[str, bytes | None]) -> None:
    """Each bad header is refused for its own reason, with the place of the record."""
    with pytest.raises(BadRecordError, match=r"^article\.fetch\.v1\[3\]@41: ") as raised:
        binary(**changes)
    assert raised.value.reason == reason
    assert len(str(raised.value)) < 1000


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        (Reason.NOT_AN_EVENT, {"id": None}),
        (Reason.BAD_FIELD, {"subject": 7}),
        (Reason.BAD_FIELD, {"time": 7}),
        (Reason.BAD_FIELD, {"id": {}}),
        (Reason.BAD_FIELD, {"httpstatus": True}),
        (Reason.BAD_FIELD, {"httpstatus": 200.5}),
        (Reason.BAD_FIELD, {"recheck": 1.5}),
        (Reason.BAD_FIELD, {"feed": ["x" * 1000] * 1000}),
        (Reason.BAD_FIELD, {"data": None, "data_base64": "a!"}),
        (Reason.BAD_FIELD, {"data": None, "data_base64": "ä"}),
        (Reason.BAD_FIELD, {"data": None, "data_base64": 7}),
        (Reason.BAD_FIELD, {"data": ARTICLE}),
        (Reason.BAD_FIELD, {"data": 7, "datacontenttype": "application/json"}),
        (Reason.BAD_FIELD, {"data": [], "datacontenttype": "application/json"}),
        (Reason.BAD_FIELD, {"data": {"title": "x"}, "datacontenttype": "application/json"}),
        (Reason.BAD_FIELD, {"data": {"paragraphs": "x"}, "datacontenttype": "application/json"}),
        (Reason.BAD_FIELD, {"data": {"paragraphs": [7]}, "datacontenttype": "application/json"}),
        (
            Reason.BAD_FIELD,
            {"data": {"paragraphs": [{"kind": "x", "text": ""}]}, "datacontenttype": "application/json"},
        ),
        (Reason.BAD_FIELD, {"data": {"paragraphs": [], "title": 7}, "datacontenttype": "application/json"}),
        (Reason.BAD_JSON, {"data": "no json", "datacontenttype": "application/json"}),
        (Reason.NO_VALUE, {"data": None}),
        (Reason.UNKNOWN_CONTENT_TYPE, {"data": None, "data_base64": "YQ==", "datacontenttype": None}),
        (Reason.BAD_ENCODING, {"contentencoding": "gzip"}),
    ],
)
def test_a_bad_attribute_is_told(reason: Reason, changes: dict[str, Any]) -> None:
    """Each bad attribute of a structured event is refused for its own reason, with the place of the record."""
    with pytest.raises(BadRecordError, match=r"^article\.fetch\.v1\[3\]@41: ") as raised:
        structured(**changes)
    assert raised.value.reason == reason
    assert len(str(raised.value)) < 1000


@pytest.mark.parametrize(
    ("reason", "value", "headers"),
    [
        (Reason.NO_VALUE, None, {}),
        (Reason.NO_VALUE, None, HEADERS),
        (Reason.NO_VALUE, None, {"content-type": JSON_EVENT}),
        (Reason.NOT_AN_EVENT, b"hello", {}),
        (Reason.NOT_AN_EVENT, b"[]", {"content-type": JSON_EVENT}),
        (Reason.BAD_JSON, b"{", {"content-type": JSON_EVENT}),
        (Reason.BAD_JSON, b'{"a": "\xff"}', {"content-type": JSON_EVENT}),
        (Reason.BAD_JSON, b"[" * 200_000, {"content-type": JSON_EVENT}),
        (Reason.BAD_JSON, b"[" * 200_000, HEADERS | {"content-type": b"application/json"}),
        (Reason.BAD_JSON, b"", HEADERS | {"content-type": b"application/json"}),
        (Reason.TOO_LARGE, b"x" * (MAX_BODY + 1), HEADERS),
        (Reason.TOO_LARGE, gzip.compress(b" " * (MAX_BODY + 1)), HEADERS | {"content-encoding": b"gzip"}),
        (
            Reason.TOO_LARGE,
            gzip.compress(b" " * (MAX_BODY + 1)),
            {"content-type": JSON_EVENT, "content-encoding": b"gzip"},
        ),
    ],
)
def test_a_record_that_is_no_fetch_is_told(
    reason: Reason, value: bytes | None, headers: dict[str, bytes | None]
) -> None:
    """A tombstone, something else than an event, broken, deep and large values each have their own reason."""
    with pytest.raises(BadRecordError, match=r"^article\.fetch\.v1\[3\]@41: ") as raised:
        read_fetch(record(value, headers))
    assert raised.value.reason == reason


@given(
    st.none() | st.binary(max_size=50),
    st.lists(st.tuples(st.sampled_from([*HEADERS, "http_status", "content-encoding"]), st.binary(max_size=30))),
)
def test_whatever_stands_in_a_record_is_read_or_told(value: bytes | None, headers: list[tuple[str, bytes]]) -> None:
    """No record makes anything but a fetch or a reason."""
    with contextlib.suppress(BadRecordError):
        fetch = read_fetch(Record(topics.FETCH, 0, 0, WRITTEN, None, value, (*HEADERS.items(), *headers)))
        assert fetch.fetched_at.tzinfo is UTC


@given(st.recursive(st.none() | st.booleans() | st.integers(0, 999) | st.text(max_size=9), st.lists, max_leaves=5))
def test_whatever_stands_in_an_attribute_is_read_or_told(value: object) -> None:
    """No JSON value in any attribute makes anything but a fetch or a reason."""
    for name in (*EVENT, "httpstatus", "recheck", "etag", "contentencoding", "data_base64"):
        with contextlib.suppress(BadRecordError):
            assert structured(**{name: value}).status in range(100, 600)


def test_what_is_written_is_read_again() -> None:
    """The headers and value of `write_fetch` are a binary event with the same fields."""
    time = FETCHED.astimezone(tz=datetime.fromisoformat("2026-01-01T00:00:00-05:00").tzinfo)
    headers, value = write_fetch(
        url=URL,
        fetched_at=time,
        body=gzip.compress(PAGE),
        content_encoding="gzip",
        content_type="text/html; charset=utf-8",
        status=203,
        etag="a1",
        last_modified="Sun",
        feed="f",
        source="Écho",
        recheck=True,
    )
    assert read_fetch(record(value, dict(headers))) == Fetch(
        url=URL,
        fetched_at=FETCHED,
        status=203,
        content_type="text/html",
        charset="utf-8",
        body=PAGE,
        etag="a1",
        last_modified="Sun",
        feed="f",
        source="Écho",
        recheck=True,
    )


def test_a_missing_page_can_be_written() -> None:
    """An answer without a body is written without a value, and read again."""
    headers, value = write_fetch(url=URL, fetched_at=FETCHED, body=None, status=410, content_type=None)
    assert value is None
    assert read_fetch(record(value, dict(headers))).status == 410


def test_the_same_fetch_has_the_same_id() -> None:
    """The id follows from what was fetched, so that a fetch written twice is one event, and two are two."""

    def written(url: str = URL, after: int = 0, body: bytes | None = PAGE, status: int = 200) -> bytes | None:
        headers, _ = write_fetch(url=url, fetched_at=FETCHED + timedelta(seconds=after), body=body, status=status)
        return dict(headers)["ce_id"]

    ids = [
        written(),
        written(url=URL + "x"),
        written(after=1),
        written(body=b""),
        written(body=None),
        written(status=404),
    ]
    assert len(set(ids)) == len(ids)
    assert written() == ids[0]
