"""Detect on real fetches of a real page, over years."""

from __future__ import annotations

import itertools
import json
import lzma
from datetime import datetime
from pathlib import Path

import pytest
from detect_fetches import Table

from agents.detect.page import read_page
from agents.detect.step import Detect
from agents.detect.url import canonical_url
from schemas import topics
from schemas.fetch import write_fetch
from schemas.record import Record

FILE = Path(__file__).parents[3] / "shared" / "data" / "pages" / "opencollective-privacy.jsonl.xz"
WRITTEN = datetime.fromisoformat("2027-01-01T00:00:00+00:00")


def record(line: str) -> Record:
    """The record that importing a line of such a file writes."""
    stored = json.loads(line)
    headers, value = write_fetch(
        url=stored["url"],
        fetched_at=datetime.fromisoformat(stored["fetched_at"]),
        status=stored["status"],
        content_type=stored["content_type"],
        body=stored["body"].encode(),
    )
    return Record(topics.FETCH, 0, 0, WRITTEN, canonical_url(stored["url"]).encode(), value, headers)


@pytest.mark.skipif(not FILE.exists(), reason=f"{FILE} is not here: it belongs to the workplace, not to the project")
def test_years_of_noise_make_no_version() -> None:
    """A page whose bytes differ in each of 150 fetches, and whose text never changed, has one version, also again."""
    with lzma.open(FILE, "rt") as lines:
        records = [record(line) for line in itertools.islice(lines, 150)]
    assert len({r.value for r in records}) == len(records)
    table = Table(Detect(lambda _: 0, read_page))
    assert table.feed(*records, *records[:20]) == ["first"] + ["unchanged"] * 169
    assert table.versions[0].fetched_at == datetime.fromisoformat("2024-04-16T12:30:09+00:00")
