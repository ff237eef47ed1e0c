"""What a worker measures, for Prometheus."""

from __future__ import annotations

import time
from collections.abc import Callable

from prometheus_client import Summary

from agents.detect.reading import Reading
from schemas.record import Headers
from streams.stage import IsKnown

ReadPage = Callable[[bytes, str | None, str | None, str], Reading]

RUNGS = Summary(
    "newsdiff_rung_seconds",
    "Fetches by the rung that decided them, and the seconds it took: bytes (the same as before), visible (the same "
    "text on the page), article (read by the extractor)",
    ("rung",),
)
_BYTES, _VISIBLE, _ARTICLE = (RUNGS.labels(rung) for rung in ("bytes", "visible", "article"))


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
