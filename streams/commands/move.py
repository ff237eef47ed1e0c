"""`newsdiff move`: to another Kafka, with another number of partitions."""

from __future__ import annotations

import asyncio

import click

from streams.moving import move, target_of
from streams.settings import Settings


@click.command("move")
@click.argument("kafka")
@click.option("--partitions", type=click.IntRange(1, 1000), required=True, help="Of every topic over there.")
@click.pass_obj
def command(settings: Settings, kafka: str, partitions: int) -> None:
    """Copy all topics to the KAFKA at HOST:PORT, and what is committed; nothing is changed here.

    All workers, watchers, crawlers and webhooks are stopped before, and the workers have handled all. The service goes
    on over there with NEWSDIFF_KAFKA and NEWSDIFF_PARTITIONS set to what is given here, and with a new database for the
    archive, which fills itself from the topics.
    """
    target = Settings.from_environment(target_of(settings, kafka, partitions).environment())
    counts = asyncio.run(move(settings, target))
    for topic, count in counts.items():
        click.echo(f"{count:10}\t{topic}")
