"""Kafka's log as it stands on disk, read without Kafka: what was written, by whom, and how each transaction ended.

The formats are Kafka's own: https://kafka.apache.org/documentation/#recordbatch (version 2) and the keys and values of
the topics `__consumer_offsets` and `__transaction_state` (OffsetCommitKey, OffsetCommitValue, TransactionLogKey).
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import zstandard
from aiokafka import TopicPartition

OFFSETS = "__consumer_offsets"
TRANSACTIONS = "__transaction_state"

_SIZE = struct.Struct(">qi")
"""Base offset, and the bytes that follow."""

_HEADER = struct.Struct(">ibIhiqqqhii")
"""Leader epoch, version, checksum, attributes, last offset delta, first and last timestamp, producer's id and epoch,
first sequence number, count of records."""

_COMPRESSION, _TRANSACTIONAL, _CONTROL = 0x07, 0x10, 0x20
_UNCOMPRESSED, _ZSTD = 0, 4
_MARKERS = {0: "ABORT", 1: "COMMIT"}

Producer = tuple[int, int]
"""The id and the epoch of a producer, (-1, -1) for one that has none."""

KeyAndValue = tuple[bytes | None, bytes | None]


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of records, or the marker that ends a producer's transaction in this partition."""

    tp: TopicPartition
    base_offset: int
    last_offset: int
    producer: Producer
    transactional: bool
    marker: str | None
    """`COMMIT` or `ABORT`; None for a batch of records."""
    records: tuple[KeyAndValue, ...]
    """Empty for a marker."""


def read_log(directory: Path) -> list[Batch]:
    """All batches in Kafka's log directory, each partition's in their order, without those of the controller.

    The Kafka may run: a batch of which a part is missing at the end of a file is being written, and left out.
    """
    found: list[Batch] = []
    for path in sorted(directory.iterdir()):
        name = re.fullmatch(r"(.+)-(\d+)", path.name)
        if name and path.is_dir() and name[1] != "__cluster_metadata":
            tp = TopicPartition(name[1], int(name[2]))
            for segment in sorted(path.glob("*.log")):  # named after their first offset, with leading zeros
                found += _batches(tp, segment.read_bytes())
    return found


def committed_offset(record: KeyAndValue) -> tuple[str, TopicPartition, int] | None:
    """The group, the partition and the offset of a record of `__consumer_offsets`; None for one of another kind."""
    key, value = io.BytesIO(record[0] or b""), io.BytesIO(record[1] or b"")
    if _integer(key, 2) > 1 or not record[1]:
        return None
    group, topic, partition = _text(key), _text(key), _integer(key, 4)
    value.read(2)  # its version: in all of them the offset comes first
    return group, TopicPartition(topic, partition), _integer(value, 8)


def transactional_id(record: KeyAndValue) -> tuple[str, int]:
    """The transactional id that a record of `__transaction_state` is about, and the id of its producer."""
    key, value = io.BytesIO(record[0] or b""), io.BytesIO(record[1] or b"")
    key.read(2), value.read(2)  # their versions: in all of them these come first
    return _text(key), _integer(value, 8)


def _batches(tp: TopicPartition, data: bytes) -> Iterator[Batch]:
    at = 0
    while at + _SIZE.size <= len(data):
        base_offset, size = _SIZE.unpack_from(data, at)
        end = at + _SIZE.size + size
        if end > len(data):
            return
        (_, version, _, attributes, last_delta, _, _, producer_id, epoch, _, count) = _HEADER.unpack_from(
            data, at + _SIZE.size
        )
        assert version == 2, f"{tp}@{base_offset} has the format {version}"
        body = io.BytesIO(_uncompressed(data[at + _SIZE.size + _HEADER.size : end], attributes & _COMPRESSION))
        records = tuple(_record(body) for _ in range(count))
        marker = _MARKERS[struct.unpack(">hh", (records[0][0] or b"")[:4])[1]] if attributes & _CONTROL else None
        yield Batch(
            tp,
            base_offset,
            base_offset + last_delta,
            (producer_id, epoch),
            transactional=bool(attributes & _TRANSACTIONAL),
            marker=marker,
            records=() if marker else records,
        )
        at = end


def _uncompressed(data: bytes, compression: int) -> bytes:
    if compression == _ZSTD:
        return zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True).read()
    assert compression == _UNCOMPRESSED, f"compression {compression} is not read"
    return data


def _record(body: io.BytesIO) -> KeyAndValue:
    size = _varint(body)
    rest = io.BytesIO(body.read(size))
    rest.read(1)  # attributes, of which there are none
    _varint(rest), _varint(rest)  # timestamp and offset, from the batch's
    return _bytes(rest), _bytes(rest)


def _bytes(body: io.BytesIO) -> bytes | None:
    size = _varint(body)
    return None if size < 0 else body.read(size)


def _varint(body: io.BytesIO) -> int:
    """A whole number in protobuf's zigzag encoding."""
    value = shift = 0
    while True:
        (byte,) = body.read(1)
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return (value >> 1) ^ -(value & 1)


def _integer(body: io.BytesIO, size: int) -> int:
    return int.from_bytes(body.read(size), signed=True)


def _text(body: io.BytesIO) -> str:
    return body.read(_integer(body, 2)).decode()
