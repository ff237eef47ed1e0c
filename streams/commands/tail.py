"""`newsdiff tail`: changes as they come."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime

import click
from aiokafka import AIOKafkaConsumer, TopicPartition
from rich.console import Console

from agents.detect.url import canonical_url
from schemas import topics
from schemas.change import Change
from schemas.codec import decode
from schemas.errors import BadRecordError
from schemas.record import Record
from schemas.version import Version
from streams.kafka import IDLE_FETCH_MS, admin_client, as_record, committed_consumer, committed_offsets
from streams.lag import lag
from streams.settings import Settings
from streams.show import show, show_version


def parse_start(_context: click.Context, _option: click.Parameter, text: str) -> str | datetime:
    """`earliest`, `latest`, or a time in ISO 8601, taken as UTC where it names no zone."""
    if text in ("earliest", "latest"):
        return text
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is neither earliest, latest nor a time such as 2026-01-31T12:00Z") from None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


@click.command("tail")
@click.option("--json", "as_json", is_flag=True, help="One event a line, as it stands in the topic.")
@click.option(
    "--from", "start", default="latest", callback=parse_start, metavar="earliest|latest|TIME", show_default=True
)
@click.option(
    "--until-idle",
    type=click.FloatRange(0),
    metavar="SECONDS",
    help="End when nothing came, and no worker got on, for so long.",
)
@click.option("--article", metavar="URL", help="This article only.")
@click.option("--source", metavar="NAME", help="This source only.")
@click.option("--versions", is_flag=True, help="Version events instead of changes.")
@click.pass_obj
def command(
    settings: Settings,
    *,
    as_json: bool,
    start: str | datetime,
    until_idle: float | None,
    article: str | None,
    source: str | None,
    versions: bool,
) -> None:
    """Show changes as they come, as word diffs."""
    try:
        key = canonical_url(article).encode() if article else None
    except BadRecordError as error:
        raise click.BadParameter(str(error), param_hint="--article") from None
    print_record = _printer(as_json=as_json, versions=versions, source=source, key=key)
    asyncio.run(_tail(settings, topics.VERSION if versions else topics.CHANGE, start, until_idle, print_record))


async def _tail(
    settings: Settings,
    topic: str,
    start: str | datetime,
    until_idle: float | None,
    print_record: Callable[[Record], None],
) -> None:
    async with committed_consumer(settings, topic) as consumer:
        await seek(consumer, start)
        found = records(consumer) if until_idle is None else records_until_idle(consumer, until_idle, settings)
        async with contextlib.aclosing(found):  # before the consumer that it reads from
            async for record in found:
                print_record(record)


async def seek(consumer: AIOKafkaConsumer, start: str | datetime) -> None:
    """Move a consumer to `earliest`, `latest`, or to the first record that was written at or after a time."""
    partitions = consumer.assignment()
    if start == "earliest":
        await consumer.seek_to_beginning(*partitions)
    elif start == "latest":
        await consumer.seek_to_end(*partitions)
    elif isinstance(start, datetime):
        found = await consumer.offsets_for_times(dict.fromkeys(partitions, int(start.timestamp() * 1000)))
        for partition in partitions:
            if found.get(partition) is not None:
                consumer.seek(partition, found[partition].offset)
            else:
                await consumer.seek_to_end(partition)


async def records(consumer: AIOKafkaConsumer) -> AsyncGenerator[Record, None]:
    """The records of a consumer, for ever."""
    while True:
        for found in (await consumer.getmany(timeout_ms=IDLE_FETCH_MS)).values():
            for record in found:
                yield as_record(record)


async def records_until_idle(
    consumer: AIOKafkaConsumer, idle: float, settings: Settings
) -> AsyncGenerator[Record, None]:
    """The records of a consumer until, for `idle` seconds, none came and no worker committed anything.

    Changes are rare: workers that still read unchanged fetches may be about to find the next one. Where records wait,
    another worker may be about to take them over from one that died.
    """
    last, committed, patience = time.monotonic(), dict[TopicPartition, int](), idle
    async with admin_client(settings) as admin:
        while True:
            for found in (await consumer.getmany(timeout_ms=IDLE_FETCH_MS)).values():
                for record in found:
                    yield as_record(record)
                    last, patience = time.monotonic(), idle
            if (now := await committed_offsets(admin, settings.app_id)) != committed:
                last, committed, patience = time.monotonic(), now, idle
            if time.monotonic() - last < patience:
                continue
            waiting = sum([await lag(settings, topic) for topic in (topics.FETCH, topics.VERSION)])
            if waiting and patience == idle:
                patience = idle + settings.session_timeout
                continue
            if waiting:
                click.echo(f"newsdiff: note: {waiting} records wait, and no worker handles them", err=True)
            return


def _version(record: Record) -> Version | Change:
    return decode(record.value, Version, record.place)


def _change(record: Record) -> Version | Change:
    return decode(record.value, Change, record.place)


def _printer(*, as_json: bool, versions: bool, source: str | None, key: bytes | None) -> Callable[[Record], None]:
    console = Console()

    def print_record(record: Record) -> None:
        if key not in (None, record.key) or (versions and record.value is None):  # of a forgotten article
            return
        try:
            event = _version(record) if versions else _change(record)
        except BadRecordError as error:  # written by somebody else: told, and passed over
            click.echo(f"newsdiff: {error}", err=True)
            return
        if source is not None and event.article.source != source:
            return
        if as_json:
            sys.stdout.buffer.write((record.value or b"") + b"\n")
            sys.stdout.buffer.flush()
        elif isinstance(event, Version):
            show_version(event, console)
        else:
            show(event, console)

    return print_record
