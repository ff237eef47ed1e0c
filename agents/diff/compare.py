"""The diff of two texts, and its figures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from agents.diff.common import common
from agents.diff.labels import REMOVED, labels, severity
from agents.diff.rows import rows
from agents.diff.spans import word_spans
from agents.diff.text import Text
from agents.diff.tokens import count_words
from schemas.change import Diff, Label, Severity, Stats


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What changed between two texts, and what that means: fields of the change event."""

    diff: Diff
    stats: Stats
    labels: tuple[Label, ...]
    severity: Severity


REMOVAL = Comparison(diff=Diff(), stats=Stats(), labels=(), severity=REMOVED)
"""An article that is gone."""


def compare(old: Text, new: Text, *, language: str | None = None, acknowledged: bool = False) -> Comparison:
    """Compare two texts. `language` and `acknowledged` are those of `labels`."""
    difference = diff(old, new)
    figures = stats(difference)
    found = labels(difference, figures, language=language, acknowledged=acknowledged)
    return Comparison(diff=difference, stats=figures, labels=found, severity=severity(found, figures))


def diff(old: Text, new: Text) -> Diff:
    """What leads from one text to the other, complete.

    The same texts always give the same diff. Time and memory grow with the size of the texts, times a logarithm; what
    would grow faster has a limit (the constants in capitals of this package), beyond which text counts as rewritten.
    """
    compared = cache(common)
    return Diff(
        title=word_spans(old.title, new.title, compared),
        byline=word_spans(old.byline or "", new.byline or "", compared),
        standfirst=word_spans(old.standfirst or "", new.standfirst or "", compared),
        rows=rows(old.paragraphs, new.paragraphs, compared),
    )


def stats(diff: Diff) -> Stats:
    """How many words (`tokens.count_words`) of the paragraphs were added, removed and kept.

    Words that moved were kept. Removed and kept words are those of the old paragraphs, added and kept those of the new.
    `similarity` has four digits.
    """
    words = {"=": 0, "-": 0, "+": 0}
    for row in diff.rows:
        for op, text in row.spans:
            words[op] += count_words(text)
    kept, changed = words["="], words["-"] + words["+"]
    similarity = round(2 * kept / (2 * kept + changed), 4) if kept or changed else 1.0
    return Stats(added=words["+"], removed=words["-"], kept=kept, similarity=similarity)
