"""What workers, watchers and the site measure, for Prometheus; what a worker holds is in `streams.held_metrics`."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
from prometheus_client import Counter, Gauge, Histogram, Summary

from agents.detect.reading import Reading
from agents.step import Result
from schemas import topics
from schemas.change import Label
from schemas.dead_letter import PREFIX
from schemas.record import Headers
from streams.stage import IsKnown

ReadPage = Callable[[bytes, str | None, str | None, str], Reading]

RUNGS = Summary(
    "newsdiff_rung_seconds",
    "Fetches by the rung that decided them, and the seconds it took: bytes (the same as before), visible (the same "
    "text on the page), article (read by the extractor)",
    ("rung",),
)
HANDLED = Summary(
    "newsdiff_handled_seconds",
    "Records that a stage has handled, by what came of them, and the seconds it took; those that are known by their "
    "bytes count as a rung only",
    ("stage", "outcome"),
)
DEAD_LETTERS = Counter("newsdiff_dead_letters", "Records that could not be used", ("stage", "reason"))
REQUESTS = Counter("newsdiff_requests", "What came of requests for watched URLs", ("outcome",))
PUBLISHED_AFTER = Histogram(
    "newsdiff_published_after_seconds",
    "From the fetch of an edited page to its change event",
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600, 86400),
)
LABELS = Counter("newsdiff_labels", "Labels that changes were given", ("label",))
ARCHIVED = Counter("newsdiff_archived", "Records that the archive has stored", ("topic",))
ARCHIVED_AFTER = Histogram(
    "newsdiff_archived_after_seconds",
    "From when a record was written to when the archive has it, of the oldest record of each transaction",
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600, 86400),
)
ARCHIVE_LOOKED = Gauge(
    "newsdiff_archive_last_look_timestamp_seconds",
    "When this process last looked for what is to be archived, and stored what it found; 0: another one stores",
)
WATCHED = Gauge("newsdiff_watched", "What is known to be watched, by what became of it", ("state", "kind"))
OVERDUE = Gauge("newsdiff_overdue", "URLs whose next look should have been ten minutes ago")
WEBHOOKS = Counter("newsdiff_webhooks", "Requests to webhooks, by what came of them", ("webhook", "outcome"))
COMMITS = Counter("newsdiff_commits", "Transactions that were committed")
ABORTS = Counter("newsdiff_aborts", "Transactions that were given up with something in them")
REBALANCES = Counter("newsdiff_rebalances", "Times that partitions were given to this worker anew")
RESTORED = Summary("newsdiff_restored_seconds", "Restores of tables after a rebalance, and how long they took")
_BYTES, _VISIBLE, _ARTICLE = (RUNGS.labels(rung) for rung in ("bytes", "visible", "article"))


class _Labelled(msgspec.Struct):
    """As much of a change event as is counted."""

    labels: tuple[Label, ...] = ()


_labelled = msgspec.json.Decoder(_Labelled)
"""Made before there are threads (see `schemas.codec.typed`); it passes over the rest of an event."""


def count(stage: str, result: Result, seconds: float) -> None:
    """Count what a stage made of a record."""
    HANDLED.labels(stage, result.outcome).observe(seconds)
    for output in result.outputs:
        headers = dict(output.headers)
        if output.topic == topics.DEAD_LETTER:
            DEAD_LETTERS.labels(stage, (headers.get(f"{PREFIX}reason") or b"").decode()).inc()
        elif output.topic == topics.CHANGE:
            for label in _labelled.decode(output.value or b"{}").labels:
                LABELS.labels(label.name).inc()
            if fetched := headers.get("ce_time"):
                age = datetime.now(UTC) - datetime.fromisoformat(fetched.decode())
                PUBLISHED_AFTER.observe(max(0.0, age.total_seconds()))


def measured_bytes(is_known: IsKnown) -> IsKnown:
    """The look at a record's bytes, measured where it decides."""

    def measured(key: bytes, value: bytes, headers: Headers, written: int, row: bytes) -> bool:
        began = time.perf_counter()
        known = is_known(key, value, headers, written, row)
        if known:
            _BYTES.observe(time.perf_counter() - began)
        return known

    return measured


def measured_reading(read_page: ReadPage) -> ReadPage:
    """The reading of pages, measured by the rung that decides; pages that cannot be read are those of the last one."""

    def measured(body: bytes, charset: str | None, known: str | None, host: str) -> Reading:
        began, rung = time.perf_counter(), _ARTICLE
        try:
            reading = read_page(body, charset, known, host)
            if known and reading.visible == known:
                rung = _VISIBLE
            return reading
        finally:
            rung.observe(time.perf_counter() - began)

    return measured
