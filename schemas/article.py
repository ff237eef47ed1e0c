"""The parts that several events share."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta as Constraint

Count = Annotated[int, Constraint(ge=0)]
Number = Annotated[int, Constraint(ge=1)]
Hash = Annotated[str, Constraint(pattern=r"^[0-9a-f]{32}$", max_length=32, description="xxh3_128, in hex")]
Kind = Literal["text", "heading", "quote", "item", "caption"]
Instant = Annotated[datetime, Constraint(tz=True, description="RFC 3339, UTC")]

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "newsdiff")


def event_id(*parts: object) -> str:
    """The id of an event: a uuid5 of what makes it this event, so that the same input always gives the same id."""
    return str(uuid.uuid5(_NAMESPACE, "\n".join(map(str, parts))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """Where an event comes from.

    `id`: the same for the same input, always. `stream`: the topic that the event is in. `domain`: the article's host.
    `dt`: when the article was fetched. `topic`, `partition`, `offset`: the fetch record that caused the event.
    """

    id: str
    stream: str
    domain: str
    dt: Instant
    topic: str
    partition: Count
    offset: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article as it is known with this event.

    `id`: xxh3_128 of `url` in hex. `url`: canonical. `source`: the name of the paper. `first_seen`: when the article
    was first fetched. `last_changed`: when it was fetched with its newest change, None before the first one.
    `change_count`: how often it has changed, this event included.
    """

    id: Hash
    url: str
    source: str
    first_seen: Instant
    last_changed: Instant | None
    change_count: Count


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of an article, whitespace folded."""

    kind: Kind
    text: str
