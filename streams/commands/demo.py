"""`newsdiff demo`: everything in one place, and a press that gives it something to do."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import click
from aiokafka import AIOKafkaProducer
from rich.console import Console

from agents.detect.url import canonical_url
from schemas import topics
from schemas.change import Change
from schemas.codec import decode
from schemas.errors import NewsdiffError
from schemas.fetch import write_fetch
from streams.commands.tail import records, seek
from streams.commands.up import Running, everything
from streams.kafka import committed_consumer
from streams.press.crawl import crawl
from streams.press.server import Press
from streams.settings import Settings
from streams.show import show
from streams.supervisor import LOOK_EVERY
from streams.topology import new_producer


@click.command("demo")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="The directory for all that is kept.")
@click.pass_obj
def command(settings: Settings, data: Path | None) -> None:
    """Run `up` with a small local press: three invented papers that publish, edit and retract their own articles.

    What they change appears here as word diffs. Ctrl-C ends it; starting it again goes on where it was.
    """
    settings = dataclasses.replace(settings, data=data or settings.data / "demo")
    if "NEWSDIFF_BROKER_PORT" not in os.environ:
        settings = dataclasses.replace(settings, broker_port=0)  # any free one: the demo is in nobody's way
    with contextlib.suppress(KeyboardInterrupt), everything(settings, workers=1) as running:
        try:
            asyncio.run(_demo(running))
        except* NewsdiffError as errors:
            raise errors.exceptions[0] from None


async def _demo(running: Running) -> None:
    settings = running.settings
    producer = new_producer(settings)
    async with (
        Press(settings.data / "press") as press,
        committed_consumer(settings, topics.CHANGE) as consumer,
        producer,
    ):
        click.echo(f"{press.summary}\nKafka is at {settings.bootstrap}; Ctrl-C ends it", err=True)
        await seek(consumer, "latest")
        console = Console()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(crawl(press.url, press.clock, _Writer(producer)))
            tasks.create_task(_look_after(running))
            async for record in records(consumer):
                show(decode(record.value, Change, record.place), console)


async def _look_after(running: Running) -> None:
    while True:
        running.look_after()
        await asyncio.sleep(LOOK_EVERY)


class _Writer:
    """Puts what the crawler fetched on the fetch topic."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer

    async def __call__(
        self,
        url: str,
        *,
        source: str,
        fetched_at: datetime,
        status: int,
        headers: Mapping[str, str],
        body: bytes,
        content_type: str,
    ) -> None:
        fetch_headers, value = write_fetch(
            url=url,
            fetched_at=fetched_at,
            status=status,
            content_type=content_type,
            body=body,
            source=source,
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
        )
        await self._producer.send_and_wait(
            topics.FETCH, value, key=canonical_url(url).encode(), headers=list(fetch_headers)
        )
