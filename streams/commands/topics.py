"""`newsdiff topics`: create what is missing, check what is there."""

from __future__ import annotations

import asyncio

import click

from schemas.errors import TopicError
from streams.kafka import admin_client
from streams.settings import Settings
from streams.topics import all_topics, create_missing, differences

KNOWN_ATTEMPTS = 100
"""Tenths of a second until every broker has to know the topics that were created."""


@click.command("topics")
@click.pass_obj
def command(settings: Settings) -> None:
    """Create the topics that are missing and check those that are there; safe to run again at any time."""
    created = asyncio.run(ensure_topics(settings))
    for topic in all_topics(settings):
        click.echo(f"{'created' if topic.name in created else 'there'}\t{topic.name}")


async def ensure_topics(settings: Settings) -> list[str]:
    """Create the topics that are missing, and return their names; what merely differs is told on stderr.

    Raises:
        UnavailableError: no broker answers.
        TopicError: a topic cannot be created, or is not as it has to be.
    """
    async with admin_client(settings) as admin:
        created = await create_missing(admin, settings)
        for _ in range(KNOWN_ATTEMPTS if created else 1):
            wrong, different = await differences(admin, settings)
            if not wrong:
                break
            await asyncio.sleep(0.1)  # Kafka answers before every broker knows the new topics
    if wrong:
        raise TopicError("; ".join(wrong))
    for sentence in different:
        click.echo(f"newsdiff: note: {sentence}", err=True)
    return created
