"""A worker whose extractor is another: it also reads a line at the end of each article."""

from __future__ import annotations

from dataclasses import replace

from agents.detect.reading import Reading
from schemas.article import Paragraph
from streams.cli import main
from streams.readers import Readers

read = Readers.__call__


def read_otherwise(self: Readers, body: bytes, charset: str | None, known: str | None, host: str) -> Reading:
    """Read, and add a line."""
    reading = read(self, body, charset, known, host)
    if not reading.paragraphs:
        return reading
    paragraphs = (*reading.paragraphs, Paragraph("text", "See our archive."))
    return replace(reading, paragraphs=paragraphs, extractor="other/2")


if __name__ == "__main__":
    Readers.__call__ = read_otherwise  # type: ignore[method-assign]
    main()
