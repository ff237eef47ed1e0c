"""`newsdiff forget`: an article whose text shall be removed for good."""

from __future__ import annotations

import asyncio

import click

from schemas import topics
from streams.commands.hide import takedown_of
from streams.kafka import admin_client
from streams.settings import Settings
from streams.takedowns import page_of, wish
from streams.topics import retention

HELD_IN = (topics.FETCH, topics.VERSION, topics.CHANGE, topics.DEAD_LETTER)
"""The topics that hold text of articles."""

_DAY_MS = 24 * 3600 * 1000


@click.command("forget")
@click.argument("url")
@click.option("--why", required=True, metavar="REASON", help="For readers, who are told it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def command(settings: Settings, *, url: str, why: str, yes: bool) -> None:
    """Remove an article's text from the archive and the tables for good, and read it no more.

    `unhide` lets it be read again, as an article that nobody knew.
    """
    takedown = takedown_of(settings, url, "forgotten", why)
    if not yes:
        click.confirm(f"Remove all that is known of {takedown.url}?", abort=True)
    wish(settings, takedown.url, takedown)
    click.echo(
        f"{takedown.url} is removed from the archive ({page_of(settings, takedown.url)}) and the tables, as soon as "
        "they read this. What Kafka keeps of it goes when the retention is over; kafka-delete-records removes whole "
        "beginnings of partitions before that:",
        err=True,
    )
    for topic, milliseconds in asyncio.run(_retentions(settings)).items():
        kept = "for ever" if milliseconds < 0 else f"for {milliseconds / _DAY_MS:g} days"
        click.echo(f"  {topic} keeps its records {kept}", err=True)


async def _retentions(settings: Settings) -> dict[str, int]:
    async with admin_client(settings) as admin:
        return await retention(admin, HELD_IN)
