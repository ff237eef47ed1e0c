"""Header names that are not UTF-8, which other clients than aiokafka write."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Self

from aiokafka.producer import message_accumulator, producer
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy


class RawName(str):
    """A header name of any bytes; as text, it is what a reader makes of them."""

    __slots__ = ("raw",)
    raw: bytes

    def __new__(cls, raw: bytes) -> Self:
        """From its bytes."""
        name = super().__new__(cls, raw.decode("utf-8", "replace"))
        name.raw = raw
        return name

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        """Its bytes as they are."""
        return self.raw


@contextlib.contextmanager
def raw_names_written() -> Iterator[None]:
    """A context in which aiokafka's producers write them: by their builder in Python, since the one in C refuses."""
    modules = (producer, message_accumulator)
    builder = producer.DefaultRecordBatchBuilder
    try:
        for module in modules:
            module.DefaultRecordBatchBuilder = _DefaultRecordBatchBuilderPy
        yield
    finally:
        for module in modules:
            module.DefaultRecordBatchBuilder = builder
