"""The trace of a fetch goes on to its change; its spans reach a collector."""

from __future__ import annotations

import asyncio
import dataclasses
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from service import PATIENCE, Client, fetched, page, paragraphs

from schemas import topics
from schemas.errors import SettingsError
from streams import tracing
from streams.commands.topics import ensure_topics
from streams.commands.watch import watch
from streams.embedded import EmbeddedKafka
from streams.settings import Settings
from streams.source_files import NamedSource
from streams.supervisor import WATCHER, WorkerProcesses
from tests.receiver import Receiver
from tests.town import Town

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


class Collector(Receiver):
    """A context with a collector on this machine."""

    def __init__(self) -> None:
        super().__init__(lambda _: 200)

    @property
    def spans(self) -> list[Span]:
        """What it was sent."""
        sent = [ExportTraceServiceRequest.FromString(body) for _, body in list(self.taken)]
        return [
            span
            for each in sent
            for resource in each.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def of(self, trace: str) -> dict[str, list[Span]]:
        """The spans of a trace by their names."""
        found: dict[str, list[Span]] = {}
        for span in self.spans:
            if span.trace_id.hex() == trace:
                found.setdefault(span.name, []).append(span)
        return found


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """A collector that the processes of a test are told of."""
    with Collector() as found:
        monkeypatch.setenv(tracing.ENDPOINT, found.address)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "200")
        yield found


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Those of a Kafka of its own, for other services would handle the same topics; its topics are made."""
    with EmbeddedKafka(tmp_path / "kafka") as kafka:
        settings = Settings(kafka=kafka.bootstrap, data=tmp_path / "data", partitions=2, session_timeout=6)
        asyncio.run(ensure_topics(settings))
        yield settings


@pytest.mark.broker
def test_a_crawlers_trace_goes_on_to_the_change(settings: Settings, collector: Collector) -> None:
    """Each stage adds its span beneath the crawler's, and the change has the crawler's header."""
    client = Client(settings)
    url = client.url("traced")
    first, (key, value, headers) = (fetched(url, page("Storm", *paragraphs(str(12 + n))), minutes=n) for n in range(2))
    client.write([first, (key, value, (*headers, ("traceparent", PARENT.encode())))])
    with WorkerProcesses(settings, 1):
        deadline = time.monotonic() + PATIENCE
        while not {"detect", "diff"} <= collector.of(TRACE).keys():
            assert time.monotonic() < deadline, collector.spans
            time.sleep(0.1)
        client.settle()
    spans = collector.of(TRACE)  # more than one, where a record was handled again or its span sent again
    for name, topic in (("detect", topics.FETCH), ("diff", topics.VERSION)):
        told = [{each.key: each.value.string_value for each in span.attributes} for span in spans[name]]
        assert {span.parent_span_id.hex() for span in spans[name]} == {PARENT.split("-")[2]}
        assert {each["messaging.destination.name"] for each in told} == {topic}
        assert "edited" in {each["newsdiff.outcome"] for each in told}
        assert all(span.end_time_unix_nano > span.start_time_unix_nano for span in spans[name])
    (change,) = (record for record in client.read(topics.CHANGE) if record.key == url.encode())
    assert change.header("traceparent") == PARENT


@pytest.mark.broker
def test_a_watchers_fetch_begins_a_trace(settings: Settings, collector: Collector) -> None:
    """Its request is the first span; what detect makes of the fetch is beneath it."""
    with Town(1, 1) as town:
        settings = dataclasses.replace(settings, inside=town.endpoints)
        watch(settings, [NamedSource(town.hosts[0].stories[0])])
        with WorkerProcesses(settings, 1), WorkerProcesses(settings, 1, WATCHER):
            deadline, found = time.monotonic() + PATIENCE, False
            while not found:
                assert time.monotonic() < deadline, collector.spans
                time.sleep(0.2)
                traces = {span.trace_id.hex() for span in collector.spans}
                found = any({"fetch", "detect"} <= collector.of(trace).keys() for trace in traces)


def test_a_collector_needs_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where OpenTelemetry is not installed, that is told with what to do; without a collector it is not missed."""
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    assert tracing.new_tracer() is None
    monkeypatch.setenv(tracing.ENDPOINT, "http://127.0.0.1:4318")
    with pytest.raises(SettingsError, match=r"pip install 'newsdiff\[tracing\]'"):
        tracing.new_tracer()
