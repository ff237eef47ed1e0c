"""`newsdiff up`: everything in one place."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from schemas.errors import UnavailableError
from streams import logs
from streams.commands.site import address_of_site
from streams.commands.topics import ensure_topics
from streams.commands.watch import watch
from streams.data_directory import locked
from streams.embedded import EmbeddedKafka
from streams.rule_files import load_rules
from streams.settings import Settings
from streams.source_files import read_sources
from streams.supervisor import LOOK_EVERY, SITE, WATCHER, WEBHOOKS, WorkerProcesses
from streams.webhook_files import read_webhooks

log = logging.getLogger(__name__)


@click.command("up")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="The directory for all that is kept.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="How many workers to run.")
@click.option("--port", type=click.IntRange(0, 65_535), help="The port of the site; 0: any free one.")
@click.pass_obj
def command(settings: Settings, data: Path | None, workers: int, port: int | None) -> None:
    """Run everything in one place: Kafka (unless NEWSDIFF_KAFKA names one), topics, workers, archive and site."""
    logs.configure(settings)
    if data is not None:
        settings = dataclasses.replace(settings, data=data)
    if port is not None:
        settings = dataclasses.replace(settings, site=f"{settings.site.rpartition(':')[0]}:{port}")
    with contextlib.suppress(KeyboardInterrupt), everything(settings, workers) as running:
        click.echo(f"Kafka is at {running.settings.bootstrap}")
        click.echo("fetches go in with `newsdiff import FILE`, `newsdiff tail` shows changes; Ctrl-C ends it", err=True)
        while True:
            running.look_after()
            time.sleep(LOOK_EVERY)


@dataclass(frozen=True, slots=True)
class Running:
    """What runs: the workers and those beside them, the Kafka if it is ours, and the settings that name it."""

    settings: Settings
    kafka: EmbeddedKafka | None
    workers: WorkerProcesses
    watchers: WorkerProcesses
    site: WorkerProcesses
    webhooks: WorkerProcesses

    def look_after(self) -> None:
        """Start again what has ended.

        Raises:
            UnavailableError: the embedded Kafka has ended, and cannot be started again.
        """
        if self.kafka is not None:
            _keep_running(self.kafka)
        self.workers.restart_ended()
        self.watchers.restart_ended()
        self.site.restart_ended()
        self.webhooks.restart_ended()


def _keep_running(kafka: EmbeddedKafka) -> None:
    try:
        kafka.check()
    except UnavailableError as error:
        log.warning("%s: it is started again", error)
        address = kafka.bootstrap
        kafka.stop()  # gives its directory back
        kafka.start()
        if kafka.bootstrap != address:  # all others know this one
            raise UnavailableError(f"Kafka cannot be started again at {address}: its port is taken") from error


@contextlib.contextmanager
def everything(settings: Settings, workers: int) -> Iterator[Running]:
    """Run Kafka, where none is named, the topics and workers.

    Raises:
        NewsdiffError: something of it cannot be had.
    """
    with contextlib.ExitStack() as stack:
        load_rules(settings.rules)  # what is wrong in a file is told before anything starts
        sources = read_sources(settings.sources) if settings.sources else []
        if settings.webhooks is not None:
            read_webhooks(settings.webhooks)
        stack.enter_context(locked(settings.data, "up"))
        kafka = None
        if settings.kafka is None:
            kafka = EmbeddedKafka(settings.data / "kafka", port=settings.broker_port, cache=settings.cache)
            stack.enter_context(kafka)
            settings = dataclasses.replace(settings, kafka=kafka.bootstrap)
        asyncio.run(ensure_topics(settings))
        if sources:
            watch(settings, sources)
        # A child's own directory is another one; the archive shall be the same as that of `newsdiff site`.
        site = dataclasses.replace(
            settings.after(workers + 1), database_url=settings.database, site=address_of_site(settings)
        )
        yield Running(
            settings,
            kafka,
            stack.enter_context(WorkerProcesses(settings, workers)),
            stack.enter_context(WorkerProcesses(settings.after(workers), 1, WATCHER)),
            stack.enter_context(WorkerProcesses(site, 1, SITE)),
            stack.enter_context(WorkerProcesses(settings.after(workers + 2), int(bool(settings.webhooks)), WEBHOOKS)),
        )
