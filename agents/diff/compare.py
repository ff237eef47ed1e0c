"""The diff of two texts, and its figures."""

from __future__ import annotations

from functools import cache

from agents.diff.common import common
from agents.diff.rows import rows
from agents.diff.spans import word_spans
from agents.diff.text import Text
from agents.diff.tokens import count_words
from schemas.change import Diff, Stats


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
