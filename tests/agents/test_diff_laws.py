"""What holds for every diff, shown on ten thousand pairs of texts that are hard to compare."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from math import sqrt
from pathlib import Path

import orjson
import pytest
from diff_texts import pairs, repetitive
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.diff import lcs, similar
from agents.diff.apply import apply, unapply
from agents.diff.compare import compare, diff, stats
from agents.diff.labels import RULES
from agents.diff.similar import MAX_CANDIDATES, Bag, Scale
from agents.diff.text import Text
from agents.diff.tokens import Words
from schemas.change import Diff

MAX_CELLS = 400
"""Small, so that small texts reach what large ones do."""

Pair = tuple[Text, Text]
Work = dict[str, int]


@contextmanager
def counted() -> Iterator[Work]:
    """The work of the diffs inside: cells of the tables that are solved, and pairs of paragraphs that are compared."""
    work = {"cells": 0, "candidates": 0}
    exact, candidates = lcs._exact, Scale.candidates

    def solve(old: list[str], new: list[str], part: lcs._Part) -> list[lcs.Block]:
        work["cells"] += part.cells
        return exact(old, new, part)

    def search(scale: Scale, old: dict[int, Bag], new: dict[int, Bag]) -> Iterator[tuple[int, int, int]]:
        for found in candidates(scale, old, new):
            work["candidates"] += 1
            yield found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lcs, "MAX_CELLS", MAX_CELLS)
        patch.setattr(lcs, "_exact", solve)
        patch.setattr(similar.Scale, "candidates", search)
        yield work


def size(text: Text) -> int:
    """The tokens of a text."""
    lines = (text.title, text.byline or "", text.standfirst or "", *text.paragraphs)
    return sum(len(Words.of(line)) for line in lines)


def pairing(found: Diff) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Which old paragraphs stand beside which new ones."""
    return sorted((row.old, row.new) for row in found.rows if row.old and row.new)


@settings(max_examples=10_000, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.one_of(pairs(), repetitive()))
def test_the_laws_of_a_diff(texts: Pair) -> None:
    """A diff rebuilds both texts, is the same both ways and every time; its work is bounded, its labels fit."""
    old, new = texts
    with counted() as work:
        found = diff(old, new)

    assert apply(found, old) == new
    assert unapply(found, new) == old

    tokens = size(old) + size(new)
    assert work["cells"] <= 70 * sqrt(MAX_CELLS) * tokens
    assert work["candidates"] <= 4 * MAX_CANDIDATES * max(len(old.paragraphs), len(new.paragraphs))

    there, back = stats(diff(old, new)), stats(diff(new, old))
    assert (there.added, there.removed, there.kept) == (back.removed, back.added, back.kept)
    assert pairing(diff(old, new)) == sorted((one, other) for other, one in pairing(diff(new, old)))

    whole = compare(old, new)
    copy = Text(new.title, new.byline, new.standfirst, tuple("".join(list(text)) for text in new.paragraphs))
    assert orjson.dumps(whole) == orjson.dumps(compare(old, copy))
    assert 0 <= whole.severity.score <= 1
    assert [label.name for label in whole.labels] == [name for name in RULES if name in {x.name for x in whole.labels}]
    for label in whole.labels:
        assert set(label.rows) <= set(range(len(whole.diff.rows)))
        assert len(label.values) % 2 == 0
    if old == new:
        assert whole.labels == ()
        assert {op for row in whole.diff.rows for op, _ in row.spans} <= {"="}


def test_every_process_gives_the_same_bytes() -> None:
    """Python orders sets and hashes strings otherwise in each process; nothing of it gets into what is compared."""
    digests = {
        subprocess.run(
            [sys.executable, Path(__file__).with_name("diff_digest.py")],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(digests) == 1
    assert len(digests.pop().strip()) == 64
