"""Fetches a second of several workers, which share the 8 partitions of the topics.

Kafka runs on the same machine: where it has few cores, that is what the ratio shows.
"""

from __future__ import annotations

import os

from streams.settings import Settings
from tests.bench.deployment import QUICK, Row, Tables, deployment, settle
from tests.bench.pages import Archive
from tests.bench.readers import FetchTopic, Figures, workers

WORKERS = (1, 2, 4)
SIZE = 10_000
ARTICLES, FETCHES, NEW = (200, 2_000, 100) if QUICK else (2_000, 80_000, 4_000)


def measure() -> Tables:
    """A row for each mix and number of workers."""
    with deployment() as settings:
        topic, known, other = FetchTopic(settings), Archive(SIZE, ARTICLES), Archive(SIZE, 0, "westmere-echo.test")
        runs = [(count, *_run(settings, topic, count, known, other)) for count in WORKERS]
    title = (
        f"workers on a machine with {os.cpu_count()} cores, Kafka included: pages of {SIZE // 1000} kB, 8 partitions"
    )
    unchanged = [_row("all unchanged", count, figures, runs[0][1]) for count, figures, _ in runs]
    new = [_row("all new", count, figures, runs[0][2]) for count, _, figures in runs]
    return {title: unchanged + new}


def _run(settings: Settings, topic: FetchTopic, count: int, known: Archive, other: Archive) -> tuple[Figures, Figures]:
    """So many workers that know a paper: what they take for fetches without a change, and for articles of another."""
    with workers(settings, count) as running:
        topic.write(known.everything())
        settle(settings)
        running.stop()
        topic.write(known.fetches(FETCHES))
        unchanged = topic.read_by(running)
        topic.write(other.new(NEW))
        return unchanged, topic.read_by(running, changes=True)


def _row(mix: str, count: int, figures: Figures, one: Figures) -> Row:
    return {
        "fetches are": mix,
        "workers": count,
        "fetches": figures.fetches,
        "fetches a second": figures.rate,
        "ratio": figures.rate / one.rate,
        "CPU µs a fetch": figures.cpu,
    }
