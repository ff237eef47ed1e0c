"""`newsdiff dead-letters`: list, show and replay what could not be used."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import datetime
from heapq import heappop, heappush

import click
from aiohttp import ClientSession

from schemas import topics
from schemas.change import Change
from schemas.codec import decode
from schemas.dead_letter import DeadLetter, read_dead_letter, replayed
from schemas.errors import BadRecordError, Reason, UnavailableError
from schemas.record import Record
from streams.kafka import committed_consumer, connected, records_until_end
from streams.settings import Settings
from streams.topology import new_producer, stages
from streams.webhook_files import Webhook, read_webhooks
from streams.webhooks import DELIVERED, STEP, new_session, post, step_of

MAX_SHOWN = 2000
"""Bytes of a value that `show` prints: enough to see what it is."""


@click.group("dead-letters")
def command() -> None:
    """List, show and replay what could not be used.

    A dead letter is named by its place in the topic article.dead-letter.v1: PARTITION:OFFSET.
    """


@command.command("list")
@click.option("--reason", type=click.Choice([reason.value for reason in Reason]), help="Only these.")
@click.option("--limit", type=click.IntRange(1), default=1000, show_default=True, help="The newest so many.")
@click.pass_obj
def list_letters(settings: Settings, reason: str | None, limit: int) -> None:
    """List the dead letters, oldest first: place, time of writing, step, reason, key, and what was wrong."""
    asyncio.run(_list(settings, reason, limit))


@command.command("show")
@click.argument("place", callback=lambda _context, _parameter, text: parse_place(text))
@click.pass_obj
def show_letter(settings: Settings, place: tuple[int, int]) -> None:
    """Show one dead letter: why it is here, its headers, and the beginning of its value."""
    asyncio.run(_show(settings, place))


@command.command("replay")
@click.argument("places", nargs=-1, callback=lambda _context, _parameter, texts: {parse_place(text) for text in texts})
@click.option("--reason", type=click.Choice([reason.value for reason in Reason]), help="All of these.")
@click.option("--all", "everything", is_flag=True, help="All there are.")
@click.pass_obj
def replay_letters(settings: Settings, places: set[tuple[int, int]], reason: str | None, *, everything: bool) -> None:
    """Write dead letters to the topics that they came from, as they were: after the fault is mended, for instance.

    What a webhook of the file in NEWSDIFF_WEBHOOKS did not take is sent there once more.
    """
    if sum((bool(places), reason is not None, everything)) != 1:
        raise click.UsageError("say which: PLACES, --reason or --all")
    count = asyncio.run(_replay(settings, lambda record, letter: _chosen(record, letter, places, reason)))
    click.echo(f"dead letters replayed: {count}")


def _chosen(record: Record, letter: DeadLetter, places: set[tuple[int, int]], reason: str | None) -> bool:
    if places:
        return (record.partition, record.offset) in places
    return reason is None or letter.reason == reason


def parse_place(text: str) -> tuple[int, int]:
    """PARTITION:OFFSET as numbers."""
    partition, colon, offset = text.partition(":")
    if not colon or not partition.isdigit() or not offset.isdigit():
        raise click.BadParameter(f"{text!r} is no place: write PARTITION:OFFSET, as `newsdiff dead-letters list` does")
    return int(partition), int(offset)


async def _letters(settings: Settings) -> AsyncGenerator[tuple[Record, DeadLetter], None]:
    async with committed_consumer(settings, topics.DEAD_LETTER) as consumer:
        await consumer.seek_to_beginning(*consumer.assignment())
        async with aclosing(records_until_end(consumer)) as records:
            async for record in records:
                try:
                    yield record, read_dead_letter(record)
                except BadRecordError as error:  # written by somebody else
                    click.echo(f"newsdiff: {error}", err=True)


async def _list(settings: Settings, reason: str | None, limit: int) -> None:
    found = 0
    newest: list[tuple[datetime, str]] = []
    async for record, letter in _letters(settings):
        if reason is None or letter.reason == reason:
            found += 1
            heappush(newest, (record.timestamp, _line(record, letter)))
            if found > limit:
                heappop(newest)
    for _, line in sorted(newest):
        click.echo(line)
    click.echo(f"dead letters: {found}" + (f", the newest {limit} are shown" if found > limit else ""), err=True)


def _line(record: Record, letter: DeadLetter) -> str:
    place = f"{record.partition}:{record.offset}"
    key = _printable((record.key or b"-")[:200])
    return f"{place:12} {record.timestamp:%Y-%m-%d %H:%M:%S} {letter.step} {letter.reason} {key} {letter.error}"


async def _show(settings: Settings, place: tuple[int, int]) -> None:
    async with aclosing(_letters(settings)) as letters:
        async for record, letter in letters:
            if (record.partition, record.offset) == place:
                _print(letter)
                return
    raise UnavailableError(f"there is no dead letter at {place[0]}:{place[1]}: see `newsdiff dead-letters list`")


def _print(letter: DeadLetter) -> None:
    click.echo(f"{letter.reason}: {letter.error}")
    click.echo(f"from {letter.topic}[{letter.partition}]@{letter.offset}, step {letter.step}, tries {letter.attempts}")
    click.echo(f"key: {_printable(letter.key or b'')}")
    for name, value in letter.headers:
        click.echo(f"{name}: {_printable(value or b'')}")
    value = letter.value or b""
    click.echo(f"\nvalue, {len(value)} bytes:\n{_printable(value[:MAX_SHOWN])}")


async def _replay(settings: Settings, chosen: Callable[[Record, DeadLetter], bool]) -> int:
    known = {topic for stage in stages(settings) for topic in stage.reads}
    webhooks = {step_of(one): one for one in (read_webhooks(settings.webhooks) if settings.webhooks else ())}
    producer = new_producer(settings)
    count = 0
    async with connected(producer.start, producer.stop, settings), new_session() as session:
        async for record, letter in _letters(settings):
            if not chosen(record, letter):
                continue
            if letter.value is None:
                where = f"{letter.topic}[{letter.partition}]@{letter.offset}"
                click.echo(f"newsdiff: {record.place} has no value to replay; the record is {where}", err=True)
            elif letter.step in webhooks:
                count += await _told_again(session, webhooks[letter.step], record, letter.value)
            elif letter.step.startswith(STEP):
                click.echo(f"newsdiff: {record.place} is for {letter.step}: name it in NEWSDIFF_WEBHOOKS", err=True)
            elif letter.topic not in known:  # a dead letter of somebody else's: nothing else may be written to
                click.echo(f"newsdiff: {record.place} came from {letter.topic}, which no step reads", err=True)
            else:
                output = replayed(letter)
                partition = letter.partition if output.key is None else None
                await producer.send_and_wait(
                    output.topic, output.value, key=output.key, partition=partition, headers=list(output.headers)
                )
                count += 1
    return count


async def _told_again(session: ClientSession, webhook: Webhook, record: Record, value: bytes) -> bool:
    """Whether a webhook takes a change now."""
    try:
        identity = decode(value, Change, record.place).meta.id
    except BadRecordError as error:  # written by somebody else
        click.echo(f"newsdiff: {error}", err=True)
        return False
    outcome = await post(session, webhook, identity, value)
    if outcome != DELIVERED:
        click.echo(f"newsdiff: {record.place} was not taken by {webhook}: {outcome}", err=True)
    return outcome == DELIVERED


def _printable(data: bytes) -> str:
    """Bytes as text that cannot steer a terminal."""
    text = data.decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() or char in "\n\t" else repr(char)[1:-1] for char in text)
