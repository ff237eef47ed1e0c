"""`newsdiff unhide`: an article that may be shown again."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import click

from agents.detect.url import canonical_url
from schemas import topics
from schemas.codec import decode, encode
from schemas.errors import BadRecordError
from schemas.takedown import Takedown
from streams.clock import Clock
from streams.commands.watch import with_scheme, write
from streams.kafka import committed_consumer, records_until_end
from streams.settings import Settings


@click.command("unhide")
@click.argument("url")
@click.pass_obj
def command(settings: Settings, url: str) -> None:
    """Show an article again that was hidden; read one again that was forgotten, as if nobody had known it."""
    key = canonical_url(with_scheme(url))
    takedown = asyncio.run(_takedown(settings, key))
    if takedown is None:
        click.echo(f"{key} is not taken down", err=True)
        return
    is_forgotten = takedown.state == "forgotten"  # that stays: an archive that is made anew must not bring it back
    value = encode(replace(takedown, released=True, at=Clock.of(settings.clock).now())) if is_forgotten else None
    asyncio.run(write(settings, topics.TAKEDOWN, {key: value}))


async def _takedown(settings: Settings, key: str) -> Takedown | None:
    """What was wished last for an article."""
    value = None
    async with committed_consumer(settings, topics.TAKEDOWN) as consumer:
        await consumer.seek_to_beginning(*consumer.assignment())
        async for record in records_until_end(consumer):
            if record.key == key.encode():
                value = record.value
    try:
        return decode(value, Takedown, key) if value is not None else None
    except BadRecordError:
        return None
