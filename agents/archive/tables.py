"""The tables of the archive. What is written in `migrations` makes them.

Each row comes from one topic alone, or from the newest version of an article: in whatever order topics are read, the
rows are the same in the end. Events are kept as they came, compressed (`event`); beside them stands what is selected
and sorted by.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    false,
)
from sqlalchemy.dialects import sqlite


class _SqliteInstant(sqlite.DATETIME):
    """The same texts as SQLAlchemy's own, which sort as the times do, written several times faster."""

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], str | None]:  # noqa: ARG002
        """To the text."""
        return lambda value: value.isoformat(" ", "microseconds") if value is not None else None


class Instant(TypeDecorator[datetime]):
    """A time in UTC; neither database need know of zones."""

    impl = DateTime().with_variant(_SqliteInstant, "sqlite")
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """In UTC, without its zone."""
        return value.astimezone(UTC).replace(tzinfo=None) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """With its zone again."""
        return value.replace(tzinfo=UTC) if value is not None else None


metadata = MetaData()

article = Table(
    "article",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("url", Text, nullable=False, unique=True),
    Column("source", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("byline", Text),
    Column("section", Text),
    Column("language", Text),
    Column("published", Text, doc="as the page states it"),
    Column("first_seen", Instant, nullable=False),
    Column("last_changed", Instant),
    Column("version", Integer, nullable=False, doc="the newest one"),
    Column("kind", String(8), nullable=False, doc="of the newest version"),
    Column("change_count", Integer, nullable=False),
    Index("article_source", "source", "first_seen"),
)

version = Table(
    "version",
    metadata,
    Column("article_id", String(32), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("id", Text, nullable=False, doc="of the event"),
    Column("kind", String(8), nullable=False),
    Column("hash", String(32), nullable=False),
    Column("fetched_at", Instant, nullable=False),
    Column("title", Text, nullable=False),
    Column("words", Integer, nullable=False),
    Column("event", LargeBinary, nullable=False),
)

change = Table(
    "change",
    metadata,
    Column("id", Text, primary_key=True, doc="of the event"),
    Column("article_id", String(32), nullable=False),
    Column("version", Integer, nullable=False, doc="after the change; of a removal, the one before it"),
    Column("prior_version", Integer, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("dt", Instant, nullable=False, doc="when it was fetched"),
    Column("source", Text, nullable=False),
    Column("title", Text, nullable=False, doc="after the change"),
    Column("prior_title", Text, nullable=False),
    Column("added", Integer, nullable=False),
    Column("removed", Integer, nullable=False),
    Column("severity", Float, nullable=False),
    Column("interval", Text, nullable=False, doc="in words"),
    Column("hours", Integer, nullable=False, doc="since the article was first seen"),
    Column("excerpt", LargeBinary, nullable=False, doc="the spans of its largest edit, shortened, as JSON"),
    Column("event", LargeBinary, nullable=False),
    Column("partition", Integer, nullable=False, doc="of the change topic"),
    Column("offset", BigInteger, nullable=False),
    Index("change_place", "partition", "offset"),
    Index("change_newest", "dt", "id"),
    Index("change_source", "source", "dt", "id", "kind"),
    Index("change_article", "article_id", "version"),
    Index("change_hours", "source", "hours"),
    Index("change_kind", "kind", "dt", "id"),
)

change_label = Table(
    "change_label",
    metadata,
    Column("change_id", Text, ForeignKey("change.id", ondelete="CASCADE"), primary_key=True),
    Column("label", Text, primary_key=True),
    Column("dt", Instant, nullable=False),
    Column("source", Text, nullable=False, server_default="", doc="of the change"),
    Column("kind", String(8), nullable=False, server_default="", doc="of the change"),
    Index("change_label_newest", "label", "dt", "change_id", "kind"),
    Index("change_label_source", "source", "label", "dt", "change_id", "kind"),
)

watching = Table(
    "watching",
    metadata,
    Column("url", Text, primary_key=True),
    Column("kind", String(8)),
    Column("source", Text),
    Column("state", String(8), nullable=False),
    Column("found_in", Text),
    Column("added_at", Instant, nullable=False),
    Column("next_check", Instant),
    Column("last_check", Instant),
    Column("last_changed", Instant),
    Column("failures", Integer, nullable=False),
    Column("error", Text),
    Column("moved_to", Text),
    Column("hub", Text),
    Column("hub_topic", Text),
    Index("watching_source", "source", "kind"),
    Index("watching_hub", "hub"),
)

subscription = Table(
    "subscription",
    metadata,
    Column("url", Text, primary_key=True, doc="that is watched"),
    Column("id", String(32), nullable=False, unique=True, doc="in the address of the callback: nobody can guess it"),
    Column("hub", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("ask_at", Instant, nullable=False, doc="when the hub is asked, again"),
    Column("until", Instant, doc="when it ends, if the hub has granted it"),
    Column("told_at", Instant, doc="when its last news are looked at"),
    Column("failures", Integer, nullable=False, doc="in a row"),
    Column("error", Text),
)

takedown = Table(
    "takedown",
    metadata,
    Column("url", Text, primary_key=True),
    Column("article_id", String(32), nullable=False, unique=True),
    Column("state", String(9), nullable=False),
    Column("why", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("released", Boolean, nullable=False, server_default=false(), doc="what came after that is shown"),
)

document = Table(
    "document",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False, doc="of the row in the index of words"),
    Column("article_id", String(32), nullable=False),
    Column("dt", Instant, nullable=False),
    Index("document_article", "article_id"),
)

about = Table(
    "about",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Text, nullable=False),
)

progress = Table(
    "progress",
    metadata,
    Column("topic", String(64), primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("next_offset", BigInteger, nullable=False),
)
