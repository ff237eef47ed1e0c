"""How right and how fast pages are read, beside what others read: on real pages with their true text.

Titles and dates are those that a person saw on 40 of the pages (`annotated.json`: hashes of the words of titles, and
the dates in which publication lies in the zones of the page and of UTC).

F1 is that of `../shared/tools/score_text.py`: on runs of four words, averaged over the pages. All readers get the same
bytes, one page after the other, in this process. The budget of a page and the pipe to its reader are not in the times.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean
from typing import Any

import trafilatura
from dateutil.parser import parse as parse_date
from lxml.html import fromstring
from resiliparse.extract.html2text import extract_plain_text
from xxhash import xxh3_64_hexdigest

from agents.detect.charset import decode
from agents.detect.page import read_page
from agents.detect.visible import visible_hash
from tests.bench.corpus import SCORE_TEXT, Page, pages
from tests.bench.deployment import Row, Tables

ANNOTATED = Path(__file__).with_name("annotated.json")

Told = tuple[str, str | None]
"""A title, and the date of publication as YYYY-MM-DD."""


def measure() -> Tables:
    """A row for each reader, and one for the look that most pages end at."""
    corpus = pages()
    return {
        "reading: accuracy and milliseconds a page": [_row(name, read, corpus) for name, read in READERS.items()],
        "titles and dates of 40 pages: how many are right": [
            _told(name, tell, corpus) for name, tell in TELLERS.items()
        ],
        "the visible text alone": [{"milliseconds a page": _time(lambda page: visible_hash(decode(page)), corpus)}],
    }


def _row(name: str, read: Callable[[bytes], str], corpus: list[Page]) -> Row:
    began = time.perf_counter()
    texts = {page.name: _or_nothing(read, page.body) for page in corpus}
    milliseconds = (time.perf_counter() - began) * 1000 / len(corpus)
    return {"reader": name} | _score(texts) | {"ms": milliseconds}


def _told(name: str, tell: Callable[[bytes], Told], corpus: list[Page]) -> Row:
    annotated = json.loads(ANNOTATED.read_text())
    told = [(tell(page.body), annotated[page.name]) for page in corpus if page.name in annotated]
    titles = sum(_hash(title) == truth["title"] for (title, _), truth in told)
    dates = sum((date or "") in truth["published"] for (_, date), truth in told)
    return {"reader": name, "pages": len(told), "titles": titles, "dates": dates}


def _hash(title: str) -> str:
    return xxh3_64_hexdigest(" ".join(re.findall(r"\w+", title.casefold())).encode())


def _or_nothing(read: Callable[[bytes], str], body: bytes) -> str:
    try:
        return read(body)
    except Exception:  # noqa: BLE001 - a reader that fails on a page has read nothing
        return ""


def _score(texts: dict[str, str]) -> Row:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(texts, file)
        file.flush()
        command = [sys.executable, str(SCORE_TEXT), file.name]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    figures = re.search(r"precision ([\d.]+)  recall ([\d.]+)  F1 ([\d.]+)  pages below .5: (\d+)", said)
    assert figures is not None, said
    precision, recall, f1, bad = figures.groups()
    return {"precision": precision, "recall": recall, "F1": f1, "pages below .5": bad}


def _time(call: Callable[[bytes], object], corpus: list[Page]) -> float:
    def once(body: bytes) -> float:
        began = time.perf_counter()
        call(body)
        return (time.perf_counter() - began) * 1000

    return mean(once(page.body) for page in corpus)


def _newsdiff(body: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in read_page(body).paragraphs)


def _trafilatura(body: bytes) -> str:
    return trafilatura.extract(body) or ""


def _resiliparse(body: bytes) -> str:
    return str(extract_plain_text(decode(body), main_content=True))


def _visible(body: bytes) -> str:
    """What changedetection.io compares: all text."""
    return str(extract_plain_text(decode(body)))


def _readability(body: bytes) -> str:
    """As diffengine has it: the paragraphs of what readability-lxml keeps."""
    from readability import Document  # type: ignore[import-not-found]

    return "\n".join(str(p.text_content()) for p in fromstring(Document(decode(body)).summary()).iter("p"))


def _newspaper(body: bytes) -> str:
    return str(_newspaper_article(body).text)


def _newspaper_article(body: bytes) -> Any:
    from newspaper import Article  # type: ignore[import-not-found]

    article = Article("https://example.test/", fetch_images=False)  # which it would do over the network
    article.download(input_html=decode(body))
    article.parse()
    return article


def _newsdiff_tells(body: bytes) -> Told:
    reading = read_page(body)
    return reading.title, f"{parse_date(reading.published):%Y-%m-%d}" if reading.published else None


def _trafilatura_tells(body: bytes) -> Told:
    document = trafilatura.extract_metadata(body)
    return document.title or "", document.date


def _newspaper_tells(body: bytes) -> Told:
    article = _newspaper_article(body)
    return article.title, article.publish_date and f"{article.publish_date:%Y-%m-%d}"


TELLERS: dict[str, Callable[[bytes], Told]] = {
    "newsdiff": _newsdiff_tells,
    "trafilatura": _trafilatura_tells,
    "newspaper4k": _newspaper_tells,
}

READERS: dict[str, Callable[[bytes], str]] = {
    "newsdiff": _newsdiff,
    "trafilatura, defaults": _trafilatura,
    "readability-lxml, its paragraphs": _readability,
    "newspaper4k": _newspaper,
    "resiliparse, main content": _resiliparse,
    "all visible text": _visible,
}
