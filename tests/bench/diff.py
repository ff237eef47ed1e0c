"""Microseconds to diff two versions of a generated article, beside difflib on the words of the same text."""

from __future__ import annotations

import difflib
import random
import time
from collections.abc import Callable
from statistics import median

from agents.diff.compare import diff
from agents.diff.text import Text

SIZES = (1_000, 6_000, 50_000)
PAIRS = 20


def measure() -> dict[str, list[dict[str, object]]]:
    """A row for each size in characters: the median of both, and how many times faster ours is."""
    rows: list[dict[str, object]] = []
    for size in SIZES:
        chance = random.Random(size)
        pairs = [_pair(chance, size) for _ in range(PAIRS)]
        ours = median(_microseconds(lambda old=old, new=new: diff(old, new)) for old, new in pairs)
        peer = median(_microseconds(lambda old=old, new=new: _difflib(old, new)) for old, new in pairs)
        rows.append({"characters": size, "newsdiff µs": ours, "difflib on words µs": peer, "ratio": peer / ours})
    return {"diff": rows}


def _pair(chance: random.Random, size: int) -> tuple[Text, Text]:
    """An article of words that are as frequent as words are, and the same with 5 % of its paragraphs' words edited."""
    vocabulary = [f"w{number}" for number in range(3000)]
    weights = [1 / rank for rank in range(1, 3001)]
    old = [" ".join(chance.choices(vocabulary, weights, k=60)) + "." for _ in range(max(1, size // 260))]
    new = [
        " ".join(word if chance.random() > 0.05 else chance.choice(vocabulary) for word in paragraph.split(" "))
        if chance.random() < 0.3
        else paragraph
        for paragraph in old
    ]
    return Text(title="Storm", paragraphs=tuple(old)), Text(title="Storm", paragraphs=tuple(new))


def _difflib(old: Text, new: Text) -> object:
    before, after = (" ".join(text.paragraphs).split(" ") for text in (old, new))
    return difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()


def _microseconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1e6
