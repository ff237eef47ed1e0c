"""What is told of each record that was handled: to Prometheus, to the log, and to OpenTelemetry."""

from __future__ import annotations

import logging

from agents.step import Result
from schemas.record import Record
from streams.metrics import count
from streams.tracing import TRACEPARENT, Tracer

log = logging.getLogger(__name__)


def tell_handled(stage: str, record: Record, result: Result, seconds: float, tracer: Tracer | None) -> None:
    """Tell what a stage made of a record, and how many seconds that took."""
    count(stage, result, seconds)
    if tracer is not None:
        tracer.handled(stage, record, result.outcome, seconds)
    if log.isEnabledFor(logging.INFO):
        told = {
            "stage": stage,
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "article": (record.key or b"").decode("utf-8", "replace"),
            "outcome": result.outcome,
            "seconds": round(seconds, 6),
        }
        trace = {TRACEPARENT: parent} if (parent := record.header(TRACEPARENT)) else {}
        log.info("%s %s: %s", stage, record.place, result.outcome, extra=told | trace)
