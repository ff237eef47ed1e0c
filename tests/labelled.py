"""Pairs of versions whose labels were given by hand: `tests/labels`, half of them set aside when the rules were made.

A file is a language. It has stories, and pairs that say what became of a story. `python tests/labelled.py FILE...`
reads files and prints what is wrong with them.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agents.diff.compare import Comparison, compare
from agents.diff.text import Text

FOLDER = Path(__file__).parent / "labels"
EARLIER, LATER = datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 3, 1, 17, tzinfo=UTC)

NAMES = (
    "headline", "byline", "dateline", "lede", "numbers", "names", "quotes", "attribution", "hedging", "correction",
    "update", "rewrite", "trim", "moved", "typo", "punctuation", "minor", "silent",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Version:
    """A text, and the time that its page says it was updated."""

    title: str
    byline: str | None
    standfirst: str | None
    paragraphs: tuple[str, ...]
    modified: datetime


@dataclass(frozen=True, slots=True)
class Pair:
    """Two versions, and the labels of the edit between them; `values` are the old and new numbers in turn, if given."""

    name: str
    language: str
    old: Version
    new: Version
    labels: frozenset[str]
    values: tuple[str, ...] | None


def text(version: Version) -> Text:
    """A version as it is compared."""
    return Text(version.title, version.byline, version.standfirst, version.paragraphs)


def compared(pair: Pair) -> Comparison:
    """What is found between the versions of a pair."""
    acknowledged = pair.new.modified != pair.old.modified
    return compare(text(pair.old), text(pair.new), language=pair.language, acknowledged=acknowledged)


def count(half: str) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """How often each label is right, wrong and missed in a half."""
    right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    for pair in pairs(half):
        names = {label.name for label in compared(pair).labels}
        right.update(names & pair.labels)
        wrong.update(names - pair.labels)
        missed.update(pair.labels - names)
    return right, wrong, missed


def pairs(half: str) -> Iterator[Pair]:
    """The pairs of a half, `known` or `held`."""
    for path in sorted((FOLDER / half).glob("*.toml")):
        yield from read(path)


def read(path: Path) -> Iterator[Pair]:
    """The pairs in a file.

    Raises:
        ValueError: a pair cannot be what it says.
    """
    content = tomllib.loads(path.read_text())
    stories = {name: _story(story) for name, story in content["story"].items()}
    for pair in content["pair"]:
        try:
            yield _pair(pair, path.stem, stories)
        except (KeyError, ValueError) as error:
            raise ValueError(f"{path}: pair {pair.get('name')!r}: {error}") from error


def _story(story: dict[str, Any]) -> Version:
    return Version(
        story["title"], story.get("byline"), story.get("standfirst"), _paragraphs(story["paragraphs"]), EARLIER
    )


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in text.split("\n\n") if part.strip())


def _pair(pair: dict[str, Any], language: str, stories: dict[str, Version]) -> Pair:
    unknown = set(pair) - {
        "name", "story", "title", "byline", "standfirst", "paragraphs", "change", "updated", "labels", "values",
    }  # fmt: skip
    if unknown or set(pair["labels"]) - set(NAMES):
        raise ValueError(f"unknown: {unknown or set(pair['labels']) - set(NAMES)}")
    old = stories[pair["story"]]
    paragraphs = _paragraphs(pair["paragraphs"]) if "paragraphs" in pair else old.paragraphs
    text = "\n\n".join(paragraphs)
    for before, after in pair.get("change", ()):
        if text.count(before) != 1:
            raise ValueError(f"{before!r} is there {text.count(before)} times")
        text = text.replace(before, after)
    new = Version(
        pair.get("title", old.title),
        pair.get("byline", old.byline),
        pair.get("standfirst", old.standfirst),
        _paragraphs(text),
        LATER if pair.get("updated") else EARLIER,
    )
    if (old.title, old.byline, old.standfirst, old.paragraphs) == (
        new.title, new.byline, new.standfirst, new.paragraphs,
    ):  # fmt: skip
        raise ValueError("nothing changed")
    values = tuple(pair["values"]) if "values" in pair else None
    return Pair(pair["name"], language, old, new, frozenset(pair["labels"]), values)


def main(paths: list[str]) -> None:
    """Read files and say how many pairs they have of each label."""
    for path in paths:
        found = list(read(Path(path)))
        print(path, len(found), {name: n for name in NAMES if (n := sum(name in pair.labels for pair in found))})  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
