"""Spans for OpenTelemetry: what became of a fetch whose trace is known, stage by stage.

They are sent where the variable OTEL_EXPORTER_OTLP_ENDPOINT names a collector; what else can be set is OpenTelemetry's
own (OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER, ...). A fetch that a watcher makes begins a trace, one of a crawler brings
its own in the header `traceparent`; all that follows from it has the same header, and so the same parent.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from schemas import topics
from schemas.errors import SettingsError
from schemas.record import Output, Record

if TYPE_CHECKING:  # an extra of this package
    from opentelemetry.context import Context
    from opentelemetry.trace import Span

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
TRACEPARENT = "traceparent"


class Tracer:
    """Makes spans; none, and with no work, before it is started.

    Raises:
        SettingsError: a collector is named, and OpenTelemetry is not installed.
    """

    def __init__(self) -> None:
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - an extra
                OTLPSpanExporter,
            )
            from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
            from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
            from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415
                TraceContextTextMapPropagator,
            )
        except ImportError as error:
            raise SettingsError(
                f"{ENDPOINT} is set, but {error.name} is not installed: pip install 'newsdiff[tracing]'"
            ) from None
        os.environ.setdefault("OTEL_SERVICE_NAME", "newsdiff")
        provider = TracerProvider()
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = provider.get_tracer("newsdiff")
        self._propagator = TraceContextTextMapPropagator()

    def handled(self, stage: str, record: Record, outcome: str, seconds: float) -> None:
        """A span for a record that a stage has just handled, if its trace is known."""
        if (parent := record.header(TRACEPARENT)) is None:
            return
        attributes: dict[str, str | int] = {
            "messaging.system": "kafka",
            "messaging.destination.name": record.topic,
            "messaging.destination.partition.id": str(record.partition),
            "messaging.kafka.offset": record.offset,
            "newsdiff.outcome": outcome,
        }
        self._ended(stage, seconds, attributes, self._propagator.extract({TRACEPARENT: parent}))

    def fetched(self, url: str, outcome: str, seconds: float, outputs: tuple[Output, ...]) -> tuple[Output, ...]:
        """A span for a request that was just answered; its fetch event belongs to its trace."""
        from opentelemetry.trace import set_span_in_context  # noqa: PLC0415 - an extra

        span = self._ended("fetch", seconds, {"url.full": url, "newsdiff.outcome": outcome})
        carrier: dict[str, str] = {}
        self._propagator.inject(carrier, set_span_in_context(span))
        header = tuple((name, text.encode()) for name, text in carrier.items() if name == TRACEPARENT)
        return tuple(
            replace(output, headers=output.headers + header) if output.topic == topics.FETCH else output
            for output in outputs
        )

    def _ended(
        self, name: str, seconds: float, attributes: dict[str, str | int], parent: Context | None = None
    ) -> Span:
        now = time.time_ns()
        began = now - int(seconds * 1e9)
        span = self._tracer.start_span(name, context=parent, start_time=began, attributes=attributes)
        span.end(now)
        return span


def new_tracer() -> Tracer | None:
    """What makes spans, if a collector is named.

    Raises:
        SettingsError: OpenTelemetry is not installed.
    """
    return Tracer() if os.environ.get(ENDPOINT) else None
