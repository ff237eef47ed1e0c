"""`newsdiff up`: everything in one place."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import click

from streams.commands.topics import ensure_topics
from streams.data_directory import locked
from streams.embedded import EmbeddedKafka
from streams.settings import Settings
from streams.supervisor import WorkerProcesses


@click.command("up")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="The directory for all that is kept.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="How many workers to run.")
@click.pass_obj
def command(settings: Settings, data: Path | None, workers: int) -> None:
    """Run everything in one place: Kafka (unless NEWSDIFF_KAFKA names one), the topics and a worker."""
    if data is not None:
        settings = dataclasses.replace(settings, data=data)
    with everything(settings, workers) as (settings, processes):
        click.echo(f"Kafka is at {settings.bootstrap}")
        click.echo(
            "put fetches in with `newsdiff import FILE`, see changes with `newsdiff tail`; Ctrl-C ends it", err=True
        )
        processes.supervise()


@contextlib.contextmanager
def everything(settings: Settings, workers: int) -> Iterator[tuple[Settings, WorkerProcesses]]:
    """Run Kafka, where none is named, the topics and workers; give the settings that name this Kafka.

    Raises:
        NewsdiffError: something of it cannot be had.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(locked(settings.data, "up"))
        if settings.kafka is None:
            kafka = stack.enter_context(
                EmbeddedKafka(settings.data / "kafka", port=settings.broker_port, cache=settings.cache)
            )
            settings = dataclasses.replace(settings, kafka=kafka.bootstrap)
        asyncio.run(ensure_topics(settings))
        yield settings, stack.enter_context(WorkerProcesses(settings, workers))
