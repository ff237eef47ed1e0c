"""Hostile pages cost a bounded time, and nobody but themselves."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator

import pytest

from agents.detect.page import read_page
from agents.detect.reading import BINARY, Reading
from agents.discover.document import read_document
from schemas.errors import BadRecordError, Reason
from streams.readers import Readers

URL = "https://eastmere-echo.test/2026/03/storm"
WORDS = "The harbour board met on Tuesday and counted the boats that had broken loose. "


def page(body: str) -> bytes:
    """A page with this in its article."""
    return f"<html><head><title>Storm</title></head><body><article>{body}</article></body></html>".encode()


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    """One child that reads pages."""
    readers = Readers(1)
    yield readers
    readers.close()


@pytest.mark.parametrize(
    ("told", "body"),
    [
        ("tags", "<div>" * 100_000),
        ("tags", "<p>" + "<a href='/x'>link</a> " * 200_000),
        ("parsed to its end", "<div>" * 300 + "x" + "</div>" * 300),
        ("longer than 2 s", "<p " + " ".join(f"a{n}" for n in range(400_000)) + ">x</p>"),
        ("longer than 2 s", f"<p {' '.join(f'a{n}' for n in range(110))}>x" * 20_000),
    ],
    ids=["100,000 tags", "200,000 links", "deep", "attributes", "many attributes"],
)
def test_a_page_that_takes_too_long_is_refused(readers: Readers, told: str, body: str) -> None:
    """It is too complex, in words; and the next page is read as if nothing had been."""
    with pytest.raises(BadRecordError, match=told) as raised:
        readers(page(body))
    assert raised.value.reason == Reason.TOO_COMPLEX
    assert readers(page(f"<p>{WORDS}</p>")).paragraphs


def test_a_document_that_takes_too_long_is_refused(readers: Readers) -> None:
    """A watcher that has fetched it tells so, and reads the next one."""
    attributes = " ".join(f"a{n}" for n in range(400_000))
    with pytest.raises(BadRecordError, match="longer than 10 s") as raised:
        readers.document(page(f"<p {attributes}>x</p>"), URL, "text/html", is_article=True)
    assert raised.value.reason == Reason.TOO_COMPLEX
    for is_article in (True, False):
        body = page(f"<p>{WORDS * 20}</p>")
        found = readers.document(body, URL, "text/html", is_article=is_article)
        assert found == read_document(body, URL, "text/html", is_article=is_article)
        assert found.article == URL


@pytest.mark.parametrize(
    "body",
    [
        f"<p title='{'x y ' * 1_250_000}'>{WORDS}</p>",
        f"<script type='application/ld+json'>{'[' * 100_000}</script><p>{WORDS}</p>",
        f'<p>{WORDS}</p><script>if (a<b && c) {{ s = "it\'s"; }} {"x = y / 2; " * 3000}</script>',
        f"<table>{'<tr><td colspan=1000 rowspan=60000>' * 1900}</table><p>{WORDS}</p>",
        "<div>" * 240 + f"<p>{WORDS}</p>",
        f"<p>{WORDS}</p>\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    ],
    ids=["5 MB attribute", "100,000 brackets", "script", "spans", "240 levels", "surrogate"],
)
def test_odd_pages_are_read(readers: Readers, body: str) -> None:
    """What looks hostile but costs little is read like any other page."""
    assert WORDS.strip() in [paragraph.text for paragraph in readers(page(body)).paragraphs]


@pytest.mark.parametrize("body", [os.urandom(100_000), WORDS.encode("utf-16-le") * 50], ids=["random", "UTF-16"])
def test_what_is_no_text_is_told(readers: Readers, body: bytes) -> None:
    """Binary data, and UTF-16 that nothing declares, have no paragraphs."""
    assert readers(body).flags == (BINARY,)


def test_a_child_reads_as_the_parent_would(readers: Readers) -> None:
    """The reading is the same; that of a page whose visible text is known says nothing else."""
    body = page(f"<h1>Storm</h1><p>{WORDS}</p>")
    reading = readers(body, "utf-8")
    assert reading == read_page(body, "utf-8")
    assert readers(body, None, reading.visible) == Reading(visible=reading.visible)


def children() -> list[int]:
    """The processes that read pages for this one."""
    found = subprocess.run(
        ["pgrep", "-P", str(os.getpid()), "-f", "streams.reader_process"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return [int(pid) for pid in found.stdout.split()]


def test_a_child_that_was_killed_costs_no_page(readers: Readers) -> None:
    """What the kernel takes when memory runs out is started again, and the page read; a stop is for the parent."""
    body = page(f"<p>{WORDS}</p>")
    readers(body)
    (child,) = children()
    os.kill(child, signal.SIGTERM)
    readers(body)
    assert children() == [child]
    os.kill(child, signal.SIGKILL)
    assert readers(body).paragraphs
    assert children() != [child]
