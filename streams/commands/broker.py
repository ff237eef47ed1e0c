"""`newsdiff broker`: the embedded Kafka alone."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from streams.embedded import EmbeddedKafka
from streams.settings import Settings


@click.command("broker")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="The directory for all that is kept.")
@click.option("--port", type=click.IntRange(0, 65535), help="Its port instead of NEWSDIFF_BROKER_PORT; 0: a free one.")
@click.pass_obj
def command(settings: Settings, data: Path | None, port: int | None) -> None:
    """Run the embedded Kafka until it is stopped. The one line on standard output is its address."""
    kafka = EmbeddedKafka(
        (data or settings.data) / "kafka",
        port=settings.broker_port if port is None else port,
        cache=settings.cache,
    )
    with contextlib.suppress(KeyboardInterrupt), kafka:  # being stopped is how this ends well
        click.echo(kafka.bootstrap)
        kafka.check(None)
