"""Fetch records, as producers write them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import orjson
from aiokafka.partitioner import murmur2

from schemas.fetch import write_fetch
from schemas.record import Headers


@dataclass(frozen=True, slots=True)
class Written:
    """A record to write; without a `partition` it stands where murmur2 of its key wants it."""

    key: bytes | None
    value: bytes | None
    headers: Headers
    partition: int | None = None


def place_of(key: bytes, partitions: int) -> int:
    """The partition of a key, as Java's producer has it."""
    return int(murmur2(key) & 0x7FFFFFFF) % partitions


def written(url: str, at: datetime, body: bytes | None, content_type: str = "application/json") -> Written:
    """A fetch in binary mode."""
    headers, value = write_fetch(url=url, fetched_at=at, body=body, content_type=content_type)
    return Written(url.encode(), value, headers)


def answer(url: str, status: int, at: datetime) -> Written:
    """A fetch that was answered with another status than 200."""
    headers, value = write_fetch(url=url, fetched_at=at, body=b"<h1>Sorry</h1>", status=status)
    return Written(url.encode(), value, headers)


def structured(url: str, at: datetime, data: dict[str, object]) -> Written:
    """A fetch as one JSON object."""
    event = {"specversion": "1.0", "id": f"{url} {at}", "source": "chaos", "type": "article.fetch.v1", "subject": url}
    content = {"time": at.isoformat(), "datacontenttype": "application/json", **data}
    return Written(url.encode(), orjson.dumps(event | content), (("content-type", b"application/cloudevents+json"),))


def with_header(record: Written, name: str, value: bytes | None) -> Written:
    """The record with one header replaced, or added."""
    return replace(record, headers=(*(pair for pair in record.headers if pair[0] != name), (name, value)))


def without_header(record: Written, name: str) -> Written:
    """The record without a header."""
    return replace(record, headers=tuple(pair for pair in record.headers if pair[0] != name))
