"""Wishes that an article shall not be shown, and which of them holds."""

from __future__ import annotations

import asyncio

from agents.detect.url import article_id
from schemas import topics
from schemas.codec import decode, encode
from schemas.errors import BadRecordError, NewsdiffError
from schemas.takedown import Takedown
from streams.kafka import committed_consumer, records_until_end
from streams.settings import Settings
from streams.writer import write_all


class ForgottenError(NewsdiffError):
    """An article is forgotten, or was: no wish may replace the record that keeps it so."""


def page_of(settings: Settings, url: str) -> str:
    """Where the site shows an article."""
    return f"{settings.public_url or ''}/a/{article_id(url)}"


def wish(settings: Settings, key: str, takedown: Takedown | None) -> None:
    """Put a takedown, or the end of it, on its topic.

    Raises:
        WriteError: Kafka did not take it.
    """
    asyncio.run(write_all(settings, topics.TAKEDOWN, {key: encode(takedown) if takedown is not None else None}))


def wished(settings: Settings, key: str) -> Takedown | None:
    """What was wished last for the article with this key."""
    value = asyncio.run(_newest(settings, key.encode()))
    try:
        return decode(value, Takedown, key) if value is not None else None
    except BadRecordError:
        return None


async def _newest(settings: Settings, key: bytes) -> bytes | None:
    value = None
    async with committed_consumer(settings, topics.TAKEDOWN) as consumer:
        async for record in records_until_end(consumer):
            if record.key == key:
                value = record.value
    return value
