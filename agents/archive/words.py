"""The index of words: FTS5 in SQLite, tsvector in PostgreSQL.

SQLite's holds no text (`content=''`), so that a document is taken out of it with the very text that was put in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import regex
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from agents.archive.rows import Values
from agents.archive.tables import document

FIELDS = ("title", "byline", "body")

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")

MAX_MATCHES = 1_000
"""Documents of which the articles are found, the newest ones: a word that is everywhere must not read everything."""

MIN_BEGINNING = 3
"""Letters that a word of an alphabet has to have to be a beginning: all words that begin with it are read."""

MAX_WORDS = 12
"""Of a query: the first ones count."""

_SQLITE_ADD = text("INSERT INTO words (rowid, title, byline, body) VALUES (:number, :title, :byline, :body)")
_SQLITE_TAKE = text(
    "INSERT INTO words (words, rowid, title, byline, body) VALUES ('delete', :number, :title, :byline, :body)"
)
_SQLITE_MERGE = text("INSERT INTO words (words) VALUES ('optimize')")
"""What was taken out stands in the index until its parts are merged."""

_POSTGRES_ADD = text(
    "UPDATE document SET words = to_tsvector('simple', :title || ' ' || :body), "
    "authors = to_tsvector('simple', :byline) WHERE number = :number"
)


async def add(connection: AsyncConnection, documents: Sequence[Values]) -> None:
    """Put documents into the index, in the order of their numbers, as FTS5 takes them fastest."""
    rows = sorted(documents, key=lambda row: row["number"])
    await connection.execute(document.insert(), [{n: row[n] for n in ("number", "article_id", "dt")} for row in rows])
    statement = _SQLITE_ADD if connection.dialect.name == "sqlite" else _POSTGRES_ADD
    await connection.execute(statement, [{n: row[n] for n in ("number", *FIELDS)} for row in rows])


async def take_out(connection: AsyncConnection, documents: Sequence[Values]) -> None:
    """Take documents out for good, as they were put in; which takes a while in a large index of SQLite."""
    if connection.dialect.name == "sqlite":
        await connection.execute(_SQLITE_TAKE, [{n: row[n] for n in ("number", *FIELDS)} for row in documents])
        await connection.execute(_SQLITE_MERGE)
    await connection.execute(document.delete().where(document.c.number.in_([row["number"] for row in documents])))


def matching(dialect: str, query: str, *, by_author: bool = False) -> tuple[str, dict[str, Any]] | None:
    """The condition for the documents that have all words of a query, the last one as a beginning; None: it has none.

    What is special to either index is no word, so that nobody can write a query of their own.
    """
    words = _WORD.findall(query)[:MAX_WORDS]
    if not words:
        return None
    star = "*" if len(words[-1]) >= MIN_BEGINNING or not words[-1].isascii() else ""
    if dialect == "sqlite":
        columns = "byline" if by_author else "{title body}"
        wanted = " ".join(f'"{word}"' for word in words)
        found = "SELECT rowid FROM words WHERE words MATCH :wanted ORDER BY rowid DESC"
        return f"document.number IN ({found} LIMIT {MAX_MATCHES})", {"wanted": f"{columns} : ({wanted}{star})"}
    column = "authors" if by_author else "words"
    wanted = " & ".join(f"'{word}'" for word in words)
    star = ":*" if star else ""
    # The column is one of two names of ours.
    found = f"SELECT number FROM document WHERE {column} @@ to_tsquery('simple', :wanted) ORDER BY number DESC"  # noqa: S608
    return f"document.number IN ({found} LIMIT {MAX_MATCHES})", {"wanted": f"{wanted}{star}"}
