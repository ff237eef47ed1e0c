"""`newsdiff doctor`: what is reachable, what lags, what is wrong, and what to do."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import shutil
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from heapq import nlargest
from pathlib import Path

import click
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from agents.detect.url import host_and_port
from agents.fetch.pace import PAUSED_AFTER
from schemas import topics
from schemas.errors import NewsdiffError, UnavailableError
from schemas.schedule import Schedule
from streams.commands.watching import schedules
from streams.kafka import admin_client, committed_consumer, committed_offsets, count_members
from streams.lag import count_from, with_records
from streams.rule_files import load_rules
from streams.settings import PREFIX, Settings
from streams.show import visible
from streams.source_files import read_sources
from streams.topics import changelog_name, differences, watch_app_id
from streams.topology import stages
from streams.transaction import OffsetsLostError
from streams.webhook_files import read_webhooks
from streams.webhooks import group_of

MAX_HOSTS = 20
"""Hosts that fail of which each is told, those with most URLs."""

MIN_FREE = 1024**3
"""Bytes of free disk below which the doctor warns: RocksDB and Kafka stop when there is none."""

Finding = tuple[str, str]
"""`ok`, `note` or `WRONG`, and a sentence."""


class UnhealthyError(NewsdiffError):
    """The doctor found something wrong."""


@click.command("doctor")
@click.pass_obj
def command(settings: Settings) -> None:
    """Look at settings, disk, Kafka, topics, lag and dead letters; exit code 1 where something is wrong."""
    wrong = asyncio.run(_examine(settings))
    if wrong:
        raise UnhealthyError(f"{wrong} wrong, see above")


async def _examine(settings: Settings) -> int:
    wrong = 0
    async for kind, sentence in _findings(settings):
        click.echo(f"{kind:5} {sentence}")
        wrong += kind == "WRONG"
    return wrong


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    for field in dataclasses.fields(settings):
        name = PREFIX + field.name.upper()
        origin = "set" if os.environ.get(name) else "default"
        value = getattr(settings, field.name)
        shown = "not set" if value is None else "not shown" if field.metadata["secret"] else value
        yield "ok", f"{name} is {shown} ({origin}): {field.metadata['doc']}"
    for finding in _files(settings):
        yield finding
    yield _disk(settings)
    try:
        async with admin_client(settings) as admin:
            yield "ok", f"Kafka answers at {settings.bootstrap}"
            wrong, different = await differences(admin, settings)
            for sentence in wrong:
                yield "WRONG", sentence
            for sentence in different:
                yield "note", sentence
            if wrong:
                return
            yield "ok", "all topics are there, and as they have to be"
            async for finding in _workers(admin, settings):
                yield finding
            async for finding in _watchers(admin, settings):
                yield finding
            async for finding in _webhooks(admin, settings):
                yield finding
    except UnavailableError as error:
        yield "WRONG", str(error)
        return
    yield await _dead_letters(settings)


def _files(settings: Settings) -> Iterator[Finding]:
    """What cannot be used of the files and folders that are named."""
    readers: list[tuple[Path | None, Callable[[Path], object]]] = [
        (settings.rules, load_rules),
        (settings.sources, read_sources),
        (settings.webhooks, read_webhooks),
    ]
    for path, read in readers:
        try:
            if path is not None:
                read(path)
        except NewsdiffError as error:
            yield "WRONG", str(error)


def _disk(settings: Settings) -> Finding:
    directory = settings.data.absolute()
    while not directory.exists():
        directory = directory.parent
    if not os.access(directory, os.W_OK) or not shutil.disk_usage(directory).total:  # /proc has no room for anybody
        return "WRONG", f"the data directory {settings.data} cannot be written: set NEWSDIFF_DATA to another"
    free = shutil.disk_usage(directory).free
    sentence = f"the disk of the data directory {settings.data} has {free / 1024**3:.1f} GiB free"
    return ("ok", sentence) if free >= MIN_FREE else ("WRONG", f"{sentence}: make room")


async def _workers(admin: AIOKafkaAdminClient, settings: Settings) -> AsyncIterator[Finding]:
    committed = await committed_offsets(admin, settings.app_id)
    waiting: dict[str, int] = {}
    for topic in (topic for stage in stages(settings) for topic in stage.reads):
        async with committed_consumer(settings, topic) as consumer:
            waiting[topic] = await count_from(consumer, committed)
    members = await count_members(admin, settings.app_id)
    if members:
        yield "ok", f"workers in the group {settings.app_id}: {members}"
    else:
        sentence = f"no worker in the group {settings.app_id}: start one with `newsdiff worker`"
        yield "WRONG" if any(waiting.values()) else "note", sentence
    for stage in stages(settings):
        for partition in await _begun(settings, stage.name):
            inputs = [TopicPartition(topic, partition) for topic in stage.reads]
            if not committed.keys() & set(inputs):
                yield "WRONG", str(OffsetsLostError(inputs[0], settings.app_id))
        for topic in stage.reads:
            records = waiting[topic]
            yield "ok" if not records else "note", f"lag of {stage.name} on {topic}: {records}"


async def _watchers(admin: AIOKafkaAdminClient, settings: Settings) -> AsyncIterator[Finding]:
    """What is watched, who watches, and which hosts fail."""
    rows = await schedules(settings)
    watched = [row for row in rows.values() if row.state == "watched"]
    group = watch_app_id(settings)
    members = await count_members(admin, group)
    if members:
        yield "ok", f"watchers in the group {group}: {members}; URLs that are watched: {len(watched)}"
    elif watched:
        yield "WRONG", f"{len(watched)} URLs are watched, but nobody does: start `newsdiff worker --watch`"
    else:
        yield "note", "nothing is watched: `newsdiff watch URL` begins it"
    for host, found in nlargest(MAX_HOSTS, failing_hosts(watched).items(), key=lambda item: len(item[1])):
        yield "note", f"{visible(host)} fails for {len(found)} URLs: {visible(found[0].error or '')}"


def failing_hosts(watched: Iterable[Schedule]) -> dict[str, list[Schedule]]:
    """The hosts that have failed as often as one is paused for, whatever they were asked for, and what failed."""
    failing: dict[str, list[Schedule]] = defaultdict(list)
    for row in watched:
        if row.failures and row.error:  # a page that is gone has none
            failing[host_and_port(row.url)].append(row)
    return {host: found for host, found in failing.items() if sum(row.failures for row in found) >= PAUSED_AFTER}


async def _webhooks(admin: AIOKafkaAdminClient, settings: Settings) -> AsyncIterator[Finding]:
    """How many changes wait for each webhook."""
    webhooks = []
    with contextlib.suppress(NewsdiffError):  # told already
        webhooks = read_webhooks(settings.webhooks) if settings.webhooks else []
    for webhook in webhooks:
        committed = await committed_offsets(admin, group_of(settings, webhook))
        if not committed:
            yield "note", f"{webhook} was told of nothing yet: start `newsdiff webhooks`"
            continue
        async with committed_consumer(settings, topics.CHANGE) as consumer:
            waiting = await count_from(consumer, committed)
        yield "note" if waiting else "ok", f"changes that {webhook} was not told of yet: {waiting}"


async def _begun(settings: Settings, stage: str) -> list[int]:
    """The partitions of a stage whose table has rows."""
    changelog = changelog_name(settings.app_id, stage)
    async with committed_consumer(settings) as consumer:
        partitions = (TopicPartition(changelog, partition) for partition in range(settings.partitions))
        return sorted(tp.partition for tp in await with_records(consumer, dict.fromkeys(partitions, 0)))


async def _dead_letters(settings: Settings) -> Finding:
    async with committed_consumer(settings, topics.DEAD_LETTER) as consumer:
        count = await count_from(consumer, {})
    if not count:
        return "ok", "no dead letters"
    return "note", f"dead letters, about {count}: see `newsdiff dead-letters list`"
