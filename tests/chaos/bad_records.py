"""Records that no one can use, each with one fault, and some with a fault that does no harm."""

from __future__ import annotations

import gzip
import random
from dataclasses import replace
from datetime import UTC, datetime

import orjson

from .raw_names import RawName
from .records import Written, structured, with_header, without_header, written

AT = datetime(2025, 3, 1, 12, tzinfo=UTC)
MIB = 1024 * 1024
KEYLESS = 0.2
"""The share of bad records that have no key."""


def oversize(chance: random.Random, partitions: int) -> Written:
    """A body beyond 10 MiB: plain, too large even for a dead letter, or small until it is inflated; some keyless."""
    url = f"https://eastmere-echo.test/large/{chance.randrange(10**9)}"
    size, packed = chance.choice(((10 * MIB + 100, False), (13 * MIB + 900_000, False), (11 * MIB, True)))
    body = b"[" + b" " * size
    record = written(url, AT, gzip.compress(body, 1, mtime=0) if packed else body)
    if packed:
        record = with_header(record, "content-encoding", b"gzip")
    return _keyless(chance, record, partitions) if chance.random() < KEYLESS else record


def poison(chance: random.Random, url: str, partitions: int) -> Written:
    """A record of an article with one fault, mostly under the article's key."""
    good = written(url, AT, b'{"title": "Storm", "paragraphs": ["Nobody was hurt."]}')
    event = dict(orjson.loads(structured(url, AT, {"data": {}}).value or b""))
    cloud = (("content-type", b"application/cloudevents+json"),)
    record = chance.choice(
        (
            Written(good.key, b"not an event", ()),
            Written(good.key, None, ()),
            with_header(good, RawName(b"\xff\xfe"), b"\xff"),
            Written(good.key, b"\x00\xff\xfe", (("a", None), ("a", b"\xff"), ("", b""))),
            without_header(good, "ce_id"),
            without_header(good, "ce_specversion"),
            with_header(good, "ce_specversion", b"0.3"),
            with_header(good, "ce_type", b"article.version.v1"),
            without_header(good, "ce_time"),
            with_header(good, "ce_time", b"yesterday"),
            with_header(good, "ce_time", b"2025-03-01T12:00:00"),
            with_header(good, "ce_time", b"2999-03-01T12:00:00Z"),
            with_header(good, "ce_time", b"1969-03-01T12:00:00Z"),
            without_header(good, "ce_subject"),
            with_header(good, "ce_subject", b"ftp://eastmere-echo.test/storm"),
            with_header(good, "http_status", b"soon"),
            with_header(good, "http_status", b"42"),
            replace(good, value=None),
            replace(good, value=b'{"title": "Storm", "para'),
            replace(good, value=b'{"title": "Storm"}'),
            replace(good, value=b'{"title": 7, "paragraphs": []}'),
            replace(good, value=b"[]"),
            with_header(good, "content-type", b"image/png"),
            with_header(good, "content-encoding", b"br"),
            with_header(good, "content-encoding", b"gzip"),
            Written(good.key, b'{"specversion": "1.0", ', cloud),
            Written(good.key, b"[1, 2]", cloud),
            Written(good.key, orjson.dumps(event | {"id": None}), cloud),
            Written(good.key, orjson.dumps(event | {"subject": ""}), cloud),
            Written(good.key, orjson.dumps(event | {"data": 7}), cloud),
            Written(good.key, None, cloud),
        )
    )
    # aiokafka writes no record without key and value
    return _keyless(chance, record, partitions) if record.value is not None and chance.random() < KEYLESS else record


def _keyless(chance: random.Random, record: Written, partitions: int) -> Written:
    return replace(record, key=None, partition=chance.randrange(partitions))
