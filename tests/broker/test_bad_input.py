"""Whatever stands in the fetch topic, the worker lives, says what was wrong, and reads the rest."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from chaos.raw_names import RawName, raw_names_written
from service import Client, Written, fetched, page, paragraphs

from schemas import topics
from schemas.dead_letter import read_dead_letter
from schemas.errors import Reason
from schemas.record import Headers
from streams.topics import MIB

pytestmark = pytest.mark.broker

GOOD = page("Storm", *paragraphs("12"))
STRUCTURED: Headers = (("content-type", b"application/cloudevents+json"),)


def changed(record: Written, **headers: bytes | None) -> Written:
    """A record with some of its headers replaced, or taken away where the value is None."""
    key, value, old = record
    names = {name.replace("_", "-") if name.startswith("content") else name: v for name, v in headers.items()}
    kept = tuple(header for header in old if header[0] not in names)
    return key, value, kept + tuple((name, v) for name, v in names.items() if v is not None)


def bad_records(url: str) -> dict[str, tuple[Written, Reason]]:
    """Each kind of bad record with the reason that it must be given."""
    good = fetched(url, GOOD)
    key = url.encode()
    event = {
        "specversion": "1.0",
        "id": "1",
        "source": "s",
        "type": "t",
        "subject": url,
        "time": "2026-03-01T12:00:00Z",
    }
    future = (datetime.now(UTC) + timedelta(days=2)).isoformat().encode()
    return {
        "a tombstone": ((key, None, good[2]), Reason.NO_VALUE),
        "no event": ((key, b"hello", ()), Reason.NOT_AN_EVENT),
        "no url": (changed(good, ce_subject=b"not a url"), Reason.BAD_URL),
        "a file url": (changed(good, ce_subject=b"file:///etc/passwd"), Reason.BAD_URL),
        "no time": (changed(good, ce_time=None), Reason.BAD_TIME),
        "a time that is none": (changed(good, ce_time=b"yesterday"), Reason.BAD_TIME),
        "the far future": (changed(good, ce_time=future), Reason.BAD_TIME),
        "a status that is none": (changed(good, http_status=b"fine"), Reason.BAD_FIELD),
        "an unknown content type": (changed(good, content_type=b"video/mp4"), Reason.UNKNOWN_CONTENT_TYPE),
        "an unknown encoding": (changed(good, content_encoding=b"rot13"), Reason.BAD_ENCODING),
        "an encoding that lies": (changed(good, content_encoding=b"gzip"), Reason.BAD_ENCODING),
        "broken json": ((key, b"{", STRUCTURED), Reason.BAD_JSON),
        "deep nesting": ((key, b"[" * 200_000, STRUCTURED), Reason.BAD_JSON),
        "a list": ((key, b"[]", STRUCTURED), Reason.NOT_AN_EVENT),
        "wrong types": ((key, orjson.dumps(event | {"subject": 7, "data": "x"}), STRUCTURED), Reason.BAD_FIELD),
        "a gzip bomb": (
            (key, gzip.compress(b"\0" * (64 * MIB)), (*STRUCTURED, ("content-encoding", b"gzip"))),
            Reason.TOO_LARGE,
        ),
        "100,000 nested tags": (fetched(url, b"<div>" * 100_000 + b"x"), Reason.TOO_COMPLEX),
    }


@pytest.mark.parametrize("kind", list(bad_records("https://eastmere-echo.test/x")))
def test_each_kind_goes_to_the_dead_letters_with_its_reason(client: Client, kind: str) -> None:
    """A bad record stands among the dead letters as it was, with its reason; the good ones around it come out."""
    url = client.url()
    record, reason = bad_records(url)[kind]
    other = page("Storm", *paragraphs("13"))
    client.write([fetched(url, GOOD), record, fetched(url, other, minutes=5)])
    client.settle()
    (letter,) = (r for r in client.read(topics.DEAD_LETTER) if r.key == url.encode())
    read = read_dead_letter(letter)
    assert (read.reason, read.step, read.topic) == (reason, "detect", topics.FETCH)
    assert (letter.value, read.headers) == (record[1], record[2])
    assert read.error
    assert [version.kind for version in client.versions(url)] == ["first", "edited"]


@pytest.mark.parametrize(
    "body",
    [
        GOOD.replace(b"utf-8", b"iso-8859-15").replace(b"boats", "Fährboote".encode()),
        b"\xff\xfe" + GOOD.decode().encode("utf-16-le"),
        GOOD.replace(b"boats", b"b\xff\xfeats"),
        GOOD.replace(b"boats", b"b\x00\x01ats"),
        GOOD + b"<!-- " + b"x" * (9 * MIB) + b" -->",
    ],
    ids=["a charset that lies", "utf-16", "invalid utf-8", "control characters", "a 9 MiB page"],
)
def test_odd_pages_are_read_all_the_same(client: Client, body: bytes) -> None:
    """A page that a browser would show is read, whatever its bytes look like."""
    url = client.url()
    client.write([fetched(url, body)])
    client.settle()
    (version,) = client.versions(url)
    assert version.title == "Storm"
    assert "lifeboat" in version.paragraphs[1].text


def test_a_body_beyond_the_limit_is_told(client: Client) -> None:
    """A body of more than 10 MiB is set aside whole, with its size."""
    url = client.url()
    body = b"<p>" + b"x" * (10 * MIB + 1)
    client.write([fetched(url, body)])
    client.settle()
    (letter,) = (r for r in client.read(topics.DEAD_LETTER) if r.key == url.encode())
    assert read_dead_letter(letter).reason == Reason.TOO_LARGE
    assert letter.value == body


def test_a_header_name_that_is_not_utf_8_does_no_harm(client: Client) -> None:
    """Records with a name of any bytes are read, and a dead letter has the name as Java's client reads it."""
    url = client.url()
    odd = ((RawName(b"\xff\xfe"), b"1"),)
    (key, value, headers), edited = fetched(url, GOOD), fetched(url, page("Storm", *paragraphs("13")), minutes=5)
    with raw_names_written():
        client.write([(key, value, headers + odd), (key, b"not an event", odd), edited])
    client.settle()
    assert [version.kind for version in client.versions(url)] == ["first", "edited"]
    (letter,) = (r for r in client.read(topics.DEAD_LETTER) if r.key == key)
    assert read_dead_letter(letter).headers == (("\ufffd\ufffd", b"1"),)
