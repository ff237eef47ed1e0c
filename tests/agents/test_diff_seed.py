"""The article that the project starts from is set side by side as a reader would."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from diff_versions import handle, version

from agents.diff.compare import diff
from agents.diff.text import Text
from schemas.article import Paragraph
from schemas.change import Change
from schemas.codec import decode
from schemas.version import Version

SEED = Path(__file__).parents[3] / "shared" / "data" / "seed" / "article.json"

pytestmark = pytest.mark.skipif(not SEED.exists(), reason=f"the article's two versions are not here: {SEED}")


@pytest.fixture
def article() -> dict[str, Any]:
    """The two versions, and their pairing as it was read by hand."""
    found: dict[str, Any] = json.loads(SEED.read_text())
    return found


def test_every_rewritten_paragraph_stands_beside_what_it_became(article: dict[str, Any]) -> None:
    """All pairs that were read by hand are found, and no others but the other halves of merged paragraphs."""
    old, new = (Text(each["title"], paragraphs=tuple(each["paragraphs"])) for each in article["versions"])
    found = {(i, j) for row in diff(old, new).rows for i in row.old for j in row.new}
    pairs, also = ({tuple(pair) for pair in article["pairing"][name]} for name in ("pairs", "also"))
    assert pairs <= found
    assert found <= pairs | also


def test_the_step_tells_the_time_between_the_versions(article: dict[str, Any]) -> None:
    """Two fetches five hours apart are told as the page tells them."""

    def event(base: Version, text: dict[str, Any]) -> Version:
        paragraphs = tuple(Paragraph("text", paragraph) for paragraph in text["paragraphs"])
        return replace(base, title=text["title"], paragraphs=paragraphs)

    first = event(version(1, "first", "a"), article["versions"][0])
    row = handle(first, None).row
    assert isinstance(row, bytes)
    (output,) = handle(event(version(2, "edited", "b", "a"), article["versions"][1]), row).outputs
    assert f"({decode(output.value, Change, 'the change').interval.words})" == article["page"]["interval"]
