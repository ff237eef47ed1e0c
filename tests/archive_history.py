"""Version and change records of some articles, as the steps write them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from agents.detect.url import article_id
from agents.diff.step import diff_step
from schemas import topics
from schemas.article import Article, Meta, Paragraph, event_id
from schemas.codec import encode
from schemas.record import Record
from schemas.schedule import Schedule
from schemas.takedown import Takedown
from schemas.version import Version, VersionRef

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PARTITIONS = 3
WORDS = [
    *("harbour", "storm", "council", "ferry", "bridge", "lantern", "quay"),
    *("winter", "budget", "museum", "pilot", "orchard", "tram", "signal"),
]


def url(number: int) -> str:
    """The URL of an article."""
    return f"https://eastmere-echo.test/2026/03/story-{number}"


def versions(number: int, count: int, random: Random) -> Iterator[Version]:
    """The versions of an article: each replaces some words of the one before."""
    paragraphs = [" ".join(random.choices(WORDS, k=30)) for _ in range(5)]
    before: Version | None = None
    for version in range(1, count + 1):
        if before is not None:
            paragraphs[random.randrange(5)] = " ".join(random.choices(WORDS, k=30))
        fetched = NOON + timedelta(hours=number + 3 * version)
        kind = "first" if before is None else "edited"
        digest = article_id(f"{number} {version}")
        event = Version(
            meta=Meta(
                id=event_id(article_id(url(number)), version, kind, digest),
                stream=topics.VERSION,
                domain="eastmere-echo.test",
                dt=fetched,
                topic=topics.FETCH,
                partition=0,
                offset=0,
            ),
            kind=kind,
            article=Article(
                id=article_id(url(number)),
                url=url(number),
                source="The Eastmere Echo" if number % 2 else "The Brass Tally",
                first_seen=NOON + timedelta(hours=number + 3),
                last_changed=fetched if before else None,
                change_count=version - 1,
            ),
            version=version,
            hash=digest,
            fetched_at=fetched,
            title=f"Story {number} of {WORDS[version % len(WORDS)]}",
            byline=f"By Ann{number} Lee",
            paragraphs=tuple(Paragraph("text", text) for text in paragraphs),
            previous=VersionRef(before.version, before.hash) if before else None,
        )
        yield event
        before = event


def history(articles: int, count: int = 3, seed: int = 0) -> list[Record]:
    """All records, those of a partition in their order."""
    random = Random(seed)
    offsets = itertools.count()
    records = []
    for number in range(articles):
        row: bytes | None = None
        for event in versions(number, count, random):
            records.append(record(event, next(offsets)))
            result = diff_step(records[-1], row)
            row = result.row if isinstance(result.row, bytes) else row
            for output in result.outputs:
                if output.topic == topics.CHANGE:
                    place = replace(records[-1], topic=topics.CHANGE, offset=next(offsets))
                    records.append(replace(place, value=output.value))
        records.append(record(schedule(number), next(offsets), url(number)))
    return records


def schedule(number: int) -> Schedule:
    """What is known of the watching of an article."""
    return Schedule(
        url=url(number), kind="article", source="The Eastmere Echo", state="watched", added_at=NOON, next_check=NOON
    )


def record(event: Version | Schedule | Takedown, offset: int, key: str = "") -> Record:
    """The record of an event."""
    key = key or (event.article.url if isinstance(event, Version) else event.url)
    partition = hash_of(key) % PARTITIONS
    return Record(event.topic, partition, offset, NOON, key.encode(), encode(event))


def hash_of(key: str) -> int:
    """A number for a key, always the same."""
    return int(article_id(key)[:8], 16)
