"""`newsdiff watch`: articles, feeds, sitemaps and front pages that shall be watched."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import click
from aiokafka.errors import KafkaError

from agents.detect.url import canonical_url
from schemas import topics
from schemas.codec import encode
from schemas.errors import BadRecordError, WriteError
from schemas.watch import Watch
from streams.clock import Clock
from streams.kafka import connected
from streams.settings import Settings
from streams.topology import new_producer


@click.command("watch")
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.option("--source", metavar="NAME", help="The name of the paper.")
@click.option("--every", type=click.FloatRange(1), metavar="MINUTES", help="Look so often, whatever seems likely.")
@click.pass_obj
def command(settings: Settings, *, urls: tuple[str, ...], source: str | None, every: float | None) -> None:
    """Watch articles, feeds, sitemaps or front pages; what each is, is found out."""
    now = datetime.fromtimestamp(Clock.of(settings.clock).time(), UTC)
    wishes = {
        key: encode(Watch(url=url, source=source, added_at=now, every=every * 60 if every else None))
        for key, url in keys(urls)
    }
    asyncio.run(write(settings, wishes))
    click.echo(f"{len(wishes)} watched", err=True)


def keys(urls: Iterable[str]) -> list[tuple[str, str]]:
    """The canonical URL of each URL, and what is to be fetched.

    Raises:
        click.BadParameter: one is no URL.
    """
    found = []
    for url in urls:
        given = url if "://" in url else f"https://{url}"
        try:
            found.append((canonical_url(given), given))
        except BadRecordError as error:
            raise click.BadParameter(str(error), param_hint="URL") from None
    return found


async def write(settings: Settings, wishes: Mapping[str, bytes | None]) -> None:
    """Put watch records, or tombstones, on their topic.

    Raises:
        WriteError: Kafka did not take one.
    """
    producer = new_producer(settings)
    async with connected(producer.start, producer.stop, settings):
        try:
            sent = [await producer.send(topics.WATCH, value, key=key.encode()) for key, value in wishes.items()]
            await asyncio.gather(*sent)
        except KafkaError as error:
            raise WriteError(f"Kafka did not take what shall be watched: {error!r}") from error
