"""A worker tells how many fetches each rung decides, and what it costs."""

from __future__ import annotations

import pytest
from prometheus_client import REGISTRY

from agents.detect.reading import Reading
from schemas.errors import BadRecordError, Reason
from streams.metrics import measured_bytes, measured_reading


def count(rung: str) -> float:
    """How many fetches a rung has decided in this process."""
    return REGISTRY.get_sample_value("newsdiff_rung_seconds_count", {"rung": rung}) or 0.0


def counted() -> list[float]:
    """The same of all rungs."""
    return [count(rung) for rung in ("bytes", "visible", "article")]


def test_each_fetch_is_counted_on_the_rung_that_decides() -> None:
    """By its bytes, by what is visible of its page, or by its text, be that readable or not."""
    before = counted()
    look = measured_bytes(lambda key, *_: key == b"known")
    assert [look(key, b"", (), 0, b"") for key in (b"known", b"new")] == [True, False]

    def read_page(body: bytes, *_: object) -> Reading:
        if not body:
            raise BadRecordError(Reason.UNREADABLE, "nothing")
        return Reading(visible=body.decode())

    read = measured_reading(read_page)
    for body, known in ((b"a", "a"), (b"a", "b"), (b"a", None)):
        read(body, None, known, "")
    with pytest.raises(BadRecordError):
        read(b"", None, "a", "")
    assert [now - then for now, then in zip(counted(), before, strict=True)] == [1, 1, 3]
