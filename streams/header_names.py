"""Fetched records, with any header names.

Kafka takes any bytes as a header's name. aiokafka's reader, in C, raises on one that is not UTF-8, and so on every
later fetch of that partition. Here the batch with such a name is read by aiokafka's reader in Python, and the name as
Java's client reads it: with U+FFFD for what is no UTF-8.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice
from typing import SupportsIndex

from aiokafka.consumer import fetcher
from aiokafka.record._protocols import DefaultRecordBatchProtocol, DefaultRecordProtocol
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords

_LENGTH = struct.Struct(">8xi")
"""What a batch begins with: an offset and the length of what follows."""


class LenientRecords:
    """What a fetch brought from one partition, batch by batch, in place of aiokafka's `MemoryRecords`."""

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)
        self._records = MemoryRecords(data)
        self.has_next = self._records.has_next
        self.size_in_bytes = self._records.size_in_bytes

    def next_batch(self) -> _Batch:
        """The next batch."""
        end = _LENGTH.size + _LENGTH.unpack_from(self._data)[0]
        raw, self._data = self._data[:end], self._data[end:]
        return _Batch(self._records.next_batch(), raw)


class _Batch:
    def __init__(self, batch: DefaultRecordBatchProtocol, raw: memoryview) -> None:
        self._batch = batch
        self._raw = raw

    def __getattr__(self, name: str) -> object:
        return getattr(self._batch, name)

    def __next__(self) -> DefaultRecordProtocol:
        return next(self._batch)

    def __iter__(self) -> Iterator[DefaultRecordProtocol]:
        read = 0
        try:
            for record in self._batch:
                yield record
                read += 1
        except UnicodeDecodeError:
            again = _DefaultRecordBatchPy(self._raw)
            again._maybe_uncompress()  # noqa: SLF001 - before what it reads from is replaced
            again._buffer = _LenientBytes(again._buffer)  # noqa: SLF001
            yield from islice(again, read, None)


class _LenientBytes(bytearray):
    """Bytes whose slices become text, whatever is in them."""

    def __getitem__(self, at: SupportsIndex | slice) -> int | bytearray:  # type: ignore[override]
        found = super().__getitem__(at)
        return _LenientBytes(found) if isinstance(found, bytearray) else found

    def decode(self, *_: str) -> str:
        return super().decode("utf-8", "replace")


def read_any_header_name() -> None:
    """Let all of aiokafka's consumers in this process read with `LenientRecords`."""
    fetcher.MemoryRecords = LenientRecords
