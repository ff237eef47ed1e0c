"""A fetched document: what it is and shows, and which address is its article's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from agents.discover.same_article import article_url
from agents.discover.source import Source, read_source


@dataclass(frozen=True, slots=True)
class Document:
    """`source`: what it is and shows, None where that was known. `article`: the URL under which it is an article."""

    source: Source | None
    article: str


class ReadDocument(Protocol):
    """Reads documents: `read_document`, or who lets it be done elsewhere."""

    def __call__(self, body: bytes, url: str, content_type: str | None, *, is_article: bool) -> Document:
        """See `read_document`.

        Raises:
            BadRecordError: it cannot be read, or takes too long.
        """
        ...


def read_document(body: bytes, url: str, content_type: str | None, *, is_article: bool) -> Document:
    """Read what, after redirects, stands at a URL. `is_article`: it need not be found out what it is."""
    source = None if is_article else read_source(body, url, content_type)
    return Document(source, article_url(url, body) if source is None or source.kind == "article" else url)
