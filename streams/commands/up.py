"""`newsdiff up`: everything in one place."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from streams.commands.topics import ensure_topics
from streams.commands.watch import watch
from streams.data_directory import locked
from streams.embedded import EmbeddedKafka
from streams.settings import Settings
from streams.source_files import read_sources
from streams.supervisor import LOOK_EVERY, WATCHER, WorkerProcesses


@click.command("up")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="The directory for all that is kept.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="How many workers to run.")
@click.pass_obj
def command(settings: Settings, data: Path | None, workers: int) -> None:
    """Run everything in one place: Kafka (unless NEWSDIFF_KAFKA names one), the topics and a worker."""
    if data is not None:
        settings = dataclasses.replace(settings, data=data)
    with contextlib.suppress(KeyboardInterrupt), everything(settings, workers) as running:
        click.echo(f"Kafka is at {running.settings.bootstrap}")
        click.echo("fetches go in with `newsdiff import FILE`, `newsdiff tail` shows changes; Ctrl-C ends it", err=True)
        while True:
            running.look_after()
            time.sleep(LOOK_EVERY)


@dataclass(frozen=True, slots=True)
class Running:
    """What runs: the workers, those that watch, the Kafka if it is ours, and the settings that name it."""

    settings: Settings
    kafka: EmbeddedKafka | None
    workers: WorkerProcesses
    watchers: WorkerProcesses

    def look_after(self) -> None:
        """Start the workers again that have ended.

        Raises:
            UnavailableError: the embedded Kafka has ended.
        """
        if self.kafka is not None:
            self.kafka.check()
        self.workers.restart_ended()
        self.watchers.restart_ended()


@contextlib.contextmanager
def everything(settings: Settings, workers: int) -> Iterator[Running]:
    """Run Kafka, where none is named, the topics and workers.

    Raises:
        NewsdiffError: something of it cannot be had.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(locked(settings.data, "up"))
        kafka = None
        if settings.kafka is None:
            kafka = EmbeddedKafka(settings.data / "kafka", port=settings.broker_port, cache=settings.cache)
            stack.enter_context(kafka)
            settings = dataclasses.replace(settings, kafka=kafka.bootstrap)
        asyncio.run(ensure_topics(settings))
        if settings.sources is not None:
            watch(settings, read_sources(settings.sources))
        yield Running(
            settings,
            kafka,
            stack.enter_context(WorkerProcesses(settings, workers)),
            stack.enter_context(WorkerProcesses(settings, 1, WATCHER)),
        )
