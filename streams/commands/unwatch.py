"""`newsdiff unwatch`: the end of watching."""

from __future__ import annotations

import asyncio

import click

from agents.detect.url import canonical_url
from schemas import topics
from streams.commands.watch import with_scheme, write
from streams.settings import Settings


@click.command("unwatch")
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.pass_obj
def command(settings: Settings, urls: tuple[str, ...]) -> None:
    """Watch these URLs no longer; articles that a source has shown stay watched."""
    asyncio.run(write(settings, topics.WATCH, {canonical_url(with_scheme(url)): None for url in urls}))
