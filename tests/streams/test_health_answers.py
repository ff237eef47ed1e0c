"""A worker tells how it is, and what it measures."""

from __future__ import annotations

import urllib.error
import urllib.request
from importlib.metadata import version

import pytest

from schemas.errors import SettingsError
from streams.embedded.ports import choose_port
from streams.health import serve
from streams.settings import Settings


def asked(settings: Settings, path: str) -> tuple[int, str]:
    """The status and the text of an answer."""
    try:
        with urllib.request.urlopen(f"http://{settings.metrics}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_a_worker_tells_how_it_is() -> None:
    """With a status that an orchestrator understands, and a sentence for people."""
    settings = Settings(metrics=f"127.0.0.1:{choose_port('127.0.0.1')}")
    wrong: list[str | None] = [None]
    serve(settings, live=lambda: None, ready=lambda: wrong[0])
    assert asked(settings, "/live") == asked(settings, "/ready") == (200, "ok\n")
    wrong[0] = "it waits for its partitions"
    assert asked(settings, "/ready") == (503, "it waits for its partitions\n")
    assert asked(settings, "/version") == (200, f"{version('newsdiff')}\n")
    assert asked(settings, "/nothing")[0] == 404


def test_prometheus_is_answered() -> None:
    """At the address that is set; one that is taken is told with its name."""
    settings = Settings(metrics=f"127.0.0.1:{choose_port('127.0.0.1')}")
    serve(settings, live=lambda: None, ready=lambda: None)
    status, text = asked(settings, "/metrics")
    assert status == 200
    assert 'newsdiff_rung_seconds_count{rung="visible"}' in text
    with pytest.raises(SettingsError, match=f"NEWSDIFF_METRICS={settings.metrics}"):
        serve(settings, live=lambda: None, ready=lambda: None)
