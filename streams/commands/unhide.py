"""`newsdiff unhide`: an article that may be shown again."""

from __future__ import annotations

import asyncio

import click

from agents.detect.url import canonical_url
from schemas import topics
from streams.commands.watch import with_scheme, write
from streams.settings import Settings


@click.command("unhide")
@click.argument("url")
@click.pass_obj
def command(settings: Settings, url: str) -> None:
    """Show an article again that was hidden."""
    asyncio.run(write(settings, topics.TAKEDOWN, {canonical_url(with_scheme(url)): None}))
