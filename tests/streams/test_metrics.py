"""A worker tells how many fetches each rung decides, and what it costs."""

from __future__ import annotations

import socket
import urllib.request
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from agents.detect.reading import Reading
from schemas.errors import BadRecordError, Reason, SettingsError
from streams.metrics import measured_bytes, measured_reading, serve
from streams.settings import Settings


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


def free_port() -> int:
    """A port that nothing listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_prometheus_is_answered() -> None:
    """At the address that is set; one that is taken is told with its name."""
    settings = Settings(metrics=f"127.0.0.1:{free_port()}")
    serve(settings)
    with urllib.request.urlopen(f"http://{settings.metrics}/metrics") as answer:  # our own server
        assert b'newsdiff_rung_seconds_count{rung="visible"}' in answer.read()
    with pytest.raises(SettingsError, match=f"NEWSDIFF_METRICS={settings.metrics}"):
        serve(settings)


def test_workers_of_one_machine_share_nothing() -> None:
    """Each has its own directory, and its own port if there is one."""
    settings = Settings(data=Path("d"), metrics="127.0.0.1:9464")
    assert [settings.of_worker(n).metrics for n in (1, 2)] == ["127.0.0.1:9464", "127.0.0.1:9465"]
    assert settings.of_worker(2).data == Path("d/worker-2")
    assert Settings().of_worker(2).metrics is None
