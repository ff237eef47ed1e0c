"""`newsdiff import`: stored fetches onto the fetch topic."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from agents.detect.url import canonical_url
from schemas import topics
from schemas.errors import BadRecordError, UnavailableError, WriteError
from schemas.fetch import write_fetch
from streams.kafka import connected
from streams.settings import Settings
from streams.stored_fetches import Fetched, Item, read_file
from streams.topology import new_producer

MAX_COMPLAINTS = 10
"""Lines that cannot be used of which each is told; of more, only how many they are."""

IN_FLIGHT = 64
"""Records that wait for their acknowledgement: enough to keep the broker busy, 640 MiB of the largest bodies."""


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def command(settings: Settings, files: tuple[Path, ...]) -> None:
    """Put stored fetches on the fetch topic: JSON Lines (.jsonl, also .gz, .xz, .zst) and WARC (.warc, .warc.gz).

    A line is {"url", "fetched_at", "status", "content_type", "body"}, with "body_base64" for bytes and optional
    "headers". Importing the same file again changes nothing.
    """
    written, refused = asyncio.run(_import(settings, files))
    click.echo(f"{written} fetches imported", err=True)
    if refused:
        which = "see above" if refused <= MAX_COMPLAINTS else f"the first {MAX_COMPLAINTS} are above"
        raise BadImportError(f"{refused} of {written + refused} fetches could not be used, {which}")


class BadImportError(WriteError):
    """Some of what was to be imported could not be used; the rest was imported."""


async def _import(settings: Settings, files: tuple[Path, ...]) -> tuple[int, int]:
    written = refused = 0
    producer = new_producer(settings)
    async with connected(producer.start, producer.stop, settings):
        if topics.FETCH not in (await producer.client.fetch_all_metadata()).topics():
            raise UnavailableError(f"there is no topic {topics.FETCH} at {settings.bootstrap}: run `newsdiff topics`")
        pending: set[asyncio.Future[object]] = set()
        for item in _with_progress(files):
            try:
                if isinstance(item, BadRecordError):
                    raise item
                pending.add(await _send(producer, item))
                written += 1
            except BadRecordError as error:
                refused += 1
                if refused <= MAX_COMPLAINTS:
                    click.echo(f"newsdiff: {error}", err=True)
            if len(pending) >= IN_FLIGHT:
                pending = await _acknowledged(pending, asyncio.FIRST_COMPLETED)
        await _acknowledged(pending, asyncio.ALL_COMPLETED)
    return written, refused


async def _send(producer: AIOKafkaProducer, fetched: Fetched) -> asyncio.Future[object]:
    try:
        key = canonical_url(fetched.url).encode()
        headers, value = write_fetch(
            url=fetched.url,
            fetched_at=fetched.fetched_at,
            status=fetched.status,
            content_type=fetched.content_type,
            body=fetched.body,
            source=fetched.source,
            feed=fetched.feed,
            recheck=fetched.recheck,
            etag=fetched.headers.get("etag"),
            last_modified=fetched.headers.get("last-modified"),
        )
    except BadRecordError as error:
        raise BadRecordError(error.reason, f"{fetched.place}: {error}") from None
    try:
        future: asyncio.Future[object] = await producer.send(topics.FETCH, value, key=key, headers=list(headers))
    except KafkaError as error:
        raise WriteError(f"{fetched.place}: the fetch of {fetched.url} was refused: {error!r}") from error
    return future


async def _acknowledged(pending: set[asyncio.Future[object]], until: str) -> set[asyncio.Future[object]]:
    if not pending:
        return pending
    done, waiting = await asyncio.wait(pending, return_when=until)
    for future in done:
        if error := future.exception():
            raise WriteError(f"Kafka did not take a fetch: {error!r}; import the file again, nothing comes twice")
    return waiting


def _with_progress(files: Iterable[Path]) -> Iterator[Fetched | BadRecordError]:
    """The fetches of all files; a bar on stderr shows how far into the files they are."""
    paths = list(files)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("bytes"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        for path in paths:
            task = progress.add_task(path.name, total=path.stat().st_size)
            yield from _advance(read_file(path), progress, task)


def _advance(items: Iterator[Item], progress: Progress, task: TaskID) -> Iterator[Fetched | BadRecordError]:
    for item, position in items:
        progress.update(task, completed=position)
        yield item
